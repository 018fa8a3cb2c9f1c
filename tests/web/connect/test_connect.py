"""Connect your own shop: each step, what it stores, what it refuses, and that it touches no other account."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cdsync import accounts, connecting, settings, states
from cdsync.db import db
from cdsync.models import Account, Order, Run
from cdsync.operations.runner import execute
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import add_orders
from tests.web import seed
from tests.web.conftest import Browser, text_of

SECRET = "nobody may see this secret"
KEY = "K" * 32


@pytest.fixture
def main(app: object) -> Account:
    """Another account, which somebody has told something."""
    return settings.load({"account": "main", "orders": {"lookback_days": 8}})


def shop_form(shop: PrestaShopSandbox, **changes: Any) -> dict[str, Any]:
    return {"name": "Boutique", "shop.url": shop.url, "shop.key": shop.key, **changes}


def market_form(market: OctopiaSandbox, **changes: Any) -> dict[str, Any]:
    return {
        "marketplace.api_url": market.api_url,
        "marketplace.token_url": market.token_url,
        "marketplace.client_id": market.client_id,
        "marketplace.client_secret": market.client_secret,
        "marketplace.seller_id": market.seller_id,
        **changes,
    }


def made() -> Account:
    db.session.rollback()
    return accounts.find("Boutique")


def at(person: Browser, number: int) -> str:
    return f"/connect/{made().id}/{number}"


@pytest.fixture
def begun(merchant: Browser, main: Account, shop: PrestaShopSandbox) -> Account:
    """After step 1."""
    answer = merchant.post("/connect", shop_form(shop))
    assert answer.headers["Location"] == at(merchant, 2), text_of(answer.text)
    return made()


@pytest.fixture
def both(merchant: Browser, begun: Account, market: OctopiaSandbox) -> Account:
    """After step 2."""
    answer = merchant.post(at(merchant, 2), market_form(market))
    assert answer.headers["Location"] == at(merchant, 3), text_of(answer.text)
    return made()


def proposed(html: str) -> dict[str, Any]:
    """The form of step 3 as the page proposes it: every select with its chosen option."""
    form: dict[str, Any] = {}
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        form.setdefault(name, []).append(chosen.group(1) if chosen else "")
    for name in ("orders.carriers.key", "orders.marketplace_carriers.key"):
        form[name] = re.findall(rf'name="{name}" value="([^"]*)"', html)
        form[name.replace(".key", ".shown")] = "1"
    return form


@pytest.fixture
def chosen(merchant: Browser, both: Account) -> Account:
    """After step 3, everything as proposed."""
    form = proposed(merchant.get(at(merchant, 3)).text)
    assert merchant.post(at(merchant, 3), form).headers["Location"] == at(merchant, 4)
    return made()


def look_up(merchant: Browser, queued: list[int]) -> Run:
    merchant.post(f"/connect/{made().id}/lookup")
    run = execute(queued[-1])
    db.session.rollback()
    return run


def everything(shop: PrestaShopSandbox) -> dict[str, int]:
    """How many rows of each kind the shop has: the test of a connection sends requests that it refuses unread."""
    return {name: len(shop.rows(name)) for name in ("orders", "customers", "carts", "addresses", "specific_prices")}


def test_the_first_step_makes_the_account_with_the_real_addresses_and_nothing_runs_by_itself(
    merchant: Browser, main: Account, shop: PrestaShopSandbox
) -> None:
    before, in_shop = settings.show(main), everything(shop)
    page = merchant.get("/connect").text
    assert 'value="main 2"' in page
    assert "product_suppliers" in page
    answer = merchant.post("/connect", shop_form(shop))
    assert answer.status_code == 303
    account = made()
    shown = settings.show(account)
    assert account.setup == {"step": 2}
    assert not account.rehearsal
    assert shown["shop"]["url"] == shop.url
    assert shown["marketplace"]["api_url"] == "https://api.octopia-io.net/seller/v2"
    assert set(shown["schedule"].values()) == {None}
    assert settings.show(accounts.find("main")) == before
    assert everything(shop) == in_shop


@pytest.mark.parametrize("name", ["main", "", "-", "Rehearsal", "a" * 65, "<b>"])
def test_a_name_that_cannot_be_is_said_and_nothing_is_made(
    merchant: Browser, main: Account, shop: PrestaShopSandbox, name: str
) -> None:
    answer = merchant.post("/connect", shop_form(shop, name=name))
    assert answer.status_code == 422
    assert 'id="connect-name-error"' in answer.text
    assert shop.key not in answer.text or 'value="' + shop.key not in answer.text
    db.session.rollback()
    assert [each.name for each in accounts.every()] == ["main"]
    assert accounts.find("main").setup is None


def test_an_account_that_nobody_told_anything_is_the_one_that_gets_connected(
    merchant: Browser, shop: PrestaShopSandbox
) -> None:
    merchant.get("/")
    db.session.rollback()
    assert [each.name for each in accounts.every()] == ["main"]
    assert 'href="/connect"' in merchant.get("/").text
    assert 'value="main"' in merchant.get("/connect").text
    assert merchant.post("/connect", shop_form(shop, name="main")).status_code == 303
    db.session.rollback()
    (account,) = accounts.every()
    assert account.setup == {"step": 2}
    assert merchant.post("/connect", shop_form(shop, name="main")).status_code == 422, "once it was told something"


def test_a_failed_test_says_why_and_the_step_stays(merchant: Browser, main: Account, shop: PrestaShopSandbox) -> None:
    shop.add_key(KEY, {"orders": {"GET"}, "configurations": {"GET"}, "currencies": {"GET"}})
    answer = merchant.post("/connect", shop_form(shop, **{"shop.key": KEY}))
    again = merchant.get(answer.headers["Location"])
    text = text_of(again.text)
    assert "specific_prices" in text
    assert "shop.right_missing" in text
    assert KEY not in again.text
    assert made().setup == {"step": 1}
    assert merchant.get(at(merchant, 2)).status_code == 303, "a step that was not reached leads back"
    answer = merchant.post(at(merchant, 1), {"shop.url": shop.url, "shop.key": shop.key})
    assert answer.headers["Location"] == at(merchant, 2)


def test_credentials_that_are_refused_are_said_and_the_secret_is_in_no_page_and_no_address(
    merchant: Browser, begun: Account, market: OctopiaSandbox
) -> None:
    answer = merchant.post(at(merchant, 2), market_form(market, **{"marketplace.client_secret": SECRET}))
    assert SECRET not in answer.headers["Location"]
    again = merchant.get(answer.headers["Location"])
    assert "Cdiscount refused the credentials" in text_of(again.text)
    assert SECRET not in again.text
    assert settings.MASK in again.text
    assert made().setup == {"step": 2}


def test_what_is_still_empty_is_said_at_its_field(merchant: Browser, begun: Account, market: OctopiaSandbox) -> None:
    answer = merchant.post(at(merchant, 2), market_form(market, **{"marketplace.seller_id": ""}))
    assert answer.status_code == 422
    assert 'id="marketplace-seller-id-error"' in answer.text
    assert made().setup == {"step": 2}


def test_the_addresses_are_folded_and_go_back_to_cdiscounts_own(
    merchant: Browser, begun: Account, market: OctopiaSandbox
) -> None:
    assert 'id="marketplace-left-alone">' in merchant.get(at(merchant, 2)).text
    form = market_form(market, **{"marketplace.client_id": "typed"})
    answer = merchant.post(f"/connect/{begun.id}/own/marketplace", form, part=True).text
    assert 'value="https://api.octopia-io.net/seller/v2"' in answer
    assert market.api_url not in answer
    assert 'value="typed"' in answer
    assert settings.show(made())["marketplace"]["client_id"] is None


def test_statuses_and_carriers_are_proposed_and_what_nothing_resembles_is_left_open(
    merchant: Browser, both: Account, shop: PrestaShopSandbox
) -> None:
    html = merchant.get(at(merchant, 3)).text
    form = proposed(html)
    assert (form["orders.imported_status"], form["orders.shipped_status"]) == (["2"], ["4"])
    assert "proposed by its name" in html
    by_mode = dict(zip(form["orders.carriers.key"], form["orders.carriers.value"], strict=True))
    names = {row["id_reference"]: row["name"] for row in shop.rows("carriers")}
    assert names[by_mode["TrackedHomeDelivery"]] == "Colissimo Domicile"
    assert settings.show(made())["orders"]["carriers"] == {}, "nothing is stored before it was seen"
    form["orders.imported_status"] = [""]
    refused = merchant.post(at(merchant, 3), form)
    assert refused.status_code == 422
    assert 'id="orders-imported-status-error"' in refused.text
    form["orders.imported_status"] = ["3"]
    assert merchant.post(at(merchant, 3), form).status_code == 303
    stored = settings.show(made())["orders"]
    assert (stored["imported_status"], stored["shipped_status"]) == ("3", "4")
    assert stored["carriers"]["TrackedHomeDelivery"] == by_mode["TrackedHomeDelivery"]
    assert "SpecificRoomHomeDelivery" in stored["carriers"]


def test_a_shop_that_is_away_is_said_in_step_three(merchant: Browser, both: Account, shop: PrestaShopSandbox) -> None:
    shop.faults.add(Fault("status_503_before", times=50))
    text = text_of(merchant.get(at(merchant, 3)).text)
    assert "Ask again" in text
    assert "shop." in text


def test_the_last_days_are_read_and_shown_and_nothing_is_written(
    merchant: Browser, chosen: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, queued: list[int]
) -> None:
    add_orders(market, "simple", 7)
    before = everything(shop)
    shop.server.log.clear()
    assert "Read them now" in merchant.get(at(merchant, 4)).text
    merchant.post(f"/connect/{chosen.id}/lookup")
    waiting = merchant.get(at(merchant, 4), part=True)
    assert 'hx-trigger="every 1500ms"' in waiting.text
    execute(queued[-1])
    page = merchant.get(at(merchant, 4)).text
    assert f'hx-get="/connect/{chosen.id}/by-hand"' in page
    assert "7 orders are ready to import" in text_of(page)
    dry = merchant.get(f"/connect/{chosen.id}/dry-run", part=True)
    text = text_of(dry.text)
    assert "Nothing was written." in text
    assert dry.text.count("<details") == 5
    assert "would be imported" in text
    assert "Total" in text
    assert everything(shop) == before
    assert {each.method for each in shop.server.log} == {"GET"}
    assert market.approvals == []


def test_what_was_entered_by_hand_is_found_with_its_reasons_and_left_out(
    merchant: Browser, chosen: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, queued: list[int]
) -> None:
    add_orders(market, "simple", 2)
    look_up(merchant, queued)
    first, second = db.session.query(Order).order_by(Order.id).all()
    assert first.state == states.TO_IMPORT
    by_hand(shop, first)
    shop.server.log.clear()
    part = merchant.get(f"/connect/{chosen.id}/by-hand", part=True)
    text = text_of(part.text)
    assert first.reference in text
    assert second.reference not in text
    assert "same total, near date, same name" in text
    assert f'value="{first.id}" checked' in part.text
    elsewhere = seed.order(accounts.find("main"), states.TO_IMPORT)
    merchant.post(f"/connect/{chosen.id}/leave-out", {"id": [first.id, elsewhere.id]}, part=True)
    db.session.rollback()
    assert db.session.get_one(Order, first.id).state == states.ELSEWHERE
    assert db.session.get_one(Order, second.id).state == states.TO_IMPORT
    assert db.session.get_one(Order, elsewhere.id).state == states.TO_IMPORT, "another account's order"
    assert {each.method for each in shop.server.log} == {"GET"}


def by_hand(shop: PrestaShopSandbox, order: Order) -> str:
    """The merchant's own shop order for it: the same buyer and total, another payment text."""
    first, _space, last = order.buyer_name.partition(" ")
    tables = shop.shop.store
    customer = tables.table("customers").insert({"firstname": first, "lastname": last, "email": "x@example.com"})
    stamp = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    paid = f"{order.total or Decimal(0):.6f}"
    row = {
        "reference": "BYHANDONE",
        "id_customer": str(customer),
        "id_cart": "1",
        "id_currency": shop.configuration["PS_CURRENCY_DEFAULT"],
        "id_carrier": "1",
        "current_state": "2",
        "payment": "Payment by bank wire",
        "module": "ps_wirepayment",
        "total_paid": paid,
        "total_paid_tax_incl": paid,
        "total_paid_real": paid,
        "total_products": paid,
        "total_shipping": "0.000000",
        "total_paid_tax_excl": paid,
        "date_add": stamp,
        "date_upd": stamp,
        "valid": "1",
    }
    return str(tables.table("orders").insert(row))


def test_the_last_step_switches_on_what_is_ticked_and_ends_on_the_overview(
    merchant: Browser, chosen: Account, queued: list[int]
) -> None:
    look_up(merchant, queued)
    assert merchant.post(at(merchant, 4)).headers["Location"] == at(merchant, 5)
    html = merchant.get(at(merchant, 5)).text
    ticked = re.findall(r'name="on" value="(\w+)" checked', html)
    assert ticked == ["lookup", "ship", "reconcile"]
    assert 'name="on" value="import"' in html
    answer = merchant.post(at(merchant, 5), {"on": [*ticked, "import", "nonsense"]})
    assert answer.headers["Location"] == "/"
    account = made()
    assert account.setup is None
    assert settings.show(account)["schedule"] == {
        "lookup": "*/15 * * * *",
        "accept": None,
        "import": "*/15 * * * *",
        "ship": "*/30 * * * *",
        "reconcile": "15 4 * * *",
    }


def test_a_connected_account_is_never_touched_by_any_step(merchant: Browser, main: Account) -> None:
    before = settings.show(main)
    for path in ("1", "2", "3", "5", "lookup", "leave-out", "own/shop", "forget", "give-up"):
        answer = merchant.post(f"/connect/{main.id}/{path}", {"shop.url": "https://evil.example"}, part=True)
        assert answer.status_code == 409, path
        assert "is connected already" in answer.text
    for path in ("1", "4", "by-hand", "dry-run", "give-up"):
        assert merchant.get(f"/connect/{main.id}/{path}", part=True).status_code == 409
    db.session.rollback()
    assert settings.show(accounts.find("main")) == before
    assert merchant.post("/connect/99/1", {}, part=True).status_code == 409


def test_what_was_left_is_taken_up_again_where_it_was(merchant: Browser, both: Account) -> None:
    assert "Go on connecting “Boutique”: step 3 of 5" in text_of(merchant.get("/connect").text)
    assert merchant.get(f"/connect/{both.id}").headers["Location"] == at(merchant, 3)
    assert merchant.get(at(merchant, 1)).status_code == 200
    merchant.get(at(merchant, 1))
    assert made().setup == {"step": 3}, "looking back closes nothing"


def test_giving_up_removes_the_account_and_what_was_only_read(
    merchant: Browser, chosen: Account, market: OctopiaSandbox, queued: list[int]
) -> None:
    add_orders(market, "simple", 2)
    look_up(merchant, queued)
    assert "2 orders that were only read are forgotten" in text_of(merchant.get(f"/connect/{chosen.id}/give-up").text)
    assert merchant.post(f"/connect/{chosen.id}/give-up").headers["Location"] == "/"
    db.session.rollback()
    assert [each.name for each in accounts.every()] == ["main"]
    assert db.session.query(Order).count() == 0


def test_an_account_for_which_something_was_written_is_not_given_up(
    merchant: Browser, chosen: Account, market: OctopiaSandbox, queued: list[int]
) -> None:
    add_orders(market, "simple", 1)
    look_up(merchant, queued)
    seed.run(chosen, "import", "finished")
    assert "Remove the account" not in merchant.get(f"/connect/{chosen.id}/give-up").text
    assert merchant.post(f"/connect/{chosen.id}/give-up", part=True).status_code == 409
    db.session.rollback()
    assert connecting.orders_read(made().id) == 1


def test_another_shop_after_the_reading_lets_go_of_what_was_read_first(
    merchant: Browser, chosen: Account, market: OctopiaSandbox, queued: list[int]
) -> None:
    add_orders(market, "simple", 1)
    look_up(merchant, queued)
    form = market_form(market, **{"marketplace.seller_id": "another"})
    refused = merchant.post(at(merchant, 2), form)
    assert refused.status_code == 422
    assert "Forget the orders that were read" in refused.text
    assert merchant.post(f"/connect/{chosen.id}/forget", {"next": "2"}).headers["Location"] == at(merchant, 2)
    db.session.rollback()
    assert db.session.query(Order).count() == 0
    assert merchant.post(at(merchant, 2), form).status_code == 303


def test_it_is_the_merchants_alone(support: Browser, main: Account) -> None:
    account = connecting.begin("Boutique", {}, "somebody")
    for path in ("", "/1", "/4", "/by-hand", "/dry-run", "/give-up"):
        assert support.get(f"/connect{f'/{account.id}' if path else ''}{path}").status_code == 403
    for path in ("/1", "/5", "/lookup", "/leave-out", "/own/shop", "/forget", "/give-up"):
        assert support.post(f"/connect/{account.id}{path}", {}).status_code == 403
    assert support.post("/connect", {"name": "Mine"}).status_code == 403
    db.session.rollback()
    assert [each.name for each in accounts.every()] == ["main", "Boutique"]


def test_no_post_without_the_token(merchant: Browser, begun: Account) -> None:
    assert merchant.post(f"/connect/{begun.id}/give-up", token=False).status_code == 400
    assert made().id == begun.id

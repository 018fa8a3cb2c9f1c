"""Another seller or shop than the orders belong to: nothing is saved, another account first, the proof second."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cdsync import accounts, orders, settings
from cdsync.db import db
from cdsync.models import Account, Order
from cdsync.operations.runner import execute
from cdsync.runs import start
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import add_orders
from tests.web.conftest import Browser, text_of
from tests.web.settings.test_settings_form import form_of
from tests.worlds import committed

SECRET = "another secret nobody may see"


@pytest.fixture
def imported(account: Account, market: OctopiaSandbox) -> Account:
    """Two orders, both in the shop."""
    add_orders(market, "simple", 2)
    for operation in ("lookup", "import"):
        execute(start(account, operation, trigger="cli").id)
    db.session.rollback()
    assert {each.state for each in db.session.query(Order)} == {"imported"}
    return account


def moved(shop: PrestaShopSandbox, name: str = "moved.example") -> None:
    """The shop answers at another port, and calls itself something else."""
    shop.stop()
    shop.start()
    shop.configuration["PS_SHOP_DOMAIN"] = shop.configuration["PS_SHOP_DOMAIN_SSL"] = name


def typed(account: Account, **changes: Any) -> dict[str, Any]:
    return form_of(account, **changes)


def test_a_save_that_would_change_the_shop_says_how_many_orders_and_both_ways(
    merchant: Browser, imported: Account
) -> None:
    before = settings.show(imported)
    answer = merchant.post("/settings", typed(imported, **{"shop.url": "https://other.example"}), part=True)
    text = text_of(answer.text)
    assert answer.status_code == 422
    assert "It concerns 2 orders of this account." in text
    assert text.index("Make another account for it") < text.index("The same shop has moved")
    assert 'value="https://other.example"' in answer.text
    db.session.rollback()
    assert settings.show(accounts.find("main")) == before


def test_another_account_gets_what_was_typed_and_the_first_stays_as_it_is(merchant: Browser, imported: Account) -> None:
    before = settings.show(imported)
    changes = {"marketplace.seller_id": "777", "marketplace.client_secret": SECRET}
    refused = merchant.post("/settings", typed(imported, **changes), part=True)
    assert SECRET not in refused.text
    kept = re.search(r'name="marketplace.client_secret" type="password" value="([^"]+)"', refused.text)
    assert kept
    form = typed(imported, **{**changes, "marketplace.client_secret": kept[1]})
    answer = merchant.post("/settings/another", form, part=True)
    assert SECRET not in str(answer.headers)
    made = accounts.find("main 2")
    assert answer.headers["HX-Redirect"] == f"/connect/{made.id}"
    told = settings.read(made)
    assert (told.marketplace["seller_id"], told.marketplace["client_secret"]) == ("777", SECRET)
    assert (told.shop["url"], told.shop["key"]) == (before["shop"]["url"], settings.read(imported).shop["key"])
    assert told.orders.imported_status == "2", "the same shop: its choices fit"
    assert set(settings.show(made)["schedule"].values()) == {None}
    assert made.setup == {"step": 1}
    assert settings.show(accounts.find("main")) == before


def test_a_stored_key_does_not_go_along_to_another_shop(merchant: Browser, imported: Account) -> None:
    merchant.post("/settings/another", typed(imported, **{"shop.url": "https://other.example"}), part=True)
    told = settings.read(accounts.find("main 2"))
    assert told.shop["url"] == "https://other.example"
    assert told.shop["key"] is None
    assert told.marketplace["seller_id"] is None, "the same seller twice would make each order twice"
    assert told.marketplace["api_url"] == "https://api.octopia-io.net/seller/v2"


def test_a_shop_that_moved_is_proved_and_its_orders_follow(
    merchant: Browser, imported: Account, shop: PrestaShopSandbox
) -> None:
    moved(shop)
    form = typed(imported, **{"shop.url": shop.url, "shop.key": shop.key, "orders.lookback_days": "9"})
    assert merchant.post("/settings", form, part=True).status_code == 422
    answer = merchant.post("/settings/moved", form, part=True)
    assert answer.headers["HX-Redirect"] == "/settings"
    text = text_of(merchant.get("/settings").text)
    assert "moved.example is the same shop: version 9.1.4, orders" in text
    assert "2 orders follow." in text
    db.session.rollback()
    assert {each.shop for each in db.session.query(Order)} == {"moved.example"}
    stored = settings.show(accounts.find("main"))
    assert (stored["shop"]["url"], stored["orders"]["lookback_days"]) == (shop.url, 9)


def test_another_shop_is_said_with_what_it_does_not_know_and_nothing_is_saved(
    merchant: Browser, imported: Account, shop: PrestaShopSandbox
) -> None:
    before = settings.show(imported)
    moved(shop, "other.example")
    for row in shop.rows("orders"):
        shop.shop.store.table("orders").update(row["id"], {"reference": "SOMEOTHER"})
    answer = merchant.post(
        "/settings/moved", typed(imported, **{"shop.url": shop.url, "shop.key": shop.key}), part=True
    )
    assert answer.status_code == 422
    assert "moved.not_the_same" in answer.text
    assert "Make another account for it" in answer.text
    db.session.rollback()
    assert settings.show(accounts.find("main")) == before


def test_a_move_without_any_change_of_settings_is_confirmed_from_the_problem(
    merchant: Browser, imported: Account, shop: PrestaShopSandbox
) -> None:
    assert "Nothing has moved" in text_of(merchant.get("/settings/moved").text)
    shop.configuration["PS_SHOP_DOMAIN"] = shop.configuration["PS_SHOP_DOMAIN_SSL"] = "moved.example"
    committed(
        orders.mark_strangers, imported.id, orders.Home(settings.seller_of(settings.read(imported)), "moved.example")
    )
    ref = db.session.query(Order).first().marketplace_ref  # type: ignore[union-attr]
    assert 'href="/settings/moved"' in merchant.get(f"/orders/{ref}").text
    page = text_of(merchant.get("/settings/moved").text)
    assert "2 orders belong to" in page
    assert "is tied to moved.example now" in page
    answer = merchant.post("/settings/moved/shop", part=True)
    assert answer.headers["HX-Redirect"] == "/problems"
    db.session.rollback()
    assert {(each.shop, each.problem_code) for each in db.session.query(Order)} == {("moved.example", None)}


def test_in_the_rehearsal_ones_own_credentials_are_sent_nowhere_and_get_an_account(
    merchant: Browser, market: OctopiaSandbox, shop: PrestaShopSandbox
) -> None:
    document = {
        "account": accounts.REHEARSAL,
        "marketplace": {
            "api_url": market.api_url,
            "token_url": market.token_url,
            "client_id": market.client_id,
            "client_secret": market.client_secret,
            "seller_id": market.seller_id,
        },
        "shop": {"url": shop.url, "key": shop.key},
    }
    rehearsal = settings.load(document, rehearsal=True)
    merchant.post("/sign-in/account", {"account": accounts.REHEARSAL})
    form = form_of(rehearsal, **{"marketplace.client_secret": SECRET, "marketplace.seller_id": "777"})
    asked = len(market.server.log)
    tested = merchant.post("/settings/test/marketplace", form, part=True)
    assert "rehearsal.own_settings" in tested.text
    merchant.post("/settings/choices", form, part=True)
    saved = merchant.post("/settings", form, part=True)
    assert saved.status_code == 422
    assert "Connect your own shop" in saved.text
    assert len(market.server.log) == asked, "nothing was sent"
    merchant.post("/settings/another", form, part=True)
    made = accounts.real()[-1]
    told = settings.read(made)
    assert (told.marketplace["seller_id"], told.marketplace["client_secret"]) == ("777", SECRET)
    assert told.marketplace["api_url"] == "https://api.octopia-io.net/seller/v2"
    assert told.shop["url"] is None


def test_the_rehearsals_address_in_a_real_account_is_refused_before_anything_is_sent(
    merchant: Browser, account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox
) -> None:
    own = accounts.ensure("own")
    own.settings = {}
    account.rehearsal = True
    db.session.commit()
    merchant.post("/sign-in/account", {"account": "own"})
    form = {
        "marketplace.api_url": market.api_url, "marketplace.token_url": market.token_url,
        "marketplace.client_id": "me", "marketplace.client_secret": SECRET, "marketplace.seller_id": "777",
    }  # fmt: skip
    asked = len(market.server.log)
    assert "rehearsal.addresses" in merchant.post("/settings/test/marketplace", form, part=True).text
    assert len(market.server.log) == asked


def test_a_shop_that_serves_two_accounts_is_said(merchant: Browser, account: Account) -> None:
    shown = settings.read(account)
    document = {"account": "second", "shop": {"url": shown.shop["url"], "key": "x" * 32}}
    settings.load({**document, "marketplace": {"client_id": "b", "client_secret": "c", "seller_id": "888"}})
    assert "The account “second” imports into the same shop." in text_of(merchant.get("/settings").text)


def test_moving_is_the_merchants_alone(support: Browser, account: Account) -> None:
    assert support.get("/settings/moved").status_code == 403
    for path in ("moved", "moved/shop", "another"):
        assert support.post(f"/settings/{path}", {}).status_code == 403

"""The page of one order: what happened, how to mend it, the money's proof, and what support may see."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask, render_template

from cdsync import states
from cdsync.db import db, now
from cdsync.error_catalogue import CATALOGUE
from cdsync.models import Account, Order, OrderEvent
from cdsync.web.one_order.view import OrderView
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import Element, parse

SECRETS = ("Camille", "Durand", "rue de la République", "clemarche", "06 12", "6 12 34 56 78")


def page_of(browser: Browser, order: Order) -> Element:
    return browser.page(f"/orders/{order.marketplace_ref}")


def buttons(element: Element) -> list[str]:
    return [each.text for each in element.all("button") if not each.get("data-copy")]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("to_accept", "Accept this order"),
        ("to_import", "Import this order"),
        ("accepted", None),
        ("shipped", None),
        ("refused", None),
    ],
)
def test_the_main_button_is_the_next_thing_to_do(
    merchant: Browser, seller: Account, state: str, expected: str | None
) -> None:
    head = page_of(merchant, seed.order(seller, state)).id("order-head")
    assert [each.text for each in head.all(class_="main")] == ([expected] if expected else [])
    assert "Refuse…" in head.text if state == "to_accept" else "Refuse" not in head.text


def test_support_gets_no_button_that_decides(support: Browser, seller: Account) -> None:
    for name, order in seed.of_every_kind(seller).items():
        offered = " ".join(buttons(page_of(support, order)))
        for word in ("Accept", "Import", "Refuse", "settled", "Use it", "personal"):
            assert word not in offered, (name, offered)


def test_a_problem_is_an_article_with_what_why_steps_who_and_the_others(merchant: Browser, seller: Account) -> None:
    order, _other = (
        seed.problem(seed.order(seller), "carrier.unmapped", {"mode": "Relais Colis"}, attempts=2) for _ in range(2)
    )
    article = page_of(merchant, order).id("order-problem")
    assert article.all("h2")[0].text == "The delivery mode “Relais Colis” has no carrier in your shop"
    for words in (
        "cdsync does not guess",
        "carrier.unmapped",
        "Who can fix it: you",
        "Waiting does not help",
        "2 attempts",
        "1 other order",
    ):
        assert words in article.text, words
    assert article.id("order-fix").get("hx-get") == f"/orders/{order.marketplace_ref}/carrier"
    assert "Retry this and the other" in buttons(article)
    assert "/settings#carriers" in [each.get("href") for each in article.all("a")]


def test_a_problem_that_heals_by_itself_is_amber_and_says_when(merchant: Browser, seller: Account) -> None:
    order = seed.problem(
        seed.order(seller),
        "shop.timeout",
        {"host": "shop.example"},
        kind="temporary",
        next_try_at=now() + timedelta(minutes=5, seconds=30),
    )
    article = page_of(merchant, order).id("order-problem")
    assert "wait" in article.get("class").split()
    assert "Next try in 5 min" in article.text
    assert "Waiting may help" in article.text


def test_the_shops_own_words_are_shown(merchant: Browser, seller: Account) -> None:
    order = seed.problem(
        seed.order(seller),
        "shop.refused",
        {"resource": "addresses", "field": "phone", "message": "Property Address->phone is not valid"},
    )
    assert "Property Address->phone is not valid" in page_of(merchant, order).id("order-problem").text


def test_every_problem_of_the_catalogue_is_an_article(app: Flask, seller: Account) -> None:
    order = seed.problem(seed.order(seller), "internal")
    with app.test_request_context():
        for code in CATALOGUE:
            order.problem_code, order.problem_data = code, {}
            article = parse(render_template("one_order/_problem.html", view=OrderView(seller, order), is_merchant=True))
            assert article.id("order-problem").all("code")[0].text == code


def test_while_a_run_has_the_order_the_page_follows_and_offers_nothing(merchant: Browser, seller: Account) -> None:
    order = seed.problem(seed.order(seller), "carrier.unmapped", {"mode": "x"})
    run = seed.run(seller, orders={order.id: "working"})
    page = page_of(merchant, order)
    assert page.id("order").get("hx-trigger") == "every 1500ms"
    assert "importing" in page.id("order-doing").text
    assert not page.has_id("order-problem")
    assert not page.id("order-head").all(class_="main")
    run.open, run.state = False, "finished"
    db.session.commit()
    assert page_of(merchant, order).id("order").get("hx-trigger") == ""


def test_the_money_is_proved_on_both_sides(merchant: Browser, seller: Account) -> None:
    order = seed.of_every_kind(seller)["imported"]
    money = page_of(merchant, order).id("order-money")
    text = money.text.replace("\u00a0", " ")
    assert "adds up to the cent" in text
    for words in (
        "42.40 €",
        "7.56 €",
        "INTERETBCA",
        "50.96 €",
        "13.68 € left out",
        "5.5 %",
        "0.65 € VAT",
        "4.98 € VAT",
    ):
        assert words in text, words
    assert text.count("difference 0.00") == 2


def test_a_cent_too_much_in_the_shop_is_seen(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller, states.IMPORTED)
    seed.shop_order(order, paid=str((order.total or Decimal(0)) + Decimal("0.01")))
    money = page_of(merchant, order).id("order-money")
    assert "does not add up" in money.text
    assert "difference 0.01" in money.text


def test_the_lines_say_product_stock_and_what_is_left_out(merchant: Browser, seller: Account) -> None:
    order = seed.order(
        seller,
        lines=[
            seed.line("a", quantity=3, stock=1),
            seed.line("b", product_ref="", product_name="", stock=None),
            seed.line("c", live=False, status="Cancelled"),
            seed.line("d", sent_by="FulfilledByMarketplace"),
        ],
    )
    rows = [row.text for row in page_of(merchant, order).id("order-lines").all("tr")[1:]]
    assert "matched by reference · 1 in stock · VAT 20" in rows[0]
    assert "not matched yet" in rows[1]
    assert "left out: Cancelled" in rows[2]
    assert "left out: sent by FulfilledByMarketplace" in rows[3]


def test_the_story_is_told_in_sentences_with_who_and_which_run(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller, states.IMPORTED)
    run = seed.run(seller, state="finished")
    for kind, data in (
        ("order.status", {"from": "Accepted", "to": "InPreparation"}),
        ("order.moved", {"from": "accepted", "to": "to_import"}),
        ("accept.sending", {}),
        ("problem.raised", {"code": "carrier.unmapped", "operation": "import", "data": {"mode": "Relais Colis"}}),
        ("problem.cleared", {"code": "carrier.unmapped", "data": {"mode": "Relais Colis"}}),
        ("problem.dismissed", {"code": "ship.no_tracking", "data": {"shop_order": "7"}, "reason": "picked up"}),
        ("import.imported", {"number": "XKB", "shop_order": "7", "adopted": True}),
        ("something.new", {"a": 1}),
    ):
        seed.event(order, kind, data, run_id=run.id, actor="Mona")
    text = page_of(merchant, order).id("order-timeline").text
    for words in (
        "status changed from Accepted to InPreparation",
        "ready to import",
        "Telling the marketplace: accepted",
        "Import stopped: The delivery mode “Relais Colis” has no carrier in your shop",
        "No longer stopped: The delivery mode “Relais Colis” has no carrier in your shop",
        "picked up",
        "Shop order XKB was already there and was adopted, not created again",
        "something.new (a: 1)",
        f"Mona · run {run.id}",
    ):
        assert words in text, words


def test_both_sides_stand_beside_each_other_with_the_way_there(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller, states.IMPORTED, marketplace_status="InPreparation")
    made = seed.shop_order(order, reference="XKBKNAB7", url="https://shop.example/admin/7")
    sides = page_of(merchant, order).id("order-sides")
    for words in (
        order.marketplace_ref,
        order.reference,
        "InPreparation",
        "XKBKNAB7",
        made.cart_ref,
        f"Cdiscount {order.reference}",
    ):
        assert words in sides.text
    assert "https://shop.example/admin/7" in [each.get("href") for each in sides.all("a")]
    assert "XKBKNAB7" in [each.get("data-copy") for each in sides.all("button")]


def test_the_shops_status_is_shown_by_name_with_its_id_behind_it(merchant: Browser, seller: Account) -> None:
    named, bare = (seed.order(seller, states.IMPORTED) for _ in range(2))
    seed.shop_order(named, status_ref="2", status_name="Paiement accepté")
    seed.shop_order(bare, status_ref="91")
    assert "Status Paiement accepté (2)" in page_of(merchant, named).id("order-sides").text
    assert "Status 91 Payment" in page_of(merchant, bare).id("order-sides").text


def test_cleaning_is_listed_with_before_after_and_why(merchant: Browser, seller: Account) -> None:
    corrections = [{"field": "delivery.phone", "before": "call <me>", "after": "", "why": "Digits only"}]
    text = page_of(merchant, seed.order(seller, corrections=corrections)).id("order-addresses").text
    assert "delivery.phone call <me> → (empty) Digits only" in text


def test_before_there_is_an_address_nothing_of_it_is_called_cleaned(merchant: Browser, seller: Account) -> None:
    corrections = [{"field": "delivery.first_name", "before": "", "after": "Client", "why": "missing"}]
    order = seed.order(seller, "to_accept", addresses={}, corrections=corrections)
    text = page_of(merchant, order).id("order-addresses").text
    assert "The marketplace gives the address once the order is paid." in text
    assert "Client" not in text


def test_an_order_of_which_next_to_nothing_is_known_has_a_page(merchant: Browser, seller: Account) -> None:
    order = seed.order(
        seller,
        lines=[],
        total=None,
        currency="",
        reference="",
        raw="{broken",
        addresses={},
        buyer_name="",
        purchased_at=None,
        ship_by=None,
        status_known=False,
        marketplace_status="Teleported",
    )
    text = page_of(merchant, order).id("order").text
    assert "Teleported (not known to cdsync)" in text
    assert "gave no lines" in text
    assert "{broken" not in merchant.get(f"/orders/{order.marketplace_ref}/raw").text  # what cannot be taken apart
    shown = merchant.post(f"/orders/{order.marketplace_ref}/personal", {"what": "raw"})
    assert "{broken" in shown.text


def test_requests_and_raw_data_are_masked(merchant: Browser, support: Browser, seller: Account) -> None:
    order = seed.order(seller)
    seed.exchange(order)
    for browser in (merchant, support):
        for what in ("exchanges", "raw"):
            text = parse(browser.get(f"/orders/{order.marketplace_ref}/{what}", part=True).text).text
            assert not [secret for secret in SECRETS if secret in text], what
    exchange = parse(support.get(f"/orders/{order.marketplace_ref}/exchanges", part=True).text)
    assert "POST /api/customers" in exchange.text
    assert "201" in exchange.text


def test_a_merchant_may_see_personal_data_once_and_the_story_says_so(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller)
    seed.exchange(order)
    shown = merchant.post(f"/orders/{order.marketplace_ref}/personal", {"what": "exchanges"}, part=True)
    assert "<firstname>Camille</firstname>" in parse(shown.text).text
    event = db.session.query(OrderEvent).filter_by(order_id=order.id, kind="personal.shown").one()
    assert (event.actor, event.data) == ("Mona", {"what": "exchanges"})
    assert "Camille" not in parse(merchant.get(f"/orders/{order.marketplace_ref}/exchanges", part=True).text).text


def test_support_may_not_see_personal_data_in_requests(support: Browser, seller: Account) -> None:
    order = seed.order(seller)
    assert support.post(f"/orders/{order.marketplace_ref}/personal", {"what": "raw"}).status_code == 403
    assert db.session.query(OrderEvent).filter_by(kind="personal.shown").count() == 0


def test_raw_numbers_are_shown_exactly_as_the_marketplace_wrote_them(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller, raw='{"amount": 10.10, "quantity": 12345678901234567890, "rate": 1E2}')
    masked = merchant.get(f"/orders/{order.marketplace_ref}/raw", part=True)
    whole = merchant.post(f"/orders/{order.marketplace_ref}/personal", {"what": "raw"}, part=True)
    for text in (parse(masked.text).text, parse(whole.text).text):
        assert '"amount": 10.10' in text
        assert '"quantity": 12345678901234567890' in text
        assert '"rate": 1E2' in text


def test_the_support_file_holds_everything_but_the_buyer(support: Browser, seller: Account) -> None:
    cleaned = [{"field": "delivery.phone", "before": "06 12 (home)", "after": "06 12", "why": "Digits only"}]
    order = seed.problem(seed.order(seller, corrections=cleaned), "carrier.unmapped", {"mode": "Relais Colis"})
    seed.exchange(order)
    seed.step(order, "cart", cart="412")
    answer = support.get(f"/orders/{order.marketplace_ref}/support-file")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="support-{order.reference}.json"'
    found = json.loads(answer.text)
    assert found["order"]["problem_code"] == "carrier.unmapped"
    assert found["exchanges"][0]["status"] == 201
    assert found["steps"][0]["data"] == {"cart": "412"}
    assert not [secret for secret in SECRETS if secret in answer.text]


def test_the_support_file_has_no_sign_that_a_terminal_obeys_and_means_the_same(
    merchant: Browser, seller: Account
) -> None:
    order = seed.order(seller, raw='{"title": "Théière\u202e\x9b31m"}')
    answer = merchant.get(f"/orders/{order.marketplace_ref}/support-file")
    assert not {"\u202e", "\x9b"} & set(answer.text)
    assert json.loads(json.loads(answer.text)["raw"])["title"] == "Théière\u202e\x9b31m"


def test_steps_of_an_import_that_was_cut_short_are_shown(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller)
    seed.step(order, "cart", cart="412")
    seed.step(order, "order", done=False)
    items = [each.text for each in page_of(merchant, order).id("order-evidence").all("li")]
    assert "cart 412" in items[0]
    assert "begun, not completed" in items[1]


def test_an_order_whose_id_has_a_slash_has_its_pages_too(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller, marketplace_ref="A1/raw/B", reference="A1/raw/B")
    for part in ("", "/raw"):
        assert order.reference in merchant.page(f"/orders/A1%2Fraw%2FB{part}").text

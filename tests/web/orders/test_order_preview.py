"""The preview of an import: what would be sent, asked of the shop's own checks, and nothing written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cdsync import settings, states
from cdsync.models import Account, Order
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import parse

WRITTEN = ("customers", "addresses", "carts", "specific_prices", "orders")


def shown(browser: Browser, order: Order) -> str:
    answer = browser.get(f"/orders/{order.marketplace_ref}/preview", part=True)
    assert answer.status_code == 200
    return " ".join(parse(answer.text).id("order-preview").text.replace("\u00a0", " ").split())


@pytest.fixture
def mug(shop: PrestaShopSandbox) -> str:
    shop.add_product("PREVIEW-MUG", "Preview mug", Decimal("11.90"), stock=9)
    return "PREVIEW-MUG"


def test_it_shows_customer_address_carrier_lines_and_sums_as_they_would_be_sent(
    merchant: Browser, support: Browser, account: Account, shop: PrestaShopSandbox, mug: str
) -> None:
    odd = {**seed.ADDRESS, "first_name": "Camille 2", "phone": "06 12 ext. 4", "pickup_id": "058231"}
    lines = [seed.line(mug, quantity=2, price="9.90"), seed.line("GONE", live=False)]
    order = seed.order(account, lines=lines, addresses={"shipping": odd, "billing": odd}, total=Decimal("23.58"))
    before = {resource: len(shop.rows(resource)) for resource in WRITTEN}
    text, masked = shown(merchant, order), shown(support, order)
    for words in (
        "Customer Camille Durand",
        "an e-mail address of its own, which receives no mail",
        "Point relais 058231",
        "69003 Lyon",
        f"Payment Cdiscount {order.reference}",
        "Status Paiement accepté (2)",
        "2 × Preview mug",
        "9.90 €",
        "19.80 €",
        "Shipping 3.78 €",
        "Total 23.58 €",
    ):
        assert words in text, (words, text)
    assert "Total 23.58 €" in masked
    assert [word for word in ("Camille", "Durand", "058231", "69003", "Lyon") if word in masked] == []
    assert "ext." not in text
    assert "GONE" not in text
    assert "Not sent" not in text
    assert {resource: len(shop.rows(resource)) for resource in WRITTEN} == before
    assert {each.method for each in shop.server.log} == {"GET"}


def test_billing_is_shown_only_when_it_is_another_person_or_place(
    merchant: Browser, account: Account, mug: str
) -> None:
    for changes, expected in (({"phone": ""}, 0), ({"city": "Paris"}, 1)):
        addresses = {"shipping": seed.ADDRESS, "billing": {**seed.ADDRESS, **changes}}
        order = seed.order(account, lines=[seed.line(mug)], addresses=addresses)
        assert shown(merchant, order).count("Billing") == expected


def test_every_problem_is_said_at_once(merchant: Browser, account: Account, shop: PrestaShopSandbox) -> None:
    line = seed.line("NO-SUCH-SKU", quantity=1)
    text = shown(merchant, seed.order(account, lines=[line], delivery_mode="Pigeon"))
    assert text.count("Not sent:") >= 1
    assert "NO-SUCH-SKU" in text
    assert "no product" in text


def test_an_order_that_makes_no_draft_or_a_shop_that_does_not_answer_says_why(
    merchant: Browser, account: Account, mug: str
) -> None:
    wrong = seed.order(account, lines=[seed.line(mug)], total=Decimal("1.00"))
    assert "1.00" in shown(merchant, wrong)
    settings.load({"shop": {"url": "http://127.0.0.1:1", "key": "K" * 32}}, moved={"shop": "127.0.0.1:1"})
    assert "127.0.0.1" in shown(merchant, seed.order(account, lines=[seed.line(mug)]))


def test_it_is_offered_and_there_only_before_the_import(merchant: Browser, account: Account) -> None:
    for state, expected in ((states.TO_IMPORT, True), (states.IMPORTED, False), (states.TO_ACCEPT, False)):
        order = seed.order(account, state)
        assert merchant.page(f"/orders/{order.marketplace_ref}").has_id("order-preview-card") is expected
        if not expected:
            assert merchant.get(f"/orders/{order.marketplace_ref}/preview").status_code == 404

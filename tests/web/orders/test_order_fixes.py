"""Mending on the order's page: the choices come from the shop, the answer is remembered, and the orders go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cdsync import settings
from cdsync.db import db
from cdsync.models import Account, Order, ProductMapping
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import Element, parse

Started = Callable[[], list[tuple[str, list[int] | None, str, dict[str, Any]]]]


def part(browser: Browser, order: Order, which: str, query: str = "") -> Element:
    return parse(browser.get(f"/orders/{order.marketplace_ref}/{which}{query}", part=True).text).id("order-fix")


@pytest.fixture
def unmapped(account: Account) -> Order:
    seed.problem(seed.order(account), "carrier.unmapped", {"mode": "Pigeon"})
    return seed.problem(seed.order(account), "carrier.unmapped", {"mode": "Pigeon"})


@pytest.fixture
def unknown(account: Account) -> Order:
    return seed.problem(
        seed.order(account, lines=[seed.line("NEW-1", product_ref="")]),
        "product.unknown",
        {"sku": "NEW-1", "title": "Mug"},
    )


def test_the_shops_carriers_are_offered_by_name_and_the_choice_is_remembered(
    merchant: Browser, account: Account, unmapped: Order, started: Started
) -> None:
    options = {
        each.get("value"): each.text for each in part(merchant, unmapped, "carrier").all("option") if each.get("value")
    }
    assert len(options) >= 2
    carrier = sorted(options)[0]
    before = dict(settings.read(account).orders.carriers)
    answer = merchant.post(f"/orders/{unmapped.marketplace_ref}/carrier", {"carrier": carrier}, part=True)
    assert answer.headers["HX-Redirect"] == f"/orders/{unmapped.marketplace_ref}"
    assert settings.read(account).orders.carriers == {**before, "Pigeon": carrier}
    [(operation, wanted, actor, _options)] = started()
    assert (operation, len(wanted or []), actor) == ("import", 2, "Mona")


def test_no_choice_says_so_and_remembers_nothing(
    merchant: Browser, account: Account, unmapped: Order, queued: list[int]
) -> None:
    before = dict(settings.read(account).orders.carriers)
    answer = merchant.post(f"/orders/{unmapped.marketplace_ref}/carrier", {"carrier": ""}, part=True)
    assert answer.status_code == 422
    assert "Choose a carrier." in parse(answer.text).id("order-fix").text
    assert settings.read(account).orders.carriers == before
    assert queued == []


def test_a_shop_that_is_away_is_a_sentence_in_the_place_of_the_choices(
    merchant: Browser, unmapped: Order, shop: PrestaShopSandbox
) -> None:
    shop.stop()
    fix = part(merchant, unmapped, "carrier")
    assert "carriers could not be read" in fix.text
    assert "Try again" in fix.text


def test_the_shop_is_searched_and_the_product_chosen_is_remembered(
    merchant: Browser, account: Account, unknown: Order, started: Started
) -> None:
    found = part(merchant, unknown, "product", "?term=REF-INTERNE-4712").all("input", type="radio")
    assert len(found) == 1
    product = found[0].get("value")
    merchant.post(f"/orders/{unknown.marketplace_ref}/product", {"term": "REF-INTERNE-4712", "product": product})
    mapping = db.session.query(ProductMapping).one()
    assert (mapping.sku, f"{mapping.product_ref}-{mapping.combination_ref}", mapping.created_by) == (
        "NEW-1",
        product,
        "Mona",
    )
    assert started() == [("import", [unknown.id], "Mona", {})]


def test_a_search_without_match_says_so(merchant: Browser, unknown: Order) -> None:
    assert "knows no product under “<b>”" in part(merchant, unknown, "product", "?term=<b>").text


@pytest.mark.parametrize("product", ["", "999-0", "x", "15-0'--"])
def test_a_product_that_was_not_found_is_not_remembered(
    merchant: Browser, unknown: Order, queued: list[int], product: str
) -> None:
    answer = merchant.post(
        f"/orders/{unknown.marketplace_ref}/product", {"term": "REF-INTERNE-4712", "product": product}, part=True
    )
    assert answer.status_code == 422
    assert "Choose one of the products found." in parse(answer.text).id("order-fix").text
    assert db.session.query(ProductMapping).count() == 0
    assert queued == []


def test_support_is_told_who_has_to_choose_and_cannot(
    support: Browser, account: Account, unmapped: Order, unknown: Order, queued: list[int]
) -> None:
    assert "A merchant has to choose" in part(support, unmapped, "carrier").text
    assert "A merchant has to say" in part(support, unknown, "product").text
    assert support.post(f"/orders/{unmapped.marketplace_ref}/carrier", {"carrier": "2"}).status_code == 403
    assert support.post(f"/orders/{unknown.marketplace_ref}/product", {"product": "15-0"}).status_code == 403
    assert queued == []


def test_there_is_nothing_to_mend_on_an_order_with_another_problem(merchant: Browser, seller: Account) -> None:
    order = seed.problem(seed.order(seller), "order.no_address")
    for which in ("carrier", "product"):
        assert merchant.get(f"/orders/{order.marketplace_ref}/{which}").status_code == 404
        assert merchant.post(f"/orders/{order.marketplace_ref}/{which}").status_code == 404


def test_an_order_that_waits_to_be_accepted_is_looked_at_again_not_imported(
    merchant: Browser, account: Account, started: Started
) -> None:
    order = seed.order(account, "to_accept", lines=[seed.line("NEW-1", product_ref="")])
    seed.problem(order, "product.unknown", {"sku": "NEW-1", "title": "Mug"}, operation="accept")
    fix = part(merchant, order, "product", "?term=REF-INTERNE-4712")
    assert [each.text for each in fix.all("button")][-1] == "Use it, and remember"
    product = fix.all("input", type="radio")[0].get("value")
    merchant.post(f"/orders/{order.marketplace_ref}/product", {"term": "REF-INTERNE-4712", "product": product})
    assert started() == [("lookup", [order.id], "Mona", {})]


def test_what_was_chosen_stays_remembered_when_no_run_can_start(
    merchant: Browser, account: Account, unmapped: Order, queued: list[int]
) -> None:
    seed.run(account, "import", "running")
    carrier = next(each.get("value") for each in part(merchant, unmapped, "carrier").all("option") if each.get("value"))
    answer = merchant.post(f"/orders/{unmapped.marketplace_ref}/carrier", {"carrier": carrier}, follow_redirects=True)
    assert "uses this carrier from now on" in answer.text
    assert "running already" in answer.text
    assert settings.read(account).orders.carriers["Pigeon"] == carrier
    assert queued == []

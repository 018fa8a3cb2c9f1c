"""Unit prices that are a part of a cent: imported where the line is in whole cents, and else said as what they are."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from cdsync.connectors.line_total import line_total
from cdsync.sandbox.octopia import line_json, order_json
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.octopia.account import mapped
from tests.connectors.prestashop.crashes import stocks, wrongs
from tests.connectors.prestashop.shop import VERSIONS, connector, draft, failure, line, one, rehearsal_shop, run

WHOLE = [(4, "3.125", "12.50"), (200, "0.495", "99.00"), (3, "3.333333", "10.00"), (7, "1.4286", "10.00")]


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        yield running


@pytest.mark.parametrize(
    ("quantity", "price", "total"),
    [
        *WHOLE,
        (3, "3.333000", "10.00"),  # as a database gives it back
        (2, "9.99", "19.98"),
        (3, "3.33", "9.99"),  # a price in cents is what it says
        (3, "3.125", "9.375"),
        (1, "9.951234", "9.951234"),
        (1000, "0.0049", "4.90"),
        (0, "3.333", "0"),
    ],
)
def test_a_line_is_in_whole_cents_where_rounding_explains_the_rest(quantity: int, price: str, total: str) -> None:
    assert line_total(quantity, Decimal(price)) == Decimal(total)


@pytest.mark.parametrize(("quantity", "price", "total"), WHOLE)
@pytest.mark.parametrize("rounding", ["2", "3"])
def test_a_price_that_is_a_part_of_a_cent_is_imported_to_the_cent(
    shop: PrestaShopSandbox, rounding: str, quantity: int, price: str, total: str
) -> None:
    shop.configuration["PS_ROUND_TYPE"] = rounding
    before = stocks(shop)
    lines = (line("MUG", quantity, price), line("BOOK", 1, "7.35", "2"))
    order = draft(lines=lines, shipping="5.90", total=Decimal(total) + Decimal("13.25"))
    imported = one(run(connector(shop), order))

    assert imported.order.total_paid == order.total
    assert wrongs(shop, [order], before) == []


def test_a_shop_that_rounds_each_piece_cannot_charge_it_and_that_is_said(shop: PrestaShopSandbox) -> None:
    shop.configuration["PS_ROUND_TYPE"] = "1"
    order = draft(lines=(line("MUG", 4, "3.125"),))
    error = failure(run(connector(shop), order)).error

    assert (error.code, error.data) == ("order.pieces_rounded", {"sku": "MUG", "quantity": 4, "total": "12.50"})
    assert not shop.server.requests("POST")
    shop.configuration["PS_ROUND_TYPE"] = "2"  # as its problem advises
    assert one(run(connector(shop), order)).order.total_paid == order.total


def test_a_line_that_is_no_whole_cent_is_not_rounded(shop: PrestaShopSandbox) -> None:
    error = failure(run(connector(shop), draft(lines=(line("MUG", 3, "3.125"),)))).error

    assert (error.code, error.data["total"]) == ("order.part_of_a_cent", "9.375")
    assert not shop.server.requests("POST")


@pytest.mark.parametrize("given", ["3.3333333333333335", "3.333333", "3.33333"])
def test_a_third_of_ten_is_read_however_many_digits_it_has(given: str) -> None:
    order = order_json(lines=[line_json(sku="MUG", quantity=3)], total="10.00")
    order["lines"][0]["sellingPrice"]["unitSalesPrice"] = Decimal(given)
    found = mapped(order)

    assert (found.faults, [each.total for each in found.lines]) == ((), [Decimal("10.00")])

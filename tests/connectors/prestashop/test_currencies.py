"""An order in a currency that is not the shop's default: exact to the cent by the shop's own conversion, or refused."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

import pytest

from cdsync.connectors.base import DraftLine, Imported
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.crashes import stocks, wrongs
from tests.connectors.prestashop.shop import (
    POLICY,
    VERSIONS,
    connector,
    draft,
    drafts,
    failure,
    line,
    one,
    rehearsal_shop,
    run,
)

FRANC = {"names": "franc", "name": "Franc", "symbol": "CHF", "iso_code": "CHF", "numeric_iso_code": "756"}


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        yield running


def in_francs(shop: PrestaShopSandbox, rate: str = "1.063829") -> None:
    """The shop's default is CHF; one of it is worth `rate` EUR."""
    row = {"precision": "2", "conversion_rate": "1", "active": "1"}
    shop.configuration["PS_CURRENCY_DEFAULT"] = str(shop.shop.insert("currencies", FRANC | row))
    shop.shop.store.table("currencies").update("1", {"conversion_rate": rate})


@pytest.mark.parametrize("rate", ["1.063829", "0.94", "0.000123", "3.999999"])
def test_an_order_in_an_active_currency_is_imported_to_the_cent(shop: PrestaShopSandbox, rate: str) -> None:
    in_francs(shop, rate)
    before = stocks(shop)
    order = draft()
    imported = one(run(connector(shop), order))

    assert (imported.order.total_paid, imported.order.currency) == (order.total, "EUR")
    assert wrongs(shop, [order], before) == []
    (made,) = shop.rows("orders")
    net = Decimal(made["total_paid_tax_excl"]) * Decimal("1.2")
    assert abs(net - order.total) < Decimal("0.02")


def test_random_orders_are_exact_in_another_currency(shop: PrestaShopSandbox) -> None:
    in_francs(shop)
    chance = random.Random(7)
    orders = []
    for number in range(25):
        lines: list[DraftLine] = [
            line(sku, chance.randint(1, 9), f"{chance.randint(1, 99_999) / 100:.2f}", str(place))
            for place, sku in enumerate(chance.sample(("MUG", "BOOK", "TSHIRT-S", "TSHIRT-M"), chance.randint(1, 4)))
        ]
        orders.append(draft(f"R{number:05}", tuple(lines), f"{chance.randint(0, 2000) / 100:.2f}"))
    results = run(connector(shop), orders)

    assert [each for each in results.values() if not isinstance(each, Imported)] == []
    rows = {row["payment"]: Decimal(row["total_paid"]) for row in shop.rows("orders")}
    assert rows == {order.payment_text: order.total for order in orders}


def test_ecotax_is_converted_too(shop: PrestaShopSandbox) -> None:
    in_francs(shop)
    shop.configuration.update({"PS_USE_ECOTAX": "1", "PS_ECOTAX_TAX_RULES_GROUP_ID": "1"})
    shop.add_product("TV", "Television", Decimal(300), ecotax=Decimal("12.50"))
    order = draft(lines=(line("TV", 2, "349.99"),))

    assert one(run(connector(shop), order)).order.total_paid == order.total


def test_a_rate_so_coarse_that_no_price_fits_has_a_code_of_its_own(shop: PrestaShopSandbox) -> None:
    in_francs(shop, "90000")
    error = failure(run(connector(shop), draft(lines=(line("MUG", 7, "9.99"),)))).error

    assert (error.code, error.data) == ("currency.inexact", {"sku": "MUG", "currency": "EUR"})
    assert not shop.server.requests("POST")


@pytest.mark.parametrize(("field", "value"), [("active", "0"), ("deleted", "1")])
def test_a_currency_that_is_not_enabled_is_none(shop: PrestaShopSandbox, field: str, value: str) -> None:
    in_francs(shop)
    shop.shop.store.table("currencies").update("1", {field: value})

    assert failure(run(connector(shop), draft())).error.code == "currency.unknown"


@pytest.mark.parametrize("decimals", ["0", "3"])
def test_a_currency_that_the_shop_does_not_keep_in_cents_is_a_problem(shop: PrestaShopSandbox, decimals: str) -> None:
    shop.shop.store.table("currencies").update("1", {"precision": decimals})
    error = failure(run(connector(shop), draft())).error

    assert (error.code, error.data) == ("currency.precision", {"currency": "EUR", "decimals": int(decimals)})
    assert not shop.server.requests("POST")


def test_a_rate_that_changed_since_the_last_run_is_the_one_that_counts(shop: PrestaShopSandbox) -> None:
    in_francs(shop)
    presta = connector(shop)
    one(run(presta, draft("FIRST")))
    shop.shop.store.table("currencies").update("1", {"conversion_rate": "1.071234"})
    order = draft("SECOND")

    assert one(run(presta, order)).order.total_paid == order.total


def test_rates_cost_one_request_for_all_orders_and_none_in_the_default_currency(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    presta.examine(drafts(1), POLICY)
    shop.server.log.clear()
    presta.examine(drafts(20), POLICY)
    assert not shop.server.requests("GET", "/api/currencies")
    in_francs(shop)
    presta = connector(shop)
    presta.examine(drafts(1), POLICY)
    shop.server.log.clear()
    presta.examine(drafts(20), POLICY)
    assert len(shop.server.requests("GET", "/api/currencies")) == 1

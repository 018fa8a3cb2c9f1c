"""How many requests an import takes, counted by the rehearsal shop."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.shop import POLICY, connector, draft, drafts, line, rehearsal_shop, run


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


def counted(shop: PrestaShopSandbox, number: int, shipping: str = "5.90") -> int:
    """Requests for a batch, the shop's own data and the products known from before."""
    presta = connector(shop)
    run(presta, draft("WARM"))
    shop.server.log.clear()
    run(presta, drafts(number, shipping=shipping) if number > 1 else draft("ONE", shipping=shipping))
    assert len(shop.rows("orders")) == number + 1
    return len(shop.server.log)


def test_a_single_order_with_corrected_shipping_takes_15(shop: PrestaShopSandbox) -> None:
    assert counted(shop, 1) <= 15


def test_a_single_order_at_the_shops_own_shipping_takes_13(shop: PrestaShopSandbox) -> None:
    """One of them looks for what the shipment will need."""
    assert counted(shop, 1, "8.40") <= 13


def test_the_number_of_lines_makes_no_difference(shop: PrestaShopSandbox) -> None:
    for number in range(60):
        shop.add_product(f"P{number}", f"Product {number}", Decimal(10))
    order = draft(lines=tuple(line(f"P{n}", 1, "9.99", str(n)) for n in range(60)))
    presta = connector(shop)
    run(presta, draft("WARM"))
    presta.examine([order], POLICY)
    shop.server.log.clear()
    run(presta, order)

    assert len(shop.server.log) <= 17


def test_ten_orders_with_corrected_shipping_take_at_most_25(shop: PrestaShopSandbox) -> None:
    assert counted(shop, 10) <= 25


def test_twenty_orders_take_less_than_two_each(shop: PrestaShopSandbox) -> None:
    assert counted(shop, 20) <= 35


def test_a_first_order_also_reads_the_shops_own_data_once(shop: PrestaShopSandbox) -> None:
    """Two of them are the question of the day: prices, and from 9.1 on the newest orders."""
    run(connector(shop), draft())

    assert len(shop.server.log) <= 29

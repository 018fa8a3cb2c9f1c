"""Prices, promotions and shipping costs of the shop's own catalogue: none of them moves an imported order by a cent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.crashes import stocks, wrongs
from tests.connectors.prestashop.shop import VERSIONS, connector, draft, line, one, rehearsal_shop, run

ROW = {
    "from_quantity": "1", "price": "-1.000000", "reduction": "0.500000", "reduction_type": "percentage",
    "reduction_tax": "1", "from": "0000-00-00 00:00:00", "to": "0000-00-00 00:00:00",
}  # fmt: skip


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        yield running


@pytest.mark.parametrize(
    "row",
    [
        {"id_product": "1"},
        {"id_product": "1", "price": "1.000000", "reduction": "0"},
        {"id_product": "1", "from_quantity": "2"},  # a discount for quantity
        {"id_product": "1", "id_specific_price_rule": "1"},  # a rule for the catalogue
        {"id_product": "1", "reduction": "3.000000", "reduction_type": "amount", "reduction_tax": "0"},
        {"id_product": "1", "id_group": "3", "id_country": "8", "id_currency": "1", "id_shop": "1", "id_customer": "1"},
        {"id_product": "2", "id_product_attribute": "1"},
        {"id_product": "2", "id_product_attribute": "1", "from_quantity": "3", "price": "2.000000"},
    ],
    ids=str,
)
def test_no_price_of_the_catalogue_outranks_the_imposed_one(shop: PrestaShopSandbox, row: dict[str, str]) -> None:
    """SpecificPrice::getSpecificPrice: the combination's first, then the cart's, and only then everything else."""
    before = stocks(shop)
    shop.shop.insert("specific_prices", ROW | {"id_product_attribute": "0", "id_cart": "0"} | row)
    order = draft()
    one(run(connector(shop), order))

    assert wrongs(shop, [order], before) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"PS_SHIPPING_HANDLING": "7.50"},
        {"PS_SHIPPING_FREE_PRICE": "1.00"},
        {"PS_SHIPPING_FREE_PRICE": "1000.00", "PS_SHIPPING_HANDLING": "0"},
    ],
    ids=str,
)
def test_what_the_shop_would_charge_for_shipping_is_corrected(
    shop: PrestaShopSandbox, settings: dict[str, str]
) -> None:
    before = stocks(shop)
    shop.configuration.update(settings)
    order = draft()
    one(run(connector(shop), order))

    assert wrongs(shop, [order], before) == []


def test_a_surcharge_of_a_product_on_shipping_is_corrected(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    shop.shop.store.table("products").update("1", {"additional_shipping_cost": "4.00"})
    order = draft(lines=(line("MUG", 3),))
    one(run(connector(shop), order))

    assert wrongs(shop, [order], before) == []
    (made,) = shop.rows("orders")
    assert Decimal(made["total_shipping"]) == order.shipping


def test_a_shop_that_takes_no_tax_gets_the_whole_sum_as_its_net(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    shop.configuration["PS_TAX"] = "0"
    order = draft()
    one(run(connector(shop), order))

    assert wrongs(shop, [order], before) == []
    (made,) = shop.rows("orders")
    assert Decimal(made["total_paid_tax_excl"]) == order.total

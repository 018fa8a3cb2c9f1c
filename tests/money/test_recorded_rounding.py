"""The amounts that real shops stored for one order, 9.1.4 and 8.2.1 alike, are those the rehearsal shop stores.

Two mugs at 9.99 and three T-shirts at 19.49, shipping 5.90 where the shop takes 8.40: 84.35, lines rounded half up.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.connectors.prestashop.shop import VERSIONS, connector, draft, rehearsal_shop, run

TOTALS = {
    "total_paid": "84.35", "total_paid_real": "84.35", "total_paid_tax_excl": "70.291667",
    "total_products": "65.38", "total_products_wt": "78.45",
    "total_shipping_tax_incl": "5.90", "total_shipping_tax_excl": "4.916667",
}  # fmt: skip
DETAILS = {
    "MUG": {
        "unit_price_tax_incl": "9.99", "unit_price_tax_excl": "8.325",
        "total_price_tax_incl": "19.98", "total_price_tax_excl": "16.65",
    },
    "TSHIRT-S": {
        "unit_price_tax_incl": "19.49", "unit_price_tax_excl": "16.241667",
        "total_price_tax_incl": "58.47", "total_price_tax_excl": "48.73",
    },
}  # fmt: skip


def _amounts(row: dict[str, str], wanted: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(row[name]) for name in wanted}


def _decimals(wanted: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in wanted.items()}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_recorded_order_is_stored_with_the_recorded_amounts(version: str) -> None:
    with rehearsal_shop(version) as shop:
        run(connector(shop), draft())

        (order,), (invoice,) = shop.rows("orders"), shop.rows("order_invoices")
        assert _amounts(order, TOTALS) == _decimals(TOTALS)
        invoiced = {name: value for name, value in TOTALS.items() if name in invoice}
        assert _amounts(invoice, invoiced) == _decimals(invoiced)
        for detail in shop.rows("order_details"):
            wanted = DETAILS[detail["product_reference"]]
            assert _amounts(detail, wanted) == _decimals(wanted)
        assert [row["id_order_state"] for row in shop.rows("order_histories")] == ["8", "2"]
        (carrier,) = shop.rows("order_carriers")
        assert Decimal(carrier["shipping_cost_tax_excl"]) == Decimal("4.916667")

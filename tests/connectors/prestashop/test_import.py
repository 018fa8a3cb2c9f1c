"""An order imported as it should be: what was sent, and what the shop holds afterwards, in each version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from cdsync.connectors.base import Imported
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.crashes import stocks, wrongs
from tests.connectors.prestashop.shop import (
    HOME,
    POLICY,
    VERSIONS,
    amounts,
    connector,
    draft,
    drafts,
    line,
    one,
    rehearsal_shop,
    run,
)


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        yield running


def test_an_order_is_exact_to_the_cent_when_its_shipping_is_not_the_shops(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    order = one(run(connector(shop), draft())).order

    assert wrongs(shop, [draft()], before) == []
    assert (order.total_paid, order.payments, order.total_shipping) == (
        Decimal("84.35"),
        Decimal("84.35"),
        Decimal("5.90"),
    )
    assert order.total_without_tax == Decimal("70.291667")
    details = amounts(shop.rows("order_details"), "unit_price_tax_incl", "total_price_tax_incl", "total_price_tax_excl")
    assert details == [
        (Decimal("9.99"), Decimal("19.98"), Decimal("16.65")),
        (Decimal("19.49"), Decimal("58.47"), Decimal("48.73")),
    ]
    invoice = amounts(shop.rows("order_invoices"), "total_shipping_tax_excl", "total_paid_tax_excl")
    assert invoice == [(Decimal("4.916667"), Decimal("70.291667"))]
    assert [h["id_order_state"] for h in shop.rows("order_histories")] == ["8", "2"]


def test_an_order_at_the_shops_own_shipping_needs_no_correction(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    order = draft(shipping="8.40")
    run(connector(shop), order)

    assert wrongs(shop, [order], before) == []
    assert [h["id_order_state"] for h in shop.rows("order_histories")] == ["11", "2"]
    assert not shop.server.requests("PATCH", "/api/order_carriers")
    assert not shop.server.requests("PUT", "/api/order_carriers")


def test_the_status_is_left_when_the_shop_chose_the_wanted_one(shop: PrestaShopSandbox) -> None:
    imported = one(run(connector(shop), draft(shipping="8.40"), replace(POLICY, imported_status="11")))

    assert imported.order.status_ref == "11"
    assert [h["id_order_state"] for h in shop.rows("order_histories")] == ["11"]


def test_a_batch_is_exact_and_shares_its_requests(shop: PrestaShopSandbox) -> None:
    before, orders = stocks(shop), drafts(7)
    results = run(connector(shop), orders)

    assert {type(r) for r in results.values()} == {Imported}
    assert list(results) == [order.ref for order in orders]
    assert wrongs(shop, orders, before) == []
    for resource in ("customers", "addresses", "carts", "specific_prices"):
        assert len(shop.server.requests("POST", f"/api/{resource}")) == 1
    assert len(shop.server.requests("POST", "/api/orders")) == 7


def test_every_order_gets_one_customer_two_addresses_and_one_cart(shop: PrestaShopSandbox) -> None:
    run(connector(shop), drafts(3))

    assert [len(shop.rows(r)) for r in ("customers", "addresses", "carts", "orders")] == [3, 6, 3, 3]
    assert [a["alias"] for a in shop.rows("addresses")][:2] == ["2611230001BATCH D", "2611230001BATCH I"]


def test_no_specific_price_is_left_behind(shop: PrestaShopSandbox) -> None:
    run(connector(shop), drafts(2))

    assert shop.rows("specific_prices") == []


def test_the_carrier_is_asked_for_by_delivery_option_and_rows_name_the_delivery_address(
    shop: PrestaShopSandbox,
) -> None:
    run(connector(shop), draft())

    cart = ET.fromstring(shop.server.requests("POST", "/api/carts")[0].body).find("cart")
    assert cart is not None
    delivery = cart.findtext("id_address_delivery")
    assert cart.findtext("delivery_option") == f'{{"{delivery}":"2,"}}'
    assert {row.findtext("id_address_delivery") for row in cart.iter("cart_row")} == {delivery}
    assert shop.rows("orders")[0]["id_carrier"] == "2"


def test_lines_of_one_product_share_a_cart_row(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    order = draft(lines=(line("MUG", 2, "9.99", "1"), line("MUG", 3, "9.99", "2"), line("TSHIRT-M", 1, "21.00", "3")))
    run(connector(shop), order)

    assert wrongs(shop, [order], before) == []
    assert [d["product_quantity"] for d in shop.rows("order_details")] == ["5", "1"]


def test_several_vat_rates_in_one_order(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    order = draft(lines=(line("MUG", 1, "9.99", "1"), line("BOOK", 2, "17.35", "2")))
    imported = one(run(connector(shop), order))

    assert wrongs(shop, [order], before) == []
    exact = Decimal("9.99") / Decimal("1.2") + Decimal("34.70") / Decimal("1.055") + Decimal("5.90") / Decimal("1.2")
    assert imported.order.total_without_tax == exact.quantize(Decimal("0.000001"))


def test_a_carrier_edited_since_is_found_by_its_stable_reference(shop: PrestaShopSandbox) -> None:
    new = shop.edit_carrier(2)
    imported = one(run(connector(shop), draft()))

    assert shop.rows("orders")[0]["id_carrier"] == str(new)
    assert imported.order.carrier_ref == "2"


def test_a_company_is_invoiced_with_its_vat_number_and_delivered_elsewhere(shop: PrestaShopSandbox) -> None:
    company = replace(HOME, company="Ets. Martin & Fils", vat_number="FR40303265045", lines=("1 place Bellecour",))
    run(connector(shop), draft(invoice=company, business=True))

    delivery, invoice = shop.rows("addresses")
    assert (invoice["company"], invoice["vat_number"]) == ("Ets. Martin & Fils", "FR40303265045")
    assert (invoice["address1"], delivery["address1"]) == ("1 place Bellecour", "12 rue des Lilas")


def test_a_relay_point_stands_in_the_address(shop: PrestaShopSandbox) -> None:
    relay = replace(HOME, pickup_id="058231", pickup_name="TABAC DES HALLES", lines=("4 cours Lafayette",))
    run(connector(shop), draft(delivery=relay))

    assert shop.rows("addresses")[0]["address2"] == "Point relais 058231 TABAC DES HALLES"
    assert shop.rows("addresses")[1]["address2"] == ""


def test_every_call_names_the_shop_in_a_multishop(shop: PrestaShopSandbox) -> None:
    run(connector(shop, shop_id="1"), draft())

    assert {"id_shop=1" in seen.query for seen in shop.server.log} == {True}


def pack_of(shop: PrestaShopSandbox) -> int:
    """A pack that the shop has fifty of."""
    return shop.add_product("PACK", "Two mugs", Decimal("20.00"), stock=50, pack=True)


def test_a_pack_lowers_its_stock_once_although_the_shipping_was_corrected() -> None:
    with rehearsal_shop() as shop:
        pack, before = pack_of(shop), stocks(shop)
        order = draft(lines=(line("PACK", 3, "18.00", "1"), line("MUG", 2, "9.99", "2")))
        run(connector(shop), order)

        assert wrongs(shop, [order], before) == []
        assert shop.stock(pack) == 47
        assert [h["id_order_state"] for h in shop.rows("order_histories")] == ["8", "13", "2"]


def test_a_pack_at_the_shops_own_shipping_takes_no_detour() -> None:
    with rehearsal_shop() as shop:
        pack = pack_of(shop)
        run(connector(shop), draft(lines=(line("PACK", 3, "18.00"),), shipping="8.40"))

        assert shop.stock(pack) == 47
        assert [h["id_order_state"] for h in shop.rows("order_histories")] == ["11", "2"]


@pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])
def test_a_shop_that_may_not_lower_a_pack_says_so_before_the_import(version: str) -> None:
    with rehearsal_shop(version) as shop:
        pack_of(shop)
        before = stocks(shop)
        order = draft(lines=(line("PACK", 3, "18.00", "1"), line("MUG", 2, "9.99", "2")))
        examination = connector(shop).examine([order], POLICY)[order.ref]
        run(connector(shop), order)

        assert [(w.code, w.data["sku"]) for w in examination.warnings] == [("product.pack_stock", "PACK")]
        assert wrongs(shop, [order], before) == []
        assert [h["id_order_state"] for h in shop.rows("order_histories")] == ["8", "2"]

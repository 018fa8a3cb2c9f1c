"""Exact to the cent: rounding types, VAT rates, prices that differ in one row, fees, ecotax, shipping of any amount."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdsync.connectors.base import DraftLine, Fee, Imported, OrderDraft
from cdsync.connectors.prestashop.checking.pricing import Rounding, Sold, merge
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import MemoryJournal
from tests.connectors.prestashop.crashes import stocks, wrongs
from tests.connectors.prestashop.shop import POLICY, connector, draft, failure, line, one, rehearsal_shop, run

RATES = ("20", "10", "5.5", "2.1")
ROUNDINGS = {"each piece": "1", "each line": "2", "the total": "3"}
HALVES = ("up", "down", "even", "odd")


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_random_orders_are_exact_whatever_the_shop_rounds(rounding: str) -> None:
    chance = random.Random(rounding)
    with rehearsal_shop() as shop:
        shop.configuration["PS_ROUND_TYPE"] = ROUNDINGS[rounding]
        for rate in RATES:
            shop.add_product(f"VAT{rate}", f"At {rate} %", Decimal("10.00"), tax_rate=rate, stock=100_000)
        orders = [_random_order(chance, number) for number in range(60)]
        results = run(connector(shop), orders)

        assert [r for r in results.values() if not isinstance(r, Imported)] == []
        rows = {row["payment"]: row for row in shop.rows("orders")}
        for order in orders:
            row = rows[order.payment_text]
            assert (Decimal(row["total_paid"]), Decimal(row["total_shipping"])) == (order.total, order.shipping)
            assert Decimal(row["total_products_wt"]) == order.total - order.shipping
        paid = {row["transaction_id"]: Decimal(row["amount"]) for row in shop.rows("order_payments")}
        assert paid == {order.ref: order.total for order in orders}
        invoiced = sorted(Decimal(row["total_paid_tax_incl"]) for row in shop.rows("order_invoices"))
        assert invoiced == sorted(order.total for order in orders)


def _random_order(chance: random.Random, number: int) -> OrderDraft:
    lines: list[DraftLine] = []
    for place, rate in enumerate(chance.sample(RATES, chance.randint(1, 4))):
        price = Decimal(chance.randint(1, 19_999)) / 100
        lines.append(line(f"VAT{rate}", chance.randint(1, 50), str(price), str(place)))
    shipping = chance.choice(["0.00", "8.40", f"{chance.randint(0, 3000) / 100:.2f}"])
    return draft(f"R{number:05}", tuple(lines), shipping)


def test_one_product_at_two_prices_takes_the_price_that_gives_the_sum(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    order = draft(lines=(line("MUG", 1, "9.99", "1"), line("MUG", 2, "9.50", "2")))
    run(connector(shop), order)

    assert wrongs(shop, [order], before) == []
    (detail,) = shop.rows("order_details")
    assert (detail["product_quantity"], Decimal(detail["total_price_tax_incl"])) == ("3", Decimal("28.99"))


def test_two_prices_without_a_whole_cent_between_them_are_a_problem_where_each_piece_is_rounded(
    shop: PrestaShopSandbox,
) -> None:
    shop.configuration["PS_ROUND_TYPE"] = "1"
    error = failure(run(connector(shop), draft(lines=(line("MUG", 1, "9.99"), line("MUG", 2, "9.50", "2"))))).error

    assert (error.code, error.data) == ("order.two_prices", {"sku": "MUG"})
    assert not shop.server.requests("POST")


def test_two_prices_whose_average_is_a_whole_cent_work_where_each_piece_is_rounded(shop: PrestaShopSandbox) -> None:
    shop.configuration["PS_ROUND_TYPE"] = "1"
    before = stocks(shop)
    order = draft(lines=(line("MUG", 1, "9.99", "1"), line("MUG", 1, "9.51", "2")))
    run(connector(shop), order)

    assert wrongs(shop, [order], before) == []


def test_a_fee_becomes_a_line_of_the_merchants_product(shop: PrestaShopSandbox) -> None:
    shop.add_product("FEE", "Frais de paiement", Decimal(1), stock=0)
    order = draft(fees=(Fee("Paiement en 4 fois", Decimal("3.20")),))
    imported = one(run(connector(shop), order, replace(POLICY, fee_sku="FEE")))

    assert imported.order.total_paid == Decimal("87.55")
    fee = shop.rows("order_details")[-1]
    assert (fee["product_reference"], Decimal(fee["total_price_tax_incl"])) == ("FEE", Decimal("3.20"))


def test_several_fees_are_one_piece_of_that_product(shop: PrestaShopSandbox) -> None:
    """Two pieces would share one price, which is 1.675 each here: not to be had where each piece is rounded."""
    shop.configuration["PS_ROUND_TYPE"] = "1"
    shop.add_product("FEE", "Frais de paiement", Decimal(1), stock=0)
    order = draft(fees=(Fee("Paiement en 4 fois", Decimal("3.20")), Fee("Eco-part", Decimal("0.15"))))
    imported = one(run(connector(shop), order, replace(POLICY, fee_sku="FEE")))

    assert imported.order.total_paid == Decimal("87.70")
    fee = shop.rows("order_details")[-1]
    assert (fee["product_quantity"], Decimal(fee["total_price_tax_incl"])) == ("1", Decimal("3.35"))


def test_a_product_given_away_costs_nothing(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    order = draft(lines=(line("MUG", 1, "0.00", "1"), line("BOOK", 1, "17.35", "2")))
    run(connector(shop), order)

    assert wrongs(shop, [order], before) == []


def test_shipping_of_nothing_is_corrected_too(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    order = draft(shipping="0.00")
    run(connector(shop), order)

    assert wrongs(shop, [order], before) == []


def test_ecotax_is_taken_off_the_imposed_price_because_the_shop_adds_it(shop: PrestaShopSandbox) -> None:
    shop.configuration["PS_USE_ECOTAX"] = "1"
    shop.add_product("TV", "Television", Decimal(300), ecotax=Decimal("12.50"))
    imported = one(run(connector(shop), draft(lines=(line("TV", 2, "349.99"),))))

    assert imported.order.total_paid == Decimal("705.88")
    assert Decimal(shop.rows("order_details")[0]["total_price_tax_incl"]) == Decimal("699.98")


def test_ecotax_has_a_rate_of_its_own() -> None:
    sold = Sold("1", "5", "0", 3, Decimal("119.99"), Decimal(20), ecotax=Decimal("2.50"), ecotax_rate=Decimal("5.5"))
    (row,), inexact = merge([sold], Rounding())

    assert inexact == []
    assert row.price == ((Decimal("119.99") - Decimal("2.6375")) / Decimal("1.2")).quantize(Decimal("0.000001"))
    assert row.total_without_tax == 3 * ((Decimal("119.99") - Decimal("2.6375")) / Decimal("1.2") + Decimal("2.50"))


def test_a_promotion_of_the_shop_does_not_touch_the_imposed_price(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    promotion = {
        "id_product": "2",
        "id_product_attribute": "1",
        "price": "-1",
        "from_quantity": "1",
        "reduction": "0.30",
        "reduction_type": "percentage",
    }
    shop.shop.insert("specific_prices", promotion)
    run(connector(shop), draft())

    assert wrongs(shop, [draft()], before) == []


def test_lines_the_shop_priced_otherwise_stop_the_order_before_its_status(shop: PrestaShopSandbox) -> None:
    """As if a module of the shop had taken the imposed prices away."""

    class TakesPrices(MemoryJournal):
        def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
            if step == "order":
                for row in shop.rows("specific_prices"):
                    shop.shop.store.table("specific_prices").delete(row["id"])
            return super().begin(step, intents)

    error = failure(run(connector(shop), draft(), replace(POLICY, put_away_spoiled=False), TakesPrices())).error

    assert error.code == "import.lines_differ"
    assert error.data == {"shop_order": "1", "what": "1/0: 2 × = 28.56 instead of 2 × = 19.98"}
    assert shop.rows("orders")[0]["current_state"] == "8"
    assert not shop.server.requests("PATCH")
    assert shop.stock(1) == 300


def test_a_discount_of_the_shop_stops_the_order_before_its_status(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft(shipping="8.40"), replace(POLICY, imported_status="11"))
    shop.shop.store.table("orders").update(1, {"total_discounts_tax_incl": "2.00", "total_discounts": "2.00"})

    error = failure(run(connector(shop), draft(shipping="8.40"))).error
    assert (error.code, error.data) == ("import.lines_differ", {"shop_order": "1", "what": "discounts 2.00"})


def test_a_second_payment_is_seen(shop: PrestaShopSandbox) -> None:
    journal = MemoryJournal()
    run(connector(shop), draft(), journal=journal)
    reference = shop.rows("orders")[0]["reference"]
    shop.shop.insert("order_payments", {"order_reference": reference, "amount": "84.35"})

    error = failure(run(connector(shop), draft(), journal=journal)).error
    assert (error.code, error.data) == ("import.not_verified", {"shop_order": "1", "what": "2 payments"})


def test_the_carrier_the_shop_put_in_its_place_is_corrected(shop: PrestaShopSandbox) -> None:
    """The wanted carrier does not deliver to the buyer's zone, so the shop takes its default one, free of charge."""
    shop.shop.store.table("carriers").update(2, {"zones": ["2"]})
    before = stocks(shop)
    imported = one(run(connector(shop), draft()))

    assert wrongs(shop, [draft()], before) == []
    assert imported.order.carrier_ref == "2"
    assert (shop.rows("orders")[0]["id_carrier"], shop.rows("order_carriers")[0]["id_carrier"]) == ("2", "2")
    assert Decimal(shop.rows("order_invoices")[0]["total_shipping_tax_excl"]) == Decimal("4.916667")


def test_an_order_without_a_place_for_its_shipping_is_left_to_a_person(shop: PrestaShopSandbox) -> None:
    """No carrier delivers there, so that the order bears no shipping."""
    for carrier in shop.rows("carriers"):
        shop.shop.store.table("carriers").update(carrier["id"], {"zones": []})
    error = failure(run(connector(shop), draft())).error

    assert (error.code, error.data) == ("import.no_carrier_row", {"shop_order": "1"})
    assert shop.rows("orders")[0]["current_state"] == "8"


def test_an_adopted_order_whose_shipping_has_another_net_is_not_exact(shop: PrestaShopSandbox) -> None:
    """With tax it is right, and invoiced: cdsync changes nothing of it, and says what it saw."""
    run(connector(shop), draft())
    taxed = {"total_shipping_tax_excl": "5.900000", "total_paid_tax_excl": "71.275000"}
    shop.shop.store.table("orders").update("1", taxed)
    shop.server.log.clear()
    error = failure(run(connector(shop), draft())).error

    assert (error.code, error.data["what"]) == ("import.net_differs", "shipping without tax 5.90 instead of 4.92")
    assert {seen.method for seen in shop.server.log} == {"GET"}


def test_an_order_without_any_carrier_and_without_shipping_is_fine(shop: PrestaShopSandbox) -> None:
    for carrier in shop.rows("carriers"):
        shop.shop.store.table("carriers").update(carrier["id"], {"zones": []})

    assert one(run(connector(shop), draft(shipping="0.00"))).order.status_ref == "2"


def test_a_shop_whose_first_status_is_no_sale_still_ends_with_one_named_payment(shop: PrestaShopSandbox) -> None:
    state = {"name": "Place de marché", "logable": "0", "invoice": "0", "paid": "0"}
    prepared = shop.shop.insert("order_states", state)
    shop.configuration["PS_OS_WS_PAYMENT"] = str(prepared)
    before = stocks(shop)
    run(connector(shop), draft())

    assert wrongs(shop, [draft()], before) == []
    assert shop.rows("order_payments")[0]["payment_method"] == "Cdiscount 26112310140K7QX"


@pytest.mark.parametrize("mode", ["0", "1", "2", "3", "4", "5"], ids=["up", "down", *("half " + h for h in HALVES)])
def test_a_millionth_never_becomes_a_cent_however_the_shop_rounds(mode: str) -> None:
    """0.05 without 20 % is 0.0416666…: rounded to 0.041667 and taxed again it is 0.0500004, which goes up to 0.06."""
    with rehearsal_shop() as shop:
        shop.configuration["PS_PRICE_ROUND_MODE"] = mode
        before = stocks(shop)
        order = draft(lines=(line("MUG", 40, "0.05", "1"), line("BOOK", 7, "0.07", "2")))
        run(connector(shop), order)

        assert wrongs(shop, [order], before) == []


def test_a_product_with_ecotax_in_a_shop_without_is_a_problem(shop: PrestaShopSandbox) -> None:
    """PrestaShop puts such an ecotax into the rows and not into the total: whatever the price, one of them is wrong."""
    shop.add_product("TV", "Television", Decimal(300), ecotax=Decimal("12.50"))
    error = failure(run(connector(shop), draft(lines=(line("TV", 2, "349.99"),)))).error

    assert (error.code, error.data) == ("product.ecotax_unused", {"sku": "TV", "product": "Television"})
    assert not shop.server.requests("POST")


def test_a_price_below_the_ecotax_is_a_problem(shop: PrestaShopSandbox) -> None:
    shop.configuration.update({"PS_USE_ECOTAX": "1", "PS_ECOTAX_TAX_RULES_GROUP_ID": "1"})
    shop.add_product("TV", "Television", Decimal(300), ecotax=Decimal("12.50"))
    error = failure(run(connector(shop), draft(lines=(line("TV", 2, "14.99"),)))).error

    assert (error.code, error.data) == ("order.below_ecotax", {"sku": "TV", "price": "14.99", "ecotax": "15.00"})
    assert not shop.server.requests("POST")

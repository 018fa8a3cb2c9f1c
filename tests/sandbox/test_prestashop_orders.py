"""Placing orders on the rehearsal's PrestaShop: whose price counts, what a wrong total does, what an order moves."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import pytest
from prestashop_client import ShopClient, address_fields, entity, specific_price_fields

from cdsync.sandbox.prestashop import Combination, PrestaShopSandbox


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    sandbox = PrestaShopSandbox(demo=False).start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def client(shop: PrestaShopSandbox) -> ShopClient:
    return ShopClient(shop)


def net(gross: str, rate: str = "20") -> Decimal:
    """The price without tax, 6 decimals, that gives back the gross price."""
    return (Decimal(gross) / (1 + Decimal(rate) / 100)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def test_prices_bound_to_the_cart_count_and_are_gone_after_the_order(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal("11.90"), stock=10)
    cart = client.cart([(mug, 0, 2)])
    client.price(cart, mug, net("9.99"))
    assert client.order(cart, "28.38").status == 201  # 2 x 9.99 + the shop's shipping 8.40
    [order] = shop.rows("orders")
    assert (order["current_state"], order["total_paid"], order["valid"]) == ("11", "28.380000", "1")
    [row] = shop.rows("order_details")
    assert (row["unit_price_tax_incl"], row["total_price_tax_incl"]) == ("9.990000", "19.980000")
    assert shop.rows("specific_prices") == []
    assert shop.stock(mug) == 8
    [invoice] = shop.rows("order_invoices")
    [payment] = shop.rows("order_payments")
    assert (invoice["total_paid_tax_incl"], payment["amount"]) == ("28.380000", "28.380000")
    assert payment["payment_method"] == "Cdiscount ABC"


def test_the_answer_echoes_what_was_posted_not_what_was_stored(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    echo = client.order(client.cart([(mug, 0, 1)]), "5.00", current_state=3).entities[0]
    assert (echo["total_paid"], echo["reference"], echo["current_state"]) == ("5.00", "", "")
    [order] = shop.rows("orders")
    assert (order["total_paid"], order["current_state"]) == ("20.400000", "8")


def test_a_total_one_cent_off_means_state_8_without_invoice_and_stock_movement(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10), stock=10)
    assert client.order(client.cart([(mug, 0, 1)]), "20.41").status == 201
    [order] = shop.rows("orders")
    assert (order["current_state"], order["valid"], order["total_paid_real"]) == ("8", "0", "20.410000")
    assert shop.rows("order_invoices") == []
    assert shop.stock(mug) == 10
    [payment] = shop.rows("order_payments")
    assert payment["amount"] == "20.410000"


def test_shipping_corrected_in_state_8_gives_one_exact_invoice_and_payment(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10), stock=10)
    client.order(client.cart([(mug, 0, 1)]), "17.90")  # 12.00 + 5.90 instead of 8.40
    totals = {"total_shipping": "5.9", "total_shipping_tax_incl": "5.9", "total_shipping_tax_excl": "4.916667"}
    paid = {"total_paid": "17.9", "total_paid_tax_incl": "17.9", "total_paid_tax_excl": "14.916667"}
    assert client.patch("orders/1", entity("order", {"id": 1} | totals | paid)).status == 200
    assert client.patch("orders/1", entity("order", {"id": 1, "current_state": 2})).status == 200
    again = client.patch("orders/1", entity("order", {"id": 1, "current_state": 2}))
    assert again.status == 200
    [invoice] = shop.rows("order_invoices")
    assert (invoice["total_paid_tax_incl"], invoice["total_shipping_tax_incl"]) == ("17.900000", "5.900000")
    assert [one["amount"] for one in shop.rows("order_payments")] == ["17.900000"]
    assert [one["id_order_state"] for one in shop.rows("order_histories")] == ["8", "2"]
    assert shop.stock(mug) == 9


def test_a_posted_history_adds_a_second_payment_and_a_line_each_time(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    client.order(client.cart([(mug, 0, 1)]), "17.90")
    for _ in range(2):
        client.new("order_histories", entity("order_history", {"id_order": 1, "id_order_state": 2}))
    assert [one["amount"] for one in shop.rows("order_payments")] == ["17.900000", "20.400000"]
    assert [one["id_order_state"] for one in shop.rows("order_histories")] == ["8", "2", "2"]


def test_cancelling_gives_the_stock_back_and_going_on_takes_it_again(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    tee = shop.add_product("TEE", "T-shirt", Decimal(10), combinations=[Combination("TEE-S", "S", 5)])
    client.order(client.cart([(tee, 1, 2)]), "32.40")
    seen = [(shop.stock(tee), shop.stock(tee, 1))]
    for state in (6, 3):
        shop.set_state(1, state)
        seen.append((shop.stock(tee), shop.stock(tee, 1)))
    assert seen == [(3, 3), (5, 5), (3, 3)]


def test_more_than_the_stock_is_accepted_and_stock_goes_negative(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10), stock=1, out_of_stock=0)
    assert client.order(client.cart([(mug, 0, 3)]), "44.40").status == 201
    assert shop.stock(mug) == -2


def test_a_cart_gives_one_order_and_the_second_post_an_empty_500(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    cart = client.cart([(mug, 0, 1)])
    client.order(cart, "20.40")
    second = client.order(cart, "20.40")
    assert (second.status, second.body) == (500, b"")
    assert len(shop.rows("orders")) == 1


def test_simultaneous_posts_of_one_cart_make_several_orders(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10), stock=10)
    cart = client.cart([(mug, 0, 1)])
    shop.order_seconds = 0.1
    threads = [threading.Thread(target=client.order, args=(cart, "20.40")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shop.rows("orders")) == 3
    assert shop.stock(mug) == 7


@pytest.mark.parametrize(
    "change", [{"module": "marketplace"}, {"id_cart": 999}, {"id_customer": 999}], ids=["module", "cart", "customer"]
)
def test_what_php_dies_of_gives_an_empty_500_and_no_order(
    shop: PrestaShopSandbox, client: ShopClient, change: dict[str, object]
) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    answer = client.order(client.cart([(mug, 0, 1)]), "20.40", **change)
    assert (answer.status, answer.body, shop.rows("orders")) == (500, b"", [])


def test_a_country_switched_off_takes_the_address_but_not_the_order(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    cart = client.cart([(mug, 0, 1)], buyer=client.buyer(country="3"))
    assert client.order(cart, "20.40").status == 500
    assert shop.rows("orders") == []


def test_without_a_usable_delivery_option_the_free_carrier_delivers(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    off = shop.add_carrier("Coursier", Decimal(3), active=False)
    client.order(client.cart([(mug, 0, 1)], carrier=off), "12.00")
    [order] = shop.rows("orders")
    assert (order["id_carrier"], order["total_shipping"], order["current_state"]) == ("1", "0.000000", "11")


def test_an_added_carrier_costs_its_price_with_its_tax(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    carrier = shop.add_carrier("Relais", Decimal("4.50"))
    client.order(client.cart([(mug, 0, 1)], carrier=carrier), "17.40")
    [order] = shop.rows("orders")
    assert (order["id_carrier"], order["total_shipping_tax_incl"], order["current_state"]) == (
        str(carrier),
        "5.400000",
        "11",
    )


def test_ecotax_and_group_reduction_come_on_top_of_the_cart_price(shop: PrestaShopSandbox, client: ShopClient) -> None:
    lamp = shop.add_product("LAMP", "Lampe", Decimal(50), ecotax=Decimal("0.50"))
    shop.configuration["PS_USE_ECOTAX"] = "1"
    cart = client.cart([(lamp, 0, 1)], carrier=1)
    client.price(cart, lamp, "10")
    client.patch("groups/3", entity("group", {"id": 3, "reduction": "10.00"}))
    client.order(cart, "0")
    [row] = shop.rows("order_details")
    assert row["unit_price_tax_incl"] == "11.250000"  # (10 x 1.2 + 0.5) - 10 %


@pytest.mark.parametrize(
    ("used", "group", "unit_price", "total"),
    [("0", "0", "12.500000", "12.000000"), ("1", "0", "12.500000", "12.500000"), ("1", "3", "12.527500", "12.530000")],
)
def test_ecotax_is_in_the_rows_always_and_in_the_total_where_the_shop_uses_it(
    shop: PrestaShopSandbox, client: ShopClient, used: str, group: str, unit_price: str, total: str
) -> None:
    lamp = shop.add_product("LAMP", "Lampe", Decimal(10), ecotax=Decimal("0.50"))
    shop.configuration["PS_USE_ECOTAX"] = used
    shop.configuration["PS_ECOTAX_TAX_RULES_GROUP_ID"] = group
    client.order(client.cart([(lamp, 0, 1)], carrier=1), "0")
    [row] = shop.rows("order_details")
    [order] = shop.rows("orders")
    assert (row["unit_price_tax_incl"], row["ecotax"], order["total_products_wt"]) == (unit_price, "0.500000", total)


@pytest.mark.parametrize(("mode", "total"), [("0", "10.01"), ("1", "10.00"), ("2", "10.01"), ("3", "10.00")])
def test_prices_are_rounded_the_way_the_shop_is_set_to(
    shop: PrestaShopSandbox, client: ShopClient, mode: str, total: str
) -> None:
    free = shop.add_product("FREE", "Sans taxe", Decimal("2.001"), tax_rate="0")
    shop.configuration["PS_PRICE_ROUND_MODE"] = mode
    client.order(client.cart([(free, 0, 5)], carrier=1), total)
    [order] = shop.rows("orders")
    assert (Decimal(order["total_products_wt"]), order["current_state"]) == (Decimal(total), "11")


def test_a_price_for_any_combination_has_the_combinations_impact_added(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    sizes = [Combination("TEE-S", "S", 5, price_impact=Decimal(2))]
    tee = shop.add_product("TEE", "T-shirt", Decimal(10), combinations=sizes)
    for combination, expected in ((0, "7.000000"), (1, "5.000000")):
        cart = client.cart([(tee, 1, 1)], buyer=client.buyer(email=f"b{combination}@example.com"))
        client.price(cart, tee, "5", combination)
        client.order(cart, "0")
        assert shop.rows("order_details")[-1]["unit_price_tax_excl"] == expected


def test_a_promotion_on_the_combination_beats_a_cart_price_that_names_none(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    tee = shop.add_product("TEE", "T-shirt", Decimal(10), combinations=[Combination("TEE-S", "S", 5)])
    client.new("specific_prices", entity("specific_price", specific_price_fields("0", tee, "3", 1)))
    cart = client.cart([(tee, 1, 1)])
    client.price(cart, tee, "5")
    client.order(cart, "0")
    assert shop.rows("order_details")[0]["unit_price_tax_excl"] == "3.000000"


def test_entities_before_a_refused_one_stay(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    good = entity("specific_price", specific_price_fields("7", mug, "1"))
    bad = entity("specific_price", specific_price_fields("8", mug, "one"))
    answer = client.post("specific_prices", good, bad, good)
    assert (answer.status, answer.codes) == (400, [85])
    assert [one["id_cart"] for one in shop.rows("specific_prices")] == ["7"]


def test_tracking_is_kept_and_shown_on_the_order(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    client.order(client.cart([(mug, 0, 1)]), "20.40")
    before = shop.rows("orders")[0]["date_upd"]
    shop.set_tracking(1, "6A123")
    [order] = client.get("orders?display=[id,shipping_number,date_upd]").entities
    assert (order["shipping_number"], order["date_upd"]) == ("6A123", before)
    partial = {"id": 1, "id_order": 1, "id_carrier": 2, "tracking_number": "6A456"}
    client.put("order_carriers/1", entity("order_carrier", partial))
    [carrier] = shop.rows("order_carriers")
    assert (carrier["tracking_number"], carrier["shipping_cost_tax_incl"]) == ("6A456", "0.000000")


@pytest.mark.parametrize("round_type", ["1", "2", "3"])
@pytest.mark.parametrize("rate", ["20", "10", "5.5", "2.1"])
def test_gross_prices_bound_to_the_cart_give_the_exact_total(
    shop: PrestaShopSandbox, rate: str, round_type: str
) -> None:
    """As recorded on real shops: 360 of 360 random orders, quantities to 11, prices 0.01 to 199.99."""
    client, dice = ShopClient(shop), random.Random(f"{rate}/{round_type}")
    shop.configuration["PS_ROUND_TYPE"] = round_type
    products = [shop.add_product(f"P{n}", f"Produit {n}", Decimal(10), tax_rate=rate) for n in range(4)]
    for _ in range(10):
        rows = [(one, 0, dice.randint(1, 11)) for one in products[: dice.randint(1, 4)]]
        gross = {one: Decimal(dice.randint(1, 19999)) / 100 for one, _, _ in rows}
        cart = client.cart(rows, carrier=1, buyer=client.buyer(email=f"b{dice.random()}@example.com"))
        for one, price in gross.items():
            client.price(cart, one, net(str(price), rate))
        total = sum((gross[one] * quantity for one, _, quantity in rows), Decimal(0))
        client.order(cart, total)
    assert {one["current_state"] for one in shop.rows("orders")} == {"11"}
    assert all(one["total_paid"] == one["total_paid_real"] for one in shop.rows("orders"))


def test_a_cart_rule_without_a_code_makes_an_exact_total_wrong(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    shop.shop.automatic_discount = Decimal(10)
    client.order(client.cart([(mug, 0, 1)]), "20.40")
    [order] = shop.rows("orders")
    assert (order["current_state"], order["total_discounts"], order["total_paid"]) == ("8", "1.200000", "19.200000")


def test_with_shipments_apart_an_order_has_no_carrier_row(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    shop.shop.shipments_apart = True
    client.order(client.cart([(mug, 0, 1)]), "20.40")
    assert (shop.rows("orders")[0]["id_carrier"], shop.rows("order_carriers")) == ("0", [])


def test_with_shipments_apart_shipping_without_tax_is_that_with_tax(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    """Measured on 9.1.4 with the feature switch improved_shipment on."""
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    shop.shop.shipments_apart = True
    client.order(client.cart([(mug, 0, 1)]), "20.40")
    [order] = shop.rows("orders")
    assert (order["total_shipping_tax_incl"], order["total_shipping_tax_excl"]) == ("8.400000", "8.400000")
    assert (order["total_paid_tax_incl"], order["total_paid_tax_excl"]) == ("20.400000", "18.400000")


def test_a_version_before_9_1_has_no_such_switch() -> None:
    older = PrestaShopSandbox("8.2.1", demo=False)
    older.shop.shipments_apart = True
    assert not older.shop.has_shipments


def test_the_invoice_address_decides_the_tax_where_the_shop_says_so(
    shop: PrestaShopSandbox, client: ShopClient
) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    shop.configuration["PS_TAX_ADDRESS_TYPE"] = "id_address_invoice"
    cart = client.cart([(mug, 0, 1)], carrier=1)
    customer = shop.rows("carts")[0]["id_customer"]
    abroad = client.new("addresses", entity("address", address_fields(customer, "21")))
    client.patch(f"carts/{cart}", entity("cart", {"id": cart, "id_address_invoice": abroad}))
    client.order(cart, "10.00")
    assert shop.rows("orders")[0]["current_state"] == "11"


def test_the_payment_takes_a_transaction_id_and_the_order_a_note(shop: PrestaShopSandbox, client: ShopClient) -> None:
    mug = shop.add_product("MUG", "Mug", Decimal(10))
    client.order(client.cart([(mug, 0, 1)]), "20.40")
    client.patch("order_payments/1", entity("order_payment", {"id": 1, "transaction_id": "ABC-1"}))
    client.patch("orders/1", entity("order", {"id": 1, "note": "Octopia ABC"}))
    assert shop.rows("order_payments")[0]["transaction_id"] == "ABC-1"
    assert shop.rows("orders")[0]["note"] == "Octopia ABC"
    assert shop.rows("orders")[0]["current_state"] == "11"

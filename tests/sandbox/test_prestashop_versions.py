"""What the rehearsal's PrestaShop does otherwise as 1.7, 8 and 9, and its memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from prestashop_client import ShopClient, address_fields, customer_fields, entity

from cdsync.sandbox.prestashop import PrestaShopSandbox

Make = Callable[[str], ShopClient]


@pytest.fixture
def make() -> Iterator[Make]:
    started: list[PrestaShopSandbox] = []

    def make_one(version: str) -> ShopClient:
        started.append(PrestaShopSandbox(version=version, demo=False).start())
        return ShopClient(started[-1])

    yield make_one
    for shop in started:
        shop.stop()


@pytest.mark.parametrize(("version", "status"), [("9.1.4", 201), ("8.2.1", 500), ("1.7.8.11", 500)])
def test_a_guest_with_a_registered_email_is_welcome_from_9_on(make: Make, version: str, status: int) -> None:
    client = make(version)
    client.new("customers", entity("customer", customer_fields()))
    answer = client.post("customers", entity("customer", customer_fields(is_guest=1)))
    assert answer.status == status
    assert status == 201 or answer.codes == [140, 46]


@pytest.mark.parametrize(("version", "kept"), [("9.1.4", None), ("8.2.1", "5" * 32), ("1.7.8.11", "5" * 32)])
def test_a_text_too_long_is_refused_by_9_and_cut_in_silence_before(make: Make, version: str, kept: str | None) -> None:
    client = make(version)
    answer = client.post("addresses", entity("address", address_fields("1", vat_number="5" * 33)))
    if kept is None:
        assert (answer.status, answer.codes) == (400, [85])
    else:
        assert answer.entities[0]["vat_number"] == "5" * 33
        assert client.shop.rows("addresses")[0]["vat_number"] == kept


@pytest.mark.parametrize(("version", "name"), [("9.1.4", "Customer->firstname"), ("8.2.1", "Customer-&gt;firstname")])
def test_a_refused_field_is_named_as_each_version_spells_it(make: Make, version: str, name: str) -> None:
    answer = make(version).post("customers", entity("customer", customer_fields(firstname="Jean2")))
    assert answer.codes == [85]
    assert name in (answer.xml.findtext("errors/error/message") or "")


@pytest.mark.parametrize("version", ["9.1.4", "8.2.1", "1.7.8.11"])
def test_a_customer_put_without_its_secure_key_can_order_no_more(make: Make, version: str) -> None:
    client = make(version)
    mug = client.shop.add_product("MUG", "Mug", Decimal(10))
    buyer = client.buyer()
    put = client.put("customers", entity("customer", {"id": buyer[0]} | customer_fields()))
    assert put.status == 200
    assert client.shop.rows("customers")[0]["secure_key"] == ""
    assert client.order(client.cart([(mug, 0, 1)], buyer=buyer), "20.40").status == 500
    assert client.shop.rows("orders") == []


@pytest.mark.parametrize(("version", "sentence"), [("9.1.4", False), ("8.2.1", True), ("1.7.8.11", True)])
def test_a_cart_ordered_twice_is_refused_with_a_sentence_before_9(make: Make, version: str, sentence: bool) -> None:
    client = make(version)
    mug = client.shop.add_product("MUG", "Mug", Decimal(10))
    cart = client.cart([(mug, 0, 1)])
    client.order(cart, "20.40")
    answer = client.order(cart, "20.40")
    assert (answer.status, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert bool(answer.body) is sentence


@pytest.mark.parametrize(("version", "status", "carts"), [("9.1.4", 201, 1), ("8.2.1", 500, 1)])
def test_the_same_product_in_two_rows_leaves_an_empty_cart(make: Make, version: str, status: int, carts: int) -> None:
    client = make(version)
    mug = client.shop.add_product("MUG", "Mug", Decimal(10))
    fields = f"<id_product>{mug}</id_product><id_product_attribute>0</id_product_attribute><quantity>1</quantity>"
    rows = f"<cart_rows><cart_row>{fields}</cart_row><cart_row>{fields}</cart_row></cart_rows>"
    answer = client.post("carts", entity("cart", {"id_currency": 1, "id_lang": 1}, rows))
    assert (answer.status, len(client.shop.rows("carts"))) == (status, carts)
    assert client.get("carts/1").xml.findall("cart/associations/cart_rows/cart_row") == []


def test_1_7_changes_an_order_by_put_of_the_order_as_read(make: Make) -> None:
    client = make("1.7.8.11")
    mug = client.shop.add_product("MUG", "Mug", Decimal(10))
    client.order(client.cart([(mug, 0, 1)]), "20.40")
    read = client.get("orders/1").body.decode()
    changed = read.replace("<![CDATA[11]]></current_state>", "<![CDATA[4]]></current_state>")
    answer = client.send("PUT", "orders/1", changed)
    assert answer.status == 200
    [order] = client.shop.rows("orders")
    assert (order["current_state"], order["total_paid"]) == ("4", "20.400000")
    assert [one["id_order_state"] for one in client.shop.rows("order_histories")] == ["11", "4"]


def test_tracking_typed_in_the_back_office_touches_the_order_on_1_7_only(make: Make) -> None:
    moved = {}
    for version in ("1.7.8.11", "8.2.1", "9.1.4"):
        client = make(version)
        mug = client.shop.add_product("MUG", "Mug", Decimal(10))
        client.order(client.cart([(mug, 0, 1)]), "20.40")
        client.shop.shop.store.table("orders").update(1, {"date_upd": "2020-01-01 00:00:00"})
        client.shop.set_tracking(1, "6A1")
        moved[version] = not client.shop.rows("orders")[0]["date_upd"].startswith("2020")
    assert moved == {"1.7.8.11": True, "8.2.1": False, "9.1.4": False}


def test_an_edited_carrier_has_a_new_id_and_keeps_its_reference(make: Make) -> None:
    shop = make("9.1.4").shop
    old = shop.add_carrier("Colissimo", Decimal(5))
    new = shop.edit_carrier(old)
    rows = {one["id"]: one for one in shop.rows("carriers")}
    assert (rows[str(old)]["deleted"], rows[str(new)]["deleted"]) == ("1", "0")
    assert rows[str(new)]["id_reference"] == rows[str(old)]["id_reference"] == str(old)


def test_a_restored_shop_goes_on_where_the_snapshot_was_taken(make: Make) -> None:
    first, second = make("9.1.4"), make("9.1.4")
    mug = first.shop.add_product("MUG", "Mug", Decimal(10), stock=5)
    first.order(first.cart([(mug, 0, 1)]), "20.40")
    first.shop.configuration["PS_ROUND_TYPE"] = "1"
    second.shop.restore(first.shop.snapshot())
    assert (second.shop.stock(mug), second.shop.configuration["PS_ROUND_TYPE"]) == (4, "1")
    again = second.cart([(mug, 0, 1)], buyer=second.buyer(email="max@example.com"))
    assert second.order(again, "20.40").entities[0]["id"] == "2"
    assert [one["number"] for one in second.shop.rows("order_invoices")] == ["1", "2"]

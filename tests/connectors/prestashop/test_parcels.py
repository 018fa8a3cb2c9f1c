"""What is told of a parcel is one fact: number and carrier of the same row of `order_carriers`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.shop import VERSIONS, connector, draft, one, rehearsal_shop, run


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    """With one imported order, carried by carrier 2."""
    with rehearsal_shop(request.param) as running:
        assert one(run(connector(running), draft())).order.carrier_ref == "2"
        yield running


def carried(shop: PrestaShopSandbox) -> tuple[str, str]:
    (order,) = connector(shop).find_orders(shop_refs=["1"])
    return order.tracking_number, order.carrier_ref


def change(shop: PrestaShopSandbox, resource: str, **values: str) -> None:
    shop.shop.store.table(resource).update(1, values)


def add_row(shop: PrestaShopSandbox, number: str, carrier: str) -> None:
    first = shop.shop.store.table("order_carriers").get(1) or {}
    shop.shop.store.table("order_carriers").insert({**first, "id_carrier": carrier, "tracking_number": number})


def test_the_number_goes_with_the_carrier_of_its_own_row(shop: PrestaShopSandbox) -> None:
    """The merchant gave the order to another carrier after the parcel had left."""
    shop.set_tracking(1, "6A11111111111")
    change(shop, "orders", id_carrier="3")
    assert carried(shop) == ("6A11111111111", "2")


def test_a_second_row_without_a_number_takes_nothing_from_the_first(shop: PrestaShopSandbox) -> None:
    shop.set_tracking(1, "6A11111111111")
    add_row(shop, "", "3")
    assert carried(shop) == ("6A11111111111", "2")


def test_of_two_parcels_the_newest_is_told_with_its_own_carrier(shop: PrestaShopSandbox) -> None:
    shop.set_tracking(1, "6A11111111111")
    add_row(shop, "XY222222222FR", "3")
    assert carried(shop) == ("XY222222222FR", "3")


def test_spaces_are_no_number(shop: PrestaShopSandbox) -> None:
    shop.set_tracking(1, "6A11111111111")
    add_row(shop, "  ", "3")
    assert carried(shop) == ("6A11111111111", "2")


def test_a_free_text_on_the_order_is_never_a_parcel(shop: PrestaShopSandbox) -> None:
    """Without a row `shipping_number` is whatever was once written there: two numbers, a link, a remark."""
    shop.shop.store.table("order_carriers").delete(1)
    change(shop, "orders", shipping_number="6A11111111111 / 6A22222222222")
    assert carried(shop) == ("", "")


def test_a_row_without_carrier_has_none(shop: PrestaShopSandbox) -> None:
    shop.set_tracking(1, "6A11111111111")
    change(shop, "order_carriers", id_carrier="0")
    assert carried(shop) == ("6A11111111111", "")


def test_an_import_reads_it_back_too(shop: PrestaShopSandbox) -> None:
    """An order at the shop's own shipping, which needs no correction and so read no `order_carriers` before."""
    second = draft("SECOND", shipping="8.40")
    assert one(run(connector(shop), second)).order.carrier_ref == "2"
    shop.shop.store.table("order_carriers").delete(2)
    assert one(run(connector(shop), second)).order.carrier_ref == ""

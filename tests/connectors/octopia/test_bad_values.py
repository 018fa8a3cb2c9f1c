"""Odd values inside an order: a fault on that order with the value named, never an exception."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.connectors.octopia.api.json_text import Entry, decode, entries
from cdsync.connectors.octopia.mapping.mapper import read_order
from cdsync.errors import CdsyncError
from cdsync.sandbox.octopia import line_json, order_json, to_json
from tests.connectors.octopia.account import codes, mapped


def priced(**changes: Any) -> dict[str, Any]:
    order = order_json(lines=[line_json(sku="MUG", unit_price="9.95")])
    order["lines"][0]["sellingPrice"] |= changes
    return order


@pytest.mark.parametrize(
    "value", [-1, Decimal("-0.01"), "9.95", "", None, True, [], {}, Decimal("1e12"), Decimal("9.95123456")]
)
def test_a_price_that_is_no_amount_is_named(value: Any) -> None:
    found = mapped(priced(unitSalesPrice=value))
    assert codes(found) == ["order.amount_invalid"]
    assert found.faults[0].data["field"] == "unitSalesPrice of MUG"


@pytest.mark.parametrize("value", [0, -1, None, "2", Decimal("1.5"), True, 10**9])
def test_a_quantity_that_is_none_is_named(value: Any) -> None:
    order = priced()
    order["lines"][0]["quantity"] = value
    found = mapped(order)
    assert (codes(found), found.faults[0].data["sku"]) == (["order.quantity_invalid"], "MUG")


def test_noise_of_a_binary_float_is_not_a_difference() -> None:
    found = mapped(priced(unitSalesPrice=Decimal("9.950000000000001")))
    assert (found.lines[0].unit_price, found.faults) == (Decimal("9.95"), ())


@pytest.mark.parametrize("value", [None, "12", -5, {}])
def test_a_total_that_is_no_amount_is_named(value: Any) -> None:
    order = priced() | {"totalPrice": {"sellingPrice": value}}
    found = mapped(order)
    assert (found.total, codes(found)) == (None, ["order.amount_invalid"])


def test_not_a_number_spoils_one_order_and_not_the_page() -> None:
    text = to_json({"items": [order_json(order_id="A"), order_json(order_id="B")]}).replace(
        '"sellingPrice":9.99', '"sellingPrice":NaN', 1
    )
    found, _ = entries(text)
    first, second = (read_order(entry) for entry in found)
    assert isinstance(first, MarketplaceOrder)
    assert isinstance(second, MarketplaceOrder)
    assert (codes(first), codes(second)) == (["order.amount_invalid"], [])


def test_a_null_status_is_unreadable_and_the_lines_are_still_shown() -> None:
    found = mapped(order_json(status=None))
    assert (found.state, codes(found), len(found.lines)) == (None, ["order.unreadable"], 1)


def test_a_line_without_sku_or_id_is_named_by_its_position() -> None:
    order = priced()
    order["lines"][0] |= {"orderLineId": None, "offer": None}
    found = mapped(order)
    assert [fault.data["reason"] for fault in found.faults] == [
        "line 1 has no orderLineId",
        "line 1 has no sellerProductId",
    ]


def test_two_lines_under_one_id_stay_two_lines() -> None:
    order = order_json(lines=[line_json(sku="A", line_id="L"), line_json(sku="B", line_id="L")])
    found = mapped(order)
    assert len({line.line_ref for line in found.lines}) == 2
    assert codes(found) == ["order.unreadable"]


def test_bad_values_of_a_cancelled_line_do_not_matter() -> None:
    order = order_json(lines=[line_json(sku="A"), line_json(sku="B", status="Cancelled")])
    order["lines"][1] |= {"quantity": 0, "sellingPrice": None}
    assert mapped(order).faults == ()


def test_an_order_without_currency_is_unreadable() -> None:
    assert codes(mapped(order_json() | {"currencyCode": None})) == ["order.unreadable"]


PATHS = (
    ("status",), ("lines",), ("totalPrice",), ("totalPrice", "sellingPrice"), ("currencyCode",), ("serviceFees",),
    ("customer",), ("salesChannel",), ("billingAddress",), ("billingAddress", "lastName"), ("updatedAt",),
    ("lines", 0), ("lines", 0, "quantity"), ("lines", 0, "offer"), ("lines", 0, "offer", "sellerProductId"),
    ("lines", 0, "sellingPrice"), ("lines", 0, "sellingPrice", "unitSalesPrice"), ("lines", 0, "sellingPrice", "taxes"),
    ("lines", 0, "shippingAddress"), ("lines", 0, "parcels"), ("lines", 0, "delivery"), ("lines", 0, "orderLineId"),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(path=st.sampled_from(PATHS), value=JSON)
def test_whatever_stands_in_an_order_it_is_read_without_an_exception(path: tuple[Any, ...], value: Any) -> None:
    order: Any = order_json(order_id="A")
    holder = order
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    found = read_order(Entry(decode(to_json(order)), "raw"))
    assert found.ref == "A"
    errors = [found.error] if isinstance(found, UnreadableOrder) else list(found.faults)
    assert all(isinstance(error, CdsyncError) for error in errors)
    assert importable_only_if_it_adds_up(found)


def importable_only_if_it_adds_up(found: MarketplaceOrder | UnreadableOrder) -> bool:
    if isinstance(found, UnreadableOrder) or found.faults or found.state != "to_import":
        return True
    live = [line for line in found.lines if line.live]
    fees = sum((fee.amount for fee in found.fees), Decimal(0))
    return sum((line.total + line.shipping for line in live), fees) == found.total

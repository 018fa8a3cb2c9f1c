"""Reading orders from the rehearsal marketplace: list, filters, pages, count, and what a status hides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from tests.sandbox.octopia_seller import Seller, open_market


@pytest.fixture
def world() -> Iterator[tuple[OctopiaSandbox, Seller]]:
    with open_market() as pair:
        yield pair


def test_the_list_has_an_envelope_without_a_total(world):
    market, seller = world
    market.add(order_json())
    answer = seller.get("/orders", pageSize=7).json()
    assert set(answer) == {"itemsPerPage", "items"}
    assert answer["itemsPerPage"] == 7
    market.variants.items_per_page = "count"
    assert seller.get("/orders", pageSize=7).json()["itemsPerPage"] == 1


def test_money_is_written_as_numbers_with_two_decimals(world):
    market, seller = world
    order_id = market.add(order_json(lines=[line_json(sku="A", quantity=3, unit_price="0.10", shipping="5.90")]))
    text = seller.get(f"/orders/{order_id}").text
    assert '"unitSalesPrice":0.10' in text
    order = json.loads(text, parse_float=Decimal)
    assert order["totalPrice"]["sellingPrice"] == Decimal("6.20")


def test_the_total_is_lines_shipping_and_fees_without_dead_lines():
    order = order_json(
        lines=[
            line_json(sku="A", quantity=2, unit_price="9.99", shipping="5.90"),
            line_json(sku="B", unit_price="100.00", status="Cancelled"),
        ],
        fees=[("Frais de paiement en 4 fois", "1.37")],
    )
    assert order["totalPrice"]["sellingPrice"] == Decimal("27.25")


@pytest.mark.parametrize("status", ["Processing", "WaitingAcceptance", "Accepted"])
def test_buyer_and_address_are_hidden_before_preparation(world, status):
    market, seller = world
    order_id = market.add(order_json(status=status))
    order = seller.get(f"/orders/{order_id}").json()
    assert order["billingAddress"] is None
    assert order["lines"][0]["shippingAddress"] is None
    market.variants.hidden_address = "empty"
    order = seller.get(f"/orders/{order_id}").json()
    assert set(order["lines"][0]["shippingAddress"].values()) == {None}
    market.set_status(order_id, "InPreparation")
    assert seller.get(f"/orders/{order_id}").json()["billingAddress"]["city"] == "Lyon"


def test_an_order_cancelled_after_preparation_keeps_its_address(world):
    market, seller = world
    order_id = market.add(order_json())
    market.cancel(order_id)
    order = seller.get(f"/orders/{order_id}").json()
    assert (order["status"], order["lines"][0]["status"]) == ("Cancelled", "Cancelled")
    assert order["billingAddress"]["lastName"] == "Durand"


def test_every_change_moves_updated_at(world):
    market, seller = world
    order_id = market.add(order_json(updated_at=datetime(2026, 1, 5, tzinfo=UTC)))
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert seller.ids(updatedAtMin=since.isoformat()) == []
    market.request_cancellation(order_id, 0, by="customer")
    assert seller.ids(updatedAtMin=since.isoformat()) == [order_id]


def test_filters_narrow_the_list_and_the_count_alike(world):
    market, seller = world
    market.add(order_json(order_id="A", reference="REF-A", status="Shipped"))
    market.add(order_json(order_id="B", channel="OTHER", lines=[line_json(sku="x", supply_mode="Fulfillment")]))
    market.add(order_json(order_id="C", billing={"companyVatNumber": "FR1"}, shipping={"countryCode": "BE"}))
    for query, expected in [
        ({"reference": "REF-A"}, ["A"]),
        ({"salesChannelId": "OTHER"}, ["B"]),
        ({"supplyMode": "Fulfillment"}, ["B"]),
        ({"businessOrder": "true"}, ["C"]),
        ({"shippingCountry": "BE"}, ["C"]),
        ({"status": "Shipped"}, ["A"]),
        ({"limit": "1"}, ["A", "B", "C"]),
    ]:
        assert sorted(seller.ids(**query)) == expected
        assert seller.get("/orders/count", **query).json() == len(expected)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "InProgress"}, "status"),
        ({"pageSize": 101}, "pageSize"),
        ({"pageSize": "many"}, "pageSize"),
        ({"pageIndex": 0}, "pageIndex"),
        ({"updatedAtMin": "yesterday"}, "updatedAtMin"),
        ({"supplyMode": "Moon"}, "supplyMode"),
        ({"businessOrder": "maybe"}, "businessOrder"),
        ({"sort": "price"}, "sort"),
        ({"sort": "up:createdAt"}, "sort"),
    ],
)
def test_a_wrong_parameter_is_400_and_named(world, query, field):
    _, seller = world
    refused = seller.get("/orders", **query)
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == [field]


def test_a_page_size_over_100_may_also_be_clamped(world):
    market, seller = world
    market.variants.page_size_over = "clamped"
    assert seller.get("/orders", pageSize=500).json()["itemsPerPage"] == 100


@pytest.mark.parametrize(
    ("grammar", "query", "expected"),
    [
        ("comma", [("status", "Accepted,Shipped")], {"A", "S"}),
        ("comma", [("status", "Accepted"), ("status", "Shipped")], {"A"}),
        ("repeated", [("status", "Accepted"), ("status", "Shipped")], {"A", "S"}),
        ("repeated", [("status", "Accepted,Shipped")], None),
        ("either", [("status", "Accepted,Shipped"), ("status", "Delivered")], {"A", "S", "D"}),
        ("single", [("status", "Accepted,Shipped")], None),
        ("single", [("status", "Accepted")], {"A"}),
    ],
)
def test_several_statuses_follow_the_variants_grammar(world, grammar, query, expected):
    market, seller = world
    for order_id, status in (("A", "Accepted"), ("S", "Shipped"), ("D", "Delivered")):
        market.add(order_json(order_id=order_id, status=status))
    market.variants.status_list = grammar
    answer = seller.session.get(market.api_url + "/orders", params=query, headers=seller.headers, timeout=5)
    if expected is None:
        assert answer.status_code == 400
    else:
        assert {order["orderId"] for order in answer.json()["items"]} == expected


def test_sorting_understands_both_spellings(world):
    market, seller = world
    start = datetime.now(UTC) - timedelta(days=1)
    for index in range(3):
        market.add(order_json(order_id=str(index), created_at=start + timedelta(hours=index)))
    assert seller.ids(sort="createdAt", desc="true") == ["2", "1", "0"]
    assert seller.ids(sort="desc:createdAt") == ["2", "1", "0"]
    assert seller.ids(sort="asc:updatedAt") == ["0", "1", "2"]


def _fill(market: OctopiaSandbox, count: int) -> list[str]:
    start = datetime.now(UTC) - timedelta(days=1)
    return [
        market.add(order_json(order_id=f"O{index:03d}", created_at=start + timedelta(seconds=index)))
        for index in range(count)
    ]


def _read_all(seller: Seller, size: int) -> list[str]:
    found: list[str] = []
    for index in range(1, 100):
        page = seller.ids(pageIndex=index, pageSize=size)
        found += page
        if len(page) < size:
            return found
    raise AssertionError("the list never ends")


def test_pages_start_at_one_and_end_with_a_short_page(world):
    market, seller = world
    ids = _fill(market, 25)
    assert _read_all(seller, 10) == ids
    assert seller.ids(pageIndex=4, pageSize=10) == []


def test_shifting_pages_lose_an_order_in_one_reading_and_repeat_one_in_the_next(world):
    market, seller = world
    ids = _fill(market, 25)
    market.shift_between_pages = True
    first, second = _read_all(seller, 10), _read_all(seller, 10)
    assert set(ids) - set(first)
    assert set(second) == set(ids)
    assert len(second) > len(ids)


def test_the_link_header_points_to_the_next_page_when_the_variant_says_so(world):
    market, seller = world
    _fill(market, 3)
    assert "Link" not in seller.get("/orders", pageSize=2).headers
    market.variants.link_header = True
    answer = seller.get("/orders", pageSize=2, status="InPreparation")
    follow = seller.session.get(answer.links["next"]["url"], headers=seller.headers, timeout=5)
    assert [order["orderId"] for order in follow.json()["items"]] == ["O002"]
    assert "Link" not in follow.headers


@pytest.mark.parametrize(("form", "written"), [("label", "SignedHomeDelivery"), ("code", "SHD"), ("legacy", "REG")])
def test_the_delivery_mode_comes_as_label_code_or_legacy_code(world, form, written):
    market, seller = world
    order_id = market.add(order_json(lines=[line_json(sku="A", delivery_mode="SignedHomeDelivery")]))
    market.variants.delivery_mode = form
    assert seller.get(f"/orders/{order_id}").json()["lines"][0]["delivery"]["mode"] == written


def test_commission_taxes_line_totals_and_times_follow_their_variants(world):
    market, seller = world
    order_id = market.add(order_json(lines=[line_json(sku="A", quantity=2, unit_price="10.00", shipping="3.00")]))
    market.variants.commission_keys = "Tax"
    market.variants.taxes = "both"
    market.variants.line_total_with_shipping = True
    market.variants.utc_suffix = "+00:00"
    order = seller.get(f"/orders/{order_id}").json()
    line = order["lines"][0]
    assert set(line["offerPrice"]["commission"]) == {"amountWithTax", "amountWithoutTax", "rate"}
    assert line["sellingPrice"]["taxes"] == line["offerPrice"]["taxes"] != []
    assert line["totalPrice"]["sellingPrice"] == 23
    assert order["createdAt"].endswith("+00:00")


def test_a_malformed_order_is_answered_as_it_is_and_breaks_nothing(world):
    market, seller = world
    market.add(order_json(order_id="GOOD"))
    market.add({"orderId": "BAD", "status": None, "createdAt": None})
    market.add({"orderId": "WORSE", "status": "Accepted", "lines": [None, {"offer": None}]})
    assert set(seller.ids()) == {"GOOD", "BAD", "WORSE"}
    assert seller.get("/orders/BAD").json() == {"orderId": "BAD", "status": None, "createdAt": None}
    assert seller.ids(supplyMode="Seller") == ["GOOD"]


def test_a_snapshot_brings_everything_back(world):
    market, seller = world
    order_id = market.add(order_json(status="WaitingAcceptance"))
    seller.approve(order_id)
    market.accept_delay = 30.5
    other = OctopiaSandbox()
    other.restore(market.snapshot())
    assert other.orders() == market.orders()
    assert other.approvals == [(order_id, "Accepted")]
    assert other.accept_delay == 30.5
    with pytest.raises(ValueError, match="not a snapshot"):
        other.restore(b"{}")

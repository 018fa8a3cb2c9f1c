"""Order JSON → MarketplaceOrder: nothing lost, nothing guessed, nothing raised."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cdsync.connectors.base import UnreadableOrder
from cdsync.connectors.octopia.api.json_text import entries
from cdsync.connectors.octopia.mapping.mapper import read_order
from cdsync.sandbox.octopia import line_json, order_json
from tests.connectors.octopia.account import codes, mapped, read


def with_line(**changes: Any) -> dict[str, Any]:
    """An order of one line; changes replace keys of that line."""
    order = order_json(lines=[line_json(sku="MUG", quantity=2, unit_price="9.95", shipping="4.90")])
    order["lines"][0] |= changes
    return order


def test_an_order_is_read_with_its_money_times_and_addresses() -> None:
    order = order_json(
        order_id="2611231014K7QXZ",
        reference="REF-1",
        lines=[line_json(sku="MUG", quantity=2, unit_price="9.95", shipping="4.90", gtin="123", title="Mug")],
        billing={"companyName": "Bernard SARL", "companyVatNumber": "FR12345678901"},
        shipping={"pickupId": "058231", "pickupName": "TABAC DES HALLES", "phone": "0600000000"},
        fees=[("INTERETBCA", "1.20")],
        created_at=datetime(2026, 11, 23, 10, 14, tzinfo=UTC),
    )
    found = mapped(order)
    line = found.lines[0]
    assert (found.ref, found.reference, found.state, found.currency) == ("2611231014K7QXZ", "REF-1", "to_import", "EUR")
    assert found.total == Decimal("26.00")
    assert (line.unit_price, line.shipping, line.total) == (Decimal("9.95"), Decimal("4.90"), Decimal("19.90"))
    assert (line.sku, line.title, line.gtin, line.delivery_mode) == ("MUG", "Mug", "123", "TrackedHomeDelivery")
    assert [(fee.label, fee.amount) for fee in found.fees] == [("INTERETBCA", Decimal("1.20"))]
    assert found.created_at == datetime(2026, 11, 23, 10, 14, tzinfo=UTC)
    assert found.billing is not None
    assert (found.billing.company, found.billing.vat_number) == ("Bernard SARL", "FR12345678901")
    assert found.shipping is not None
    assert (found.shipping.pickup_id, found.shipping.pickup_name) == ("058231", "TABAC DES HALLES")
    assert (found.shipping.phone, found.shipping.email) == ("0600000000", order["lines"][0]["shippingAddress"]["email"])
    assert found.business
    assert found.faults == ()


def test_the_json_text_is_kept_untouched_per_order() -> None:
    first = '{"orderId": "A",  "odd":[1.10, 2e1], "status":"Foo", "lines": [], "n": "é\\u00e9"}'
    text = '{"items" : [ ' + first + ' , {"orderId":"B"} ], "itemsPerPage": 2, "items2": []}'
    found, rest = entries(text)
    assert [entry.raw for entry in found] == [first, '{"orderId":"B"}']
    assert rest["itemsPerPage"] == 2
    assert read_order(found[0]).raw == first


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Processing", "announced"),
        ("WaitingAcceptance", "to_accept"),
        ("Accepted", "accepted"),
        ("InPreparation", "to_import"),
        ("Shipped", "shipped"),
        ("Delivered", "shipped"),
        ("Refused", "refused"),
        ("Rejected", "refused"),
        ("Cancelled", "cancelled"),
    ],
)
def test_each_status_has_its_state(status: str, state: str) -> None:
    found = mapped(order_json(status=status))
    assert found.state == state
    assert found.faults == ()


def test_an_unknown_status_is_kept_and_never_guessed() -> None:
    found = mapped(order_json(status="AvailableOnStore"))
    assert (found.status, found.state) == ("AvailableOnStore", None)
    assert [(fault.code, fault.data) for fault in found.faults] == [
        ("order.status_unknown", {"status": "AvailableOnStore"})
    ]


@pytest.mark.parametrize("mode", ["Fulfillment", "Xdock", "fulfillment"])
def test_an_order_whose_lines_are_all_a_warehouse_s_is_elsewhere(mode: str) -> None:
    assert mapped(order_json(lines=[line_json(sku="A", supply_mode=mode)])).state == "elsewhere"


def test_one_live_seller_line_makes_a_mixed_order_ours() -> None:
    lines = [line_json(sku="A", supply_mode="Fulfillment"), line_json(sku="B")]
    found = mapped(order_json(lines=lines))
    assert (found.state, [line.sent_by for line in found.lines]) == ("to_import", ["Fulfillment", ""])


def test_a_mixed_order_whose_seller_lines_are_shipped_is_shipped_for_us() -> None:
    lines = [line_json(sku="A", supply_mode="Xdock"), line_json(sku="B", status="Shipped")]
    assert mapped(order_json(lines=lines)).state == "shipped"


def test_an_unknown_supply_mode_is_not_taken_for_ours() -> None:
    found = mapped(order_json(lines=[line_json(sku="A", supply_mode="Drone")]))
    assert (found.state, codes(found)) == (None, ["order.status_unknown", "order.unreadable"])


def test_cancelled_lines_are_dead_and_the_others_go_on() -> None:
    lines = [line_json(sku="A", status="Cancelled"), line_json(sku="B", unit_price="5.00")]
    found = mapped(order_json(lines=lines))
    assert ([line.live for line in found.lines], found.state, found.faults) == ([False, True], "to_import", ())


def test_a_line_that_asks_for_cancellation_holds_the_order() -> None:
    found = mapped(order_json(lines=[line_json(sku="A", status="CancelRequest"), line_json(sku="B")]))
    assert [line.cancel_requested for line in found.lines] == [True, False]
    assert [(fault.code, fault.data) for fault in found.faults] == [("order.cancel_requested", {"lines": ["A"]})]


def test_an_order_whose_lines_are_all_cancelled_has_no_lines() -> None:
    found = mapped(order_json(lines=[line_json(sku="A", status="Cancelled")], total="7"))
    assert (found.state, codes(found)) == ("to_import", ["order.no_lines"])


@pytest.mark.parametrize("hidden", [None, {}, {"firstName": None, "city": None}])
def test_an_address_that_is_not_given_yet_is_no_fault_before_preparation(hidden: Any) -> None:
    order = order_json(status="Accepted") | {"billingAddress": hidden}
    order["lines"][0]["shippingAddress"] = hidden
    found = mapped(order)
    assert (found.billing, found.shipping, found.faults) == (None, None, ())


def test_an_order_in_preparation_without_delivery_address_can_not_be_imported() -> None:
    assert codes(mapped(with_line(shippingAddress=None))) == ["order.no_address"]


def test_the_first_live_line_with_an_address_gives_it() -> None:
    order = order_json(lines=[line_json(sku="A"), line_json(sku="B"), line_json(sku="C", status="Cancelled")])
    order["lines"][0]["shippingAddress"] = None
    order["lines"][2]["shippingAddress"] = dict(order["lines"][2]["shippingAddress"], city="Nowhere")
    found = mapped(order)
    assert found.shipping is not None
    assert (found.shipping.city, found.faults) == ("Lyon", ())


def test_lines_that_go_to_different_places_are_a_problem() -> None:
    order = order_json(lines=[line_json(sku="A"), line_json(sku="B")])
    order["lines"][1]["shippingAddress"] = dict(order["lines"][1]["shippingAddress"], city="Paris", postalCode="75001")
    assert codes(mapped(order)) == ["order.several_addresses"]


def test_a_different_phone_or_spacing_is_not_another_place() -> None:
    order = order_json(lines=[line_json(sku="A"), line_json(sku="B")])
    order["lines"][1]["shippingAddress"] = dict(order["lines"][1]["shippingAddress"], phone="0700000000", city="LYON ")
    assert codes(mapped(order)) == []


def test_times_with_an_offset_and_null_purchase_dates_are_read() -> None:
    order = order_json() | {"purchasedAt": None, "updatedAt": "2026-03-19T11:20:00.1234567+01:00"}
    found = mapped(order)
    assert found.purchased_at is None
    assert found.updated_at == datetime(2026, 3, 19, 10, 20, 0, 123456, tzinfo=UTC)


def test_the_deadline_to_accept_is_48_hours_after_the_order_was_made() -> None:
    created = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    found = mapped(order_json(status="WaitingAcceptance", created_at=created))
    assert found.accept_by == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert mapped(order_json(created_at=created)).accept_by is None


@pytest.mark.parametrize("key", ["amountWithVat", "amountWithTax"])
def test_the_commission_is_read_under_both_names(key: str) -> None:
    order = with_line()
    order["lines"][0]["offerPrice"]["commission"] = {key: Decimal("3.58")}
    assert mapped(order).lines[0].commission == Decimal("3.58")


def test_the_vat_rate_is_taken_when_the_buyer_s_side_names_exactly_one() -> None:
    order = with_line()
    order["lines"][0]["sellingPrice"]["taxes"] = [
        {"code": "VAT", "target": "Product", "rate": Decimal("5.5")},
        {"code": "VAT", "target": "Shipping", "rate": 20},
    ]
    assert mapped(order).lines[0].vat_rate == Decimal("5.5")
    order["lines"][0]["sellingPrice"]["taxes"].append({"code": "ECO", "rate": 2})
    assert mapped(order).lines[0].vat_rate is None


def test_parcels_of_the_lines_are_gathered_by_number() -> None:
    order = order_json(lines=[line_json(sku="A"), line_json(sku="B")])
    for line in order["lines"]:
        line["parcels"] = [{"parcelNumber": "6A1", "carrierName": "Colissimo", "trackingUrl": None}, "odd"]
    parcel = mapped(order).parcels[0]
    assert (parcel.number, parcel.line_refs) == ("6A1", tuple(line["orderLineId"] for line in order["lines"]))


def test_two_currencies_on_the_buyer_s_side_are_a_problem_but_not_the_seller_s() -> None:
    order = with_line()
    order["lines"][0]["offerPrice"]["currencyCode"] = "GBP"
    assert codes(mapped(order)) == []
    order["lines"][0]["sellingPrice"]["currencyCode"] = "GBP"
    assert mapped(order).faults[0].data == {"currencies": ["EUR", "GBP"]}


def test_text_is_fit_for_any_database() -> None:
    order = order_json(billing={"lastName": "Du\ud800rand\x00", "postalCode": 69003})
    billing = mapped(order).billing
    assert billing is not None
    assert (billing.last_name, billing.postcode) == ("Du\ufffdrand\ufffd", "69003")


@pytest.mark.parametrize("entry", [None, 7, "text", [], {}, {"orderId": None}, {"orderId": ""}, {"orderId": {}}])
def test_an_entry_without_an_id_is_unreadable_and_kept(entry: Any) -> None:
    found = read(entry)
    assert isinstance(found, UnreadableOrder)
    assert (found.ref, found.error.code) == ("", "order.unreadable")


@pytest.mark.parametrize("lines", [None, "none", {"a": 1}, [None], [[]]])
def test_an_order_whose_lines_can_not_be_read_is_unreadable_under_its_id(lines: Any) -> None:
    found = read(order_json(order_id="A") | {"lines": lines})
    assert isinstance(found, UnreadableOrder)
    assert (found.ref, found.status, found.error.code) == ("A", "InPreparation", "order.unreadable")


def test_a_cancelled_order_without_lines_is_still_cancelled() -> None:
    found = mapped(order_json(status="Cancelled") | {"lines": None})
    assert (found.state, found.faults) == ("cancelled", ())

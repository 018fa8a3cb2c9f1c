"""Approvals, shipments and the moves that follow later on the rehearsal marketplace."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from tests.sandbox.octopia_seller import Seller, open_market, parcel


@pytest.fixture
def world() -> Iterator[tuple[OctopiaSandbox, Seller]]:
    with open_market() as pair:
        yield pair


def test_an_accepted_order_is_prepared_only_after_the_delay(world):
    market, seller = world
    market.accept_delay = 600
    order_id = market.add(order_json(status="WaitingAcceptance"))
    assert seller.approve(order_id).status_code == 204
    assert market.approvals == [(order_id, "Accepted")]
    order = seller.get(f"/orders/{order_id}").json()
    assert (order["status"], order["billingAddress"]) == ("Accepted", None)
    market.advance(601)
    order = seller.get(f"/orders/{order_id}").json()
    assert (order["status"], order["lines"][0]["status"]) == ("InPreparation", "InPreparation")
    assert order["billingAddress"] is not None


def test_without_a_delay_the_next_read_finds_it_prepared(world):
    market, seller = world
    order_id = market.add(order_json(status="WaitingAcceptance"))
    seller.approve(order_id)
    assert seller.ids(status="InPreparation") == [order_id]


def test_accepted_orders_pass_when_the_rehearsing_person_says_so(world):
    market, seller = world
    market.accept_delay = math.inf
    order_id = market.add(order_json(status="WaitingAcceptance"))
    seller.approve(order_id)
    assert seller.ids(status="Accepted") == [order_id]
    assert market.let_pass() == 1
    assert seller.ids(status="InPreparation") == [order_id]


def test_a_refused_order_is_dead(world):
    market, seller = world
    order_id = market.add(order_json(status="WaitingAcceptance"))
    assert seller.approve(order_id, "Refused").status_code == 204
    assert market.order(order_id)["status"] == "Refused"
    assert market.approvals == [(order_id, "Refused")]


@pytest.mark.parametrize("status", ["Processing", "Accepted", "InPreparation", "Shipped", "Cancelled"])
def test_only_orders_waiting_for_it_take_an_approval(world, status):
    market, seller = world
    order_id = market.add(order_json(status=status))
    for code in (400, 409, 422):
        market.variants.approval_wrong_state = code
        refused = seller.approve(order_id)
        assert refused.status_code == code
        assert refused.json()["errors"]["approval_status"]
    assert market.approvals == []


def test_a_repeated_approval_is_refused_or_a_success_without_effect(world):
    market, seller = world
    order_id = market.add(order_json(status="WaitingAcceptance"))
    seller.approve(order_id)
    assert seller.approve(order_id).status_code == 409
    market.variants.repeated_approval = "success"
    assert seller.approve(order_id).status_code == 204
    assert market.approvals == [(order_id, "Accepted")]


@pytest.mark.parametrize(("code", "body"), [(200, True), (201, False), (202, True), (204, False)])
def test_the_approvals_success_code_and_body_are_variants(world, code, body):
    market, seller = world
    market.variants.approval_status, market.variants.approval_body = code, body
    order_id = market.add(order_json(status="WaitingAcceptance"))
    answer = seller.approve(order_id)
    assert answer.status_code == code
    assert bool(answer.content) is body


@pytest.mark.parametrize("body", [{}, {"approvalStatus": "Accepted"}, {"approval_status": "accepted"}, []])
def test_an_approval_with_another_body_is_400(world, body):
    market, seller = world
    order_id = market.add(order_json(status="WaitingAcceptance"))
    assert seller.post(f"/orders/{order_id}/approval-status", body).status_code == 400
    assert market.order(order_id)["status"] == "WaitingAcceptance"


def test_an_order_nobody_accepts_in_time_is_cancelled(world):
    market, seller = world
    soon = datetime.now(UTC) + timedelta(hours=1)
    order_id = market.add(order_json(status="WaitingAcceptance"), accept_until=soon)
    assert seller.ids(status="WaitingAcceptance") == [order_id]
    market.advance(3601)
    assert seller.approve(order_id).status_code == 409
    assert seller.ids(status="Cancelled") == [order_id]


def test_an_order_in_processing_comes_to_the_seller_or_passes_by_him(world):
    market, seller = world
    market.processing_delay = 60
    by_hand = market.add(order_json(status="Processing"))
    market.advance(61)
    assert seller.ids(status="WaitingAcceptance") == [by_hand]
    market.automatic_acceptance = True
    automatic = market.add(order_json(status="Processing"))
    market.advance(61)
    seller.ids()
    assert seller.ids(status="InPreparation") == [automatic]


def test_a_shipped_order_shows_its_parcel_on_every_line(world):
    market, seller = world
    order_id = market.add(order_json(lines=[line_json(sku="A"), line_json(sku="B")]))
    assert seller.ship(order_id, parcel(trackingUrl="https://track.example/1")).status_code == 201
    assert [order for order, _ in market.shipments] == [order_id]
    order = seller.get(f"/orders/{order_id}").json()
    assert order["status"] == "Shipped"
    shown = {"parcelNumber": "6A12345678901", "carrierName": "Colissimo", "trackingUrl": "https://track.example/1"}
    assert [line["parcels"] for line in order["lines"]] == [[shown], [shown]]


def test_a_shipment_takes_its_time_and_a_second_one_meanwhile_counts_twice(world):
    market, seller = world
    market.ship_delay = 300
    order_id = market.add(order_json())
    seller.ship(order_id)
    order = seller.get(f"/orders/{order_id}").json()
    assert (order["status"], order["lines"][0]["parcels"]) == ("InPreparation", [])
    assert seller.ship(order_id).status_code == 201
    assert len(market.shipments) == 2
    market.variants.repeated_shipment = "refused"
    assert seller.ship(order_id).status_code == 400
    market.advance(301)
    assert seller.get(f"/orders/{order_id}").json()["status"] == "Shipped"


@pytest.mark.parametrize("status", ["WaitingAcceptance", "Accepted", "Shipped", "Cancelled"])
def test_only_prepared_orders_can_be_shipped(world, status):
    market, seller = world
    order_id = market.add(order_json(status=status))
    refused = seller.ship(order_id)
    assert refused.status_code == 400
    assert refused.json()["errors"]["shipments"][0].startswith("Cannot switch to shipped status")
    assert market.shipments == []


def test_goods_of_a_warehouse_are_not_the_sellers_to_ship(world):
    market, seller = world
    warehouse = market.add(order_json(lines=[line_json(sku="A", supply_mode="Fulfillment")]))
    assert seller.ship(warehouse).status_code == 400
    mixed = market.add(order_json(lines=[line_json(sku="A", supply_mode="Xdock"), line_json(sku="B")]))
    assert seller.ship(mixed).status_code == 201
    numbers = [line["parcels"][0]["parcelNumber"] for line in market.order(mixed)["lines"]]
    assert numbers == [f"WH{mixed}-1", "6A12345678901"]


@pytest.mark.parametrize(("by", "status"), [("customer", 201), ("seller", 400), ("channel", 400)])
def test_a_line_in_cancel_request_ships_only_when_the_customer_asked(world, by, status):
    market, seller = world
    order_id = market.add(order_json())
    market.request_cancellation(order_id, 0, by=by)
    assert market.order(order_id)["lines"][0]["status"] == "CancelRequest"
    assert seller.ship(order_id).status_code == status


def test_one_parcel_for_one_complete_order_on_cdiscount(world):
    market, seller = world
    order_id = market.add(order_json(lines=[line_json(sku="A"), line_json(sku="B")]))
    both = [f"{order_id}-1", f"{order_id}-2"]
    two = [parcel(orderLineIds=both[:1]), parcel(parcelNumber="2", orderLineIds=both[1:])]
    for parcels in (two, [parcel(orderLineIds=both[:1])], [parcel(orderLineIds=[*both, "OTHER"])]):
        assert seller.ship(order_id, *parcels).status_code == 400
    assert market.shipments == []
    assert seller.ship(order_id, parcel(orderLineIds=both)).status_code == 201


def test_other_channels_take_several_parcels(world):
    market, seller = world
    order_id = market.add(order_json(channel="OTHER", lines=[line_json(sku="A"), line_json(sku="B")]))
    first = parcel(orderLineIds=[f"{order_id}-1"])
    second = parcel(parcelNumber="2", orderLineIds=[f"{order_id}-2"])
    assert seller.ship(order_id, first, second).status_code == 201
    assert [line["parcels"][0]["parcelNumber"] for line in market.order(order_id)["lines"]] == ["6A12345678901", "2"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"parcelNumber": ""}, "[0].parcelNumber"),
        ({"carrierName": None}, "[0].carrierName"),
        ({"trackingUrl": "not a link"}, "[0].trackingUrl"),
    ],
)
def test_a_parcel_needs_its_number_and_carrier(world, changes, field):
    market, seller = world
    order_id = market.add(order_json())
    refused = seller.ship(order_id, parcel(**changes))
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == [field]


@pytest.mark.parametrize(
    ("rule", "name", "status"),
    [
        ("free", "Le voisin", 201),
        ("known", "Le voisin", 400),
        ("known", "Colis Privé", 201),
        ("exact", "Colis Privé", 400),
        ("exact", "Colis Privé ", 201),
    ],
)
def test_carrier_names_follow_their_variant(world, rule, name, status):
    market, seller = world
    market.variants.carrier_name = rule
    order_id = market.add(order_json())
    assert seller.ship(order_id, parcel(carrierName=name)).status_code == status


@pytest.mark.parametrize(("rule", "one", "many"), [("array", 400, 201), ("object", 201, 400), ("either", 201, 201)])
def test_the_shipment_body_is_an_array_or_one_object_by_variant(world, rule, one, many):
    market, seller = world
    market.variants.shipment_body = rule
    for body, status in ((parcel(), one), ([parcel()], many)):
        order_id = market.add(order_json())
        assert seller.post(f"/orders/{order_id}/shipments", body).status_code == status
    order_id = market.add(order_json())
    assert seller.post(f"/orders/{order_id}/shipments", []).status_code == 400


def test_a_lost_answer_leaves_an_approval_that_took_effect(world):
    market, seller = world
    order_id = market.add(order_json(status="WaitingAcceptance"))
    market.server.faults.add(Fault("answer_lost", method="POST", path="approval-status"))
    with pytest.raises(requests.ConnectionError):
        seller.approve(order_id)
    assert market.approvals == [(order_id, "Accepted")]

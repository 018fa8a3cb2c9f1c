"""Telling the marketplace of a parcel: looked at before, read back after, one parcel for the whole order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests_mock as rm

from cdsync.connectors.base import Parcel
from cdsync.connectors.octopia import shipment
from cdsync.errors import RejectedError, TemporaryError, UnknownOutcomeError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from tests.connectors.octopia.account import account, rehearsal_market

PARCEL = Parcel("6A12345678901", "Colissimo", "https://track.example/6A12345678901")


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    with rehearsal_market() as started:
        yield started


@pytest.fixture
def ref(market: OctopiaSandbox) -> str:
    return market.add(order_json(order_id="A", lines=[line_json(sku="X"), line_json(sku="Y")]))


def posted(market: OctopiaSandbox) -> list[Any]:
    return [json.loads(seen.body) for seen in market.server.requests("POST", "/seller")]


def test_one_parcel_for_the_whole_order_is_sent_and_read_back(market: OctopiaSandbox, ref: str) -> None:
    account(market).ship(ref, PARCEL)
    parcel = {
        "parcelNumber": "6A12345678901",
        "carrierName": "Colissimo",
        "trackingUrl": "https://track.example/6A12345678901",
        "orderLineIds": ["A-1", "A-2"],
    }
    assert posted(market) == [[parcel]]
    assert market.order(ref)["status"] == "Shipped"
    reads = [seen.path for seen in market.server.requests("GET", "/seller/v2/orders/A")]
    assert len(reads) == 2


def test_an_empty_tracking_address_is_left_out(market: OctopiaSandbox, ref: str) -> None:
    account(market).ship(ref, Parcel("6A1", "Colis Privé "))
    assert posted(market)[0][0].keys() == {"parcelNumber", "carrierName", "orderLineIds"}
    assert posted(market)[0][0]["carrierName"] == "Colis Privé "


def test_what_is_already_shipped_is_success_without_a_write(market: OctopiaSandbox, ref: str) -> None:
    market.set_status(ref, "Shipped")
    account(market).ship(ref, PARCEL)
    assert posted(market) == []


def test_only_the_live_lines_the_seller_ships_are_named(market: OctopiaSandbox) -> None:
    lines = [
        line_json(sku="X"),
        line_json(sku="Y", status="Cancelled"),
        line_json(sku="Z", supply_mode="Fulfillment"),
    ]
    ref = market.add(order_json(order_id="B", lines=lines))
    account(market).ship(ref, PARCEL)
    assert posted(market)[0][0]["orderLineIds"] == ["B-1"]
    assert market.order(ref)["status"] == "Shipped"


@pytest.mark.parametrize("form", ["array", "object", "either"])
@pytest.mark.parametrize("answer", ["empty", "echo"])
def test_either_form_of_the_body_gets_through(market: OctopiaSandbox, ref: str, form: Any, answer: Any) -> None:
    market.variants.shipment_body, market.variants.shipment_answer = form, answer
    account(market).ship(ref, PARCEL)
    assert len(market.shipments) == 1
    assert market.order(ref)["status"] == "Shipped"


@pytest.mark.parametrize("code", [400, 409, 422])
def test_a_refusal_keeps_the_marketplace_s_words_and_is_not_repeated(
    market: OctopiaSandbox, ref: str, code: int
) -> None:
    market.variants.shipment_refused = code
    market.request_cancellation(ref, by="seller")
    with pytest.raises(RejectedError) as raised:
        account(market).ship(ref, PARCEL)
    assert raised.value.code == "ship.refused"
    assert "Cannot switch to shipped status" in raised.value.data["detail"]
    assert len(posted(market)) == 1


@pytest.mark.parametrize("name", ["", "$", "status", "shipments"])
def test_the_refusal_seen_in_the_field_is_about_the_state_whatever_field_it_names(
    market: OctopiaSandbox, ref: str, requests_mock: rm.Mocker, name: str
) -> None:
    errors = {name: ["Cannot switch to shipped status order A"]}
    requests_mock.post(rm.ANY, real_http=True)
    requests_mock.get(rm.ANY, real_http=True)
    sent = requests_mock.post(f"{market.api_url}/orders/{ref}/shipments", status_code=400, json={"errors": errors})
    with pytest.raises(RejectedError) as raised:
        account(market).ship(ref, PARCEL)
    assert raised.value.data == {"detail": "Cannot switch to shipped status order A"}
    assert sent.call_count == 1


def test_an_unknown_carrier_is_refused_by_name(market: OctopiaSandbox, ref: str) -> None:
    market.variants.carrier_name = "exact"
    with pytest.raises(RejectedError) as raised:
        account(market).ship(ref, Parcel("6A1", "My van"))
    assert "My van" in raised.value.data["detail"]
    assert len(posted(market)) == 1


@pytest.mark.parametrize("status", ["Cancelled", "Refused"])
def test_a_dead_order_is_not_written_to(market: OctopiaSandbox, ref: str, status: str) -> None:
    market.set_status(ref, status)
    with pytest.raises(RejectedError) as raised:
        account(market).ship(ref, PARCEL)
    assert (raised.value.code, status in raised.value.data["detail"]) == ("ship.refused", True)
    assert posted(market) == []


@pytest.mark.parametrize("kind", ["answer_lost", "status_500_after", "html_after"])
def test_a_lost_answer_is_settled_by_looking(market: OctopiaSandbox, ref: str, kind: str) -> None:
    market.faults.add(Fault(kind, "POST", "shipments"))
    account(market).ship(ref, PARCEL)
    assert len(market.shipments) == 1
    assert len(posted(market)) == 1


@pytest.mark.parametrize("kind", ["reset_before", "status_503_before", "html_before"])
def test_not_there_after_trouble_is_unknown_and_the_next_call_gets_it_done(
    market: OctopiaSandbox, ref: str, kind: str
) -> None:
    market.faults.add(Fault(kind, "POST", "shipments"))
    octopia = account(market)
    with pytest.raises(UnknownOutcomeError):
        octopia.ship(ref, PARCEL)
    assert market.shipments == []
    octopia.ship(ref, PARCEL)
    assert len(market.shipments) == 1


def test_a_parcel_that_was_taken_but_does_not_show_yet_is_unknown_until_it_does(
    market: OctopiaSandbox, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipment, "LOOK_AFTER", (0.0, 0.0))
    market.ship_delay = 60
    octopia = account(market)
    with pytest.raises(UnknownOutcomeError) as raised:
        octopia.ship(ref, PARCEL)
    assert raised.value.retry_after
    market.advance(61)
    octopia.ship(ref, PARCEL)
    assert len(market.shipments) == 1


def test_a_parcel_that_shows_a_moment_later_is_waited_for(market: OctopiaSandbox, ref: str) -> None:
    market.ship_delay = 0.2
    account(market).ship(ref, PARCEL)
    assert market.order(ref)["status"] == "Shipped"
    assert len(market.shipments) == 1


def test_a_look_that_fails_before_the_write_is_temporary(market: OctopiaSandbox, ref: str) -> None:
    octopia = account(market)
    octopia.carriers()
    market.faults.add(Fault("status_503_before", "GET", "/orders/"))
    with pytest.raises(TemporaryError):
        octopia.ship(ref, PARCEL)
    assert posted(market) == []


def test_a_parcel_number_the_marketplace_has_is_success(market: OctopiaSandbox) -> None:
    order = order_json(order_id="C")
    order["lines"][0]["parcels"] = [{"parcelNumber": "6a 12345678901", "carrierName": "Colissimo"}]
    market.add(order)
    account(market).ship("C", PARCEL)
    assert posted(market) == []

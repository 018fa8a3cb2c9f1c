"""All orders changed since, whatever the pages do while they are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.errors import RejectedError, TemporaryError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, order_json
from tests.connectors.octopia.account import WEEK_AGO, account, refs, rehearsal_market


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    with rehearsal_market() as started:
        yield started


def queries(market: OctopiaSandbox) -> list[dict[str, list[str]]]:
    return [parse_qs(seen.query) for seen in market.server.requests("GET", "/seller/v2/orders")]


def fill(market: OctopiaSandbox, count: int) -> list[str]:
    return [market.add(order_json()) for _ in range(count)]


def test_every_page_is_read_with_the_date_and_no_status_filter(market: OctopiaSandbox) -> None:
    ids = fill(market, 101)
    since = datetime(2026, 11, 1, 12, 0, tzinfo=UTC) - timedelta(hours=1)
    assert [order.ref for order in account(market).orders(since)] == ids
    assert queries(market) == [
        {"updatedAtMin": ["2026-11-01T11:00:00Z"], "pageIndex": ["1"], "pageSize": ["100"]},
        {"updatedAtMin": ["2026-11-01T11:00:00Z"], "pageIndex": ["2"], "pageSize": ["99"]},  # begins with the last one
    ]


def test_no_orders_are_one_request(market: OctopiaSandbox) -> None:
    assert refs(account(market)) == []
    assert len(queries(market)) == 1


@pytest.mark.parametrize("count", [100, 200])
def test_a_full_last_page_is_followed_by_an_empty_one(market: OctopiaSandbox, count: int) -> None:
    ids = fill(market, count)
    assert refs(account(market)) == ids
    assert len(queries(market)) == count // 100 + 1


def test_a_link_to_a_next_page_changes_nothing(market: OctopiaSandbox) -> None:
    market.variants.link_header = True
    ids = fill(market, 150)
    assert refs(account(market)) == ids


@pytest.mark.parametrize("readings_before", [0, 1])
def test_no_order_is_lost_or_doubled_when_pages_shift(market: OctopiaSandbox, readings_before: int) -> None:
    ids = fill(market, 250)
    market.shift_between_pages = True
    market.shifts.readings = readings_before
    found = refs(account(market))
    assert sorted(found) == sorted(ids)
    assert len(queries(market)) <= 16


def test_an_order_that_changes_while_it_is_read_comes_once_in_its_newest_reading(market: OctopiaSandbox) -> None:
    ids = fill(market, 150)
    market.variants.default_sort = "updatedAt"
    original, asked = market.api._list, []  # type: ignore[attr-defined]

    def changing(request, argument):  # type: ignore[no-untyped-def]
        asked.append(request)
        if len(asked) == 2:
            market.set_status(ids[0], "Cancelled")
        return original(request, argument)

    market.api.routes[0] = ("GET", market.api.routes[0][1], changing)
    found = {order.ref: order.status for order in account(market).orders(WEEK_AGO)}
    assert sorted(found) == sorted(ids)
    assert found[ids[0]] == "Cancelled"


def test_orders_of_other_sales_channels_are_left_alone(market: OctopiaSandbox) -> None:
    ours, other = market.add(order_json()), market.add(order_json(channel="SCID01"))
    assert refs(account(market)) == [ours]
    assert refs(account(market, sales_channels=["CDISFR", "SCID01"])) == [ours, other]
    assert refs(account(market, sales_channels=[])) == [ours, other]


def test_an_order_of_another_channel_with_the_same_id_hides_none_of_ours(market: OctopiaSandbox) -> None:
    ours, other = market.add(order_json()), market.add(order_json(channel="SCID01"))
    market.ledger.records[other].order["orderId"] = ours
    found = list(account(market).orders(WEEK_AGO))
    assert [order.sales_channel for order in found if isinstance(order, MarketplaceOrder)] == ["CDISFR"]


def test_one_bad_order_does_not_stop_the_others(market: OctopiaSandbox) -> None:
    market.add(order_json(order_id="A"))
    market.add(order_json(order_id="BAD") | {"lines": None})
    market.add(order_json(order_id="C"))
    found = list(account(market).orders(WEEK_AGO))
    assert [(type(order), order.ref) for order in found] == [
        (MarketplaceOrder, "A"),
        (UnreadableOrder, "BAD"),
        (MarketplaceOrder, "C"),
    ]


def test_what_was_read_before_a_failure_is_handed_out_first(market: OctopiaSandbox) -> None:
    ids = fill(market, 150)
    market.faults.add(Fault("status_503_before", "GET", "/orders$", skip=1))
    reading = account(market).orders(WEEK_AGO)
    found = [next(reading).ref for _ in range(100)]
    assert found == ids[:100]
    with pytest.raises(TemporaryError) as raised:
        next(reading)
    assert raised.value.code == "marketplace.server_error"


def test_one_order_is_read_by_its_id(market: OctopiaSandbox) -> None:
    ref = market.add(order_json(status="Accepted"))
    found = account(market).order(ref)
    assert isinstance(found, MarketplaceOrder)
    assert (found.ref, found.state) == (ref, "accepted")


def test_an_unknown_order_is_gone(market: OctopiaSandbox) -> None:
    with pytest.raises(RejectedError) as raised:
        account(market).order("NOT/THERE")
    assert raised.value.code == "order.gone"


def test_the_carriers_are_named_without_blanks_and_sent_as_given(market: OctopiaSandbox) -> None:
    carriers = {carrier.ref: carrier.name for carrier in account(market).carriers()}
    assert carriers["Colis Privé "] == "Colis Privé"
    assert {"Colissimo", "La Poste", "Chronopost"} <= set(carriers)
    assert account(market).carriers()[-1].name == "autre"


def test_a_delivery_mode_is_known_by_each_of_its_names(market: OctopiaSandbox) -> None:
    octopia = account(market)
    assert "TrackedHomeDelivery" in octopia.delivery_modes()
    for name in ("TrackedHomeDelivery", "THD", "trk"):
        assert octopia.delivery_mode_spellings(name) == ("TrackedHomeDelivery", "THD", "TRK")
    assert octopia.delivery_mode_spellings("Relais Colis") == ("Relais Colis",)


@pytest.mark.parametrize("spelling", ["label", "code", "legacy"])
def test_the_delivery_mode_is_kept_as_received(market: OctopiaSandbox, spelling: str) -> None:
    market.variants.delivery_mode = spelling  # type: ignore[assignment]
    market.add(order_json())
    found = next(account(market).orders(WEEK_AGO))
    assert isinstance(found, MarketplaceOrder)
    assert found.lines[0].delivery_mode == {"label": "TrackedHomeDelivery", "code": "THD", "legacy": "TRK"}[spelling]

"""A list of any length, in parts of time: nothing is missed, whatever changes meanwhile and wherever it stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import pytest

from cdsync.connectors.octopia.api.client import OctopiaClient
from cdsync.connectors.octopia.api.listing import MOST_PAGES, list_orders
from cdsync.connectors.octopia.api.numbered_pages import next_page
from cdsync.errors import TemporaryError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, order_json
from tests.connectors.octopia.account import WEEK_AGO, account, rehearsal_market
from tests.connectors.octopia.shifting_list import SORTS, ShiftingList

CHANNELS = ("CDISFR",)
NEVER = 10**9
ODD: tuple[dict[str, Any], ...] = (
    {},
    {"largest": 50},
    {"counts": False},
    {"tells_size": False},
    {"bounds_belong": False},
    {"keeps_the_later_bound": False, "changes": 0.0},
)


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    with rehearsal_market() as started:
        yield started


def listed(marketplace: ShiftingList, *stops: int) -> dict[str, int]:
    """How often each order had changed when it was told last. stops: after so many pages the process ends each time,
    and knows no more than the place of the last page it kept."""
    told: dict[str, int] = {}
    place = ""
    client = cast(OctopiaClient, marketplace)
    since = marketplace.began - timedelta(hours=2)
    for left in (*stops, NEVER):
        for number, (entries, reached, _) in enumerate(list_orders(client, since, CHANNELS, place), start=1):
            told |= {entry.value["orderId"]: json.loads(entry.raw)[1] for entry in entries}
            place = reached or place
            if number == left:
                break
    return told


@pytest.mark.parametrize("largest", [50, 100])
def test_the_next_page_begins_inside_what_was_read_and_reaches_beyond(largest: int) -> None:
    for read in range(1, 3000):
        index, size = next_page(read, largest)
        assert (index - 1) * size < read < index * size
        assert largest // 2 < size <= largest


def test_most_of_a_next_page_is_new() -> None:
    pages, read = 0, 0
    while read < 10_000:
        index, size = next_page(read, 100)
        pages, read = pages + 1, index * size
    assert pages <= 115


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("sort", SORTS)
def test_nothing_is_missed_while_orders_change(sort: str, odd: dict[str, Any]) -> None:
    for count in (1, 60, 150, 400):
        marketplace = ShiftingList(count, seed=count, sort=sort, **odd)
        told = listed(marketplace)
        assert set(told) == set(marketplace.orders)
        assert sum(told[name] != changed for name, (*_, changed) in marketplace.orders.items()) <= 2


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("stops", [(1, 1, 1), (40, 3, 20), (70,)])
def test_nor_where_a_long_reading_stops_again_and_again(sort: str, stops: tuple[int, ...]) -> None:
    marketplace = ShiftingList(4_000, seed=len(stops), sort=sort)
    told = listed(marketplace, *stops)
    assert set(told) == set(marketplace.orders)
    assert sum(told[name] != changed for name, (*_, changed) in marketplace.orders.items()) <= 2


@pytest.mark.parametrize("counts", [True, False])
def test_a_long_list_is_read_in_parts_with_few_requests_more(counts: bool) -> None:
    marketplace = ShiftingList(6_000, counts=counts, changes=0)
    assert len(listed(marketplace)) == 6_000
    assert max(int(query["pageIndex"]) for query in marketplace.queries) <= MOST_PAGES + 1
    assert len(marketplace.queries) <= (6_000 / 100) * (1.3 if counts else 1.8)
    assert "updatedAtMax" not in marketplace.queries[-1]  # the last part has no end


def test_what_was_read_to_the_end_of_a_part_is_not_read_again_after_a_stop() -> None:
    marketplace = ShiftingList(6_000, changes=0)
    whole = len(marketplace.queries) if listed(marketplace) else 0
    marketplace.queries.clear()
    listed(marketplace, whole * 2 // 3)
    assert len(marketplace.queries) <= whole + MOST_PAGES + 4


def test_many_orders_that_changed_in_the_same_second_are_one_part() -> None:
    marketplace = ShiftingList(4_000, over=timedelta(seconds=1), changes=0.1)
    assert set(listed(marketplace)) == set(marketplace.orders)


def test_a_marketplace_that_does_not_keep_to_the_later_bound_is_read_in_one_part() -> None:
    marketplace = ShiftingList(4_000, keeps_the_later_bound=False, changes=0)
    assert len(listed(marketplace)) == 4_000
    assert len(marketplace.queries) <= (4_000 / 100) * 1.6


def test_an_order_that_slips_past_in_a_part_with_an_end_is_found() -> None:
    """One that leaves the part moves those behind it forwards: nothing comes twice, and one would never come."""
    marketplace = ShiftingList(6_000, changes=0)
    left: list[str] = []
    page = marketplace.page

    def leaving(path: str, params: list[tuple[str, str]], channel: str) -> Any:
        query = dict(params)
        if "updatedAtMax" in query and query["pageIndex"] == "2" and len(left) < 2:
            inside = page(path, [*params[:2], ("pageIndex", "1"), ("pageSize", "100")], channel).entries
            left.append(inside[0].value["orderId"])
            marketplace.change(left[-1])
        return page(path, params, channel)

    marketplace.page = leaving  # type: ignore[method-assign]
    told = listed(marketplace)
    assert len(left) == 2
    assert set(told) == set(marketplace.orders)
    assert [told[each] for each in left] == [1, 1]


def test_several_channels_go_on_in_the_one_that_was_being_read() -> None:
    marketplace = ShiftingList(4_000, changes=0)
    client = cast(OctopiaClient, marketplace)
    since = marketplace.began
    asked = [place for _, place, _ in list_orders(client, since, ("A", "B"), "")]
    in_the_second = next(place for place in asked if place and json.loads(place)["channel"] == "B")
    marketplace.queries.clear()
    again = list(list_orders(client, since, ("A", "B"), in_the_second))
    assert len({entry.value["orderId"] for entries, _, _ in again for entry in entries}) == 4_000
    assert len(marketplace.queries) < len(asked) * 2 / 3
    assert len(list(list_orders(client, since, ("B", "A"), in_the_second))) >= len(asked) - 5  # other channels: anew


@pytest.mark.parametrize("place", ["nonsense", "[]", "{}", '{"channels": 1}', '{"channels": ["A"], "seconds": -1}'])
def test_a_place_that_means_nothing_begins_anew(place: str) -> None:
    marketplace = ShiftingList(30, changes=0)
    client = cast(OctopiaClient, marketplace)
    (page,) = list_orders(client, marketplace.began, CHANNELS, place)
    assert len(page[0]) == 30


def test_each_page_is_handed_out_before_the_next_is_asked_for(market: OctopiaSandbox) -> None:
    for _ in range(150):
        market.add(order_json())
    pages = account(market).pages(WEEK_AGO, "")
    for entries, asked in ((100, 1), (50, 2)):
        assert len(next(pages).entries) == entries
        assert len(market.server.requests("GET", "/seller/v2/orders")) == asked


def test_what_is_listed_is_understood_only_when_somebody_asks(market: OctopiaSandbox) -> None:
    ref = market.add(order_json())
    entries = [entry for page in account(market).pages(WEEK_AGO, "") for entry in page.entries]
    assert [(entry.ref, json.loads(entry.raw)["orderId"]) for entry in entries] == [(ref, ref)]
    assert entries[0].read() == account(market).order(ref)


def test_a_failure_comes_after_the_pages_that_were_read(market: OctopiaSandbox) -> None:
    ids = [market.add(order_json()) for _ in range(150)]
    market.faults.add(Fault("status_503_before", "GET", "/orders$", skip=1, times=3))
    found: list[str] = []
    with suppress(TemporaryError):
        for page in account(market).pages(WEEK_AGO, ""):
            found += [entry.ref for entry in page.entries]
        raise AssertionError("it did not fail")
    assert found == ids[:100]

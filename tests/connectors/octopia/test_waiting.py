"""How many orders came since a list was read: a number by status and channel, by the marketplace's own clock."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from cdsync.connectors.octopia import Octopia
from cdsync.connectors.octopia.api.waiting import mark_of
from cdsync.errors import ConfigError, TemporaryError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, order_json
from cdsync.sandbox.octopia.api import Call
from cdsync.sandbox.server import Request, Response
from cdsync.states import TO_ACCEPT, TO_IMPORT
from tests.connectors.octopia.account import WEEK_AGO, account, rehearsal_market

COUNT = "/seller/v2/orders/count"
LONG_AGO = datetime(2026, 11, 20, 9, 30, 15, 400_000, tzinfo=UTC)


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    with rehearsal_market() as started:
        yield started


def asked(market: OctopiaSandbox) -> list[dict[str, list[str]]]:
    return [parse_qs(seen.query) for seen in market.server.requests("GET", COUNT)]


def counts_as(market: OctopiaSandbox, answer: Call) -> None:
    """What the marketplace answers when it is to count."""
    market.api.routes.insert(0, ("GET", re.compile("/orders/count"), answer))


def mark(octopia: Octopia) -> str:
    return [page.mark for page in octopia.pages(WEEK_AGO - timedelta(days=90), "")][-1]


def test_it_asks_for_one_number_behind_the_latest_change_the_list_told(market: OctopiaSandbox) -> None:
    market.add(order_json(updated_at=LONG_AGO))
    market.add(order_json(updated_at=LONG_AGO - timedelta(days=1)))
    octopia = account(market)
    assert octopia.waiting_since(mark(octopia), {TO_IMPORT}) == 0
    assert asked(market) == [{"status": ["InPreparation"], "updatedAtMin": ["2026-11-20T09:30:16Z"]}]
    market.add(order_json(updated_at=LONG_AGO + timedelta(hours=1)))
    assert octopia.waiting_since(mark_of({"CDISFR": LONG_AGO}, ["CDISFR"]), {TO_IMPORT}) == 1


def test_one_that_leaves_does_not_hide_one_that_comes(market: OctopiaSandbox) -> None:
    """Both in the same minutes: what stands in preparation altogether is as many as before."""
    leaves = market.add(order_json(updated_at=LONG_AGO))
    octopia = account(market)
    before = mark(octopia)
    market.set_status(leaves, "Shipped")
    market.add(order_json())
    assert octopia.waiting_since(before, {TO_IMPORT, TO_ACCEPT}) == 1


def test_each_channel_is_asked_behind_its_own_list(market: OctopiaSandbox) -> None:
    channels: list[str] = []

    def counted(request: Request, _: str) -> Response:
        channels.append(request.headers["saleschannelid"])
        return Response(200, b"1", {"Content-Type": "application/json"})

    counts_as(market, counted)
    octopia = account(market, sales_channels=["CDISFR", "SCID01"])
    assert octopia.waiting_since(mark(octopia), {TO_IMPORT}) == 2
    assert channels == ["CDISFR", "SCID01"]
    for other in (["CDISFR"], ["CDISFR", "OTHER"]):
        assert account(market, sales_channels=other).waiting_since(mark(octopia), {TO_IMPORT}) is None


def test_a_list_that_goes_on_has_a_mark_only_of_what_it_read(market: OctopiaSandbox) -> None:
    octopia = account(market, sales_channels=["CDISFR", "SCID01"])
    later = {"channels": ["CDISFR", "SCID01"], "channel": "SCID01", "at": WEEK_AGO.isoformat(), "seconds": 0}
    (page,) = octopia.pages(WEEK_AGO, json.dumps(later))
    assert page.mark == ""  # nobody knows from here how far the first channel was told


@pytest.mark.parametrize("body", [b"[1]", b"true", b"2.5", b"none"])
def test_what_is_no_number_of_orders_is_not_taken_for_one(market: OctopiaSandbox, body: bytes) -> None:
    octopia = account(market)
    known = mark(octopia)
    counts_as(market, lambda *_: Response(200, body, {"Content-Type": "application/json"}))
    with pytest.raises(TemporaryError):
        octopia.waiting_since(known, {TO_IMPORT})


def test_a_marketplace_that_cannot_count_says_so(market: OctopiaSandbox) -> None:
    octopia = account(market)
    known = mark(octopia)
    market.api.routes[:] = [each for each in market.api.routes if "count" not in each[1].pattern]
    with pytest.raises(ConfigError):
        octopia.waiting_since(known, {TO_IMPORT})


def test_one_that_is_away_is_worth_waiting_for(market: OctopiaSandbox) -> None:
    octopia = account(market)
    known = mark(octopia)
    market.faults.add(Fault("status_503_before", "GET", "/orders/count"))
    with pytest.raises(TemporaryError):
        octopia.waiting_since(known, {TO_IMPORT})

"""The marketplace's own book of orders and how they move by themselves. Knows no HTTP.

A move takes effect when its time has come and somebody reads: the marketplace is asynchronous, and a client
only ever sees results. `updatedAt` changes with every change of an order.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .orders import Json, stamp
from .statuses import DEAD, UNADDRESSED


@dataclass
class Record:
    """An order with what the API does not tell: its planned move, its acceptance deadline, who asked to cancel."""

    order: Json
    number: int
    addressed: bool
    move_at: float | None = None
    move_to: str | None = None
    accept_until: float | None = None
    cancellation_asked_by: dict[str, str] = field(default_factory=dict)
    pending_parcels: list[Json] = field(default_factory=list)

    @property
    def status(self) -> Any:
        return self.order.get("status")

    def lines(self) -> list[Json]:
        lines = self.order.get("lines")
        return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []

    def live_lines(self) -> list[Json]:
        return [line for line in self.lines() if line.get("status") not in DEAD]


class Ledger:
    """Orders by id, in the order they came. `now` gives seconds since the epoch."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.records: dict[str, Record] = {}
        self._now = now
        self.added = 0
        self.next_at = math.inf  # nothing moves by itself before; so that reading thousands of orders stays quick

    def add(self, order: Json, accept_until: float | None = None) -> str:
        """Takes a copy of `order`; its id. ValueError when the id is missing or known."""
        order_id = order.get("orderId")
        if not isinstance(order_id, str) or not order_id or order_id in self.records:
            raise ValueError(f"order id missing or known: {order_id!r}")
        self.added += 1
        status = order.get("status")
        self.records[order_id] = Record(
            copy.deepcopy(order), self.added, status not in UNADDRESSED, accept_until=accept_until
        )
        self.next_at = min(self.next_at, _next_change(self.records[order_id]))
        return order_id

    def touch(self, record: Record) -> None:
        record.order["updatedAt"] = stamp(datetime.fromtimestamp(self._now(), UTC))

    def plan(self, record: Record, status: str, seconds: float) -> None:
        """`record` moves to `status` at the first read after `seconds`."""
        record.move_at, record.move_to = self._now() + seconds, status
        self.next_at = min(self.next_at, record.move_at)

    def move(self, record: Record, status: str) -> None:
        """Sets the order's status now; live lines follow, parcels told before become visible when it ships."""
        followers = [line for line in record.live_lines() if not _waits_for_cancellation(line, status)]
        record.order["status"] = status
        record.move_at = record.move_to = None
        if status not in UNADDRESSED and status not in DEAD:
            record.addressed = True
        for line in followers:
            line["status"] = status
            if status == "Shipped" and record.pending_parcels:
                line["parcels"] = [_parcel_of(line, record.pending_parcels)]
        self.touch(record)
        self.next_at = min(self.next_at, _next_change(record))

    def settle(self, expired_status: str) -> None:
        """Carries out the moves whose time has come; orders past their acceptance deadline get `expired_status`."""
        now = self._now()
        if now < self.next_at:
            return
        for record in self.records.values():
            if record.move_to and record.move_at is not None and record.move_at <= now:
                self.move(record, record.move_to)
            if _acceptance_ends(record) <= now:
                self.move(record, expired_status)
        self.next_at = min((_next_change(record) for record in self.records.values()), default=math.inf)

    def waiting(self) -> Iterator[Record]:
        return (record for record in self.records.values() if record.status == "WaitingAcceptance")


def _acceptance_ends(record: Record) -> float:
    waits = record.status == "WaitingAcceptance" and record.accept_until is not None
    return record.accept_until or math.inf if waits else math.inf


def _next_change(record: Record) -> float:
    move_at = record.move_at if record.move_to and record.move_at is not None else math.inf
    return min(move_at, _acceptance_ends(record))


def _waits_for_cancellation(line: Json, status: str) -> bool:
    return line.get("status") == "CancelRequest" and status in ("Accepted", "InPreparation")


def _parcel_of(line: Json, parcels: list[Json]) -> Json:
    """The parcel the line travels in, as lines[].parcels shows it; goods of a warehouse travel in its own."""
    offer = line.get("offer") or {}
    if offer.get("supplyMode") in ("Fulfillment", "Xdock"):
        return {"parcelNumber": f"WH{line.get('orderLineId')}", "carrierName": "Colissimo", "trackingUrl": None}
    named = [p for p in parcels if line.get("orderLineId") in (p.get("orderLineIds") or [])]
    parcel = (named or parcels)[-1]
    return {key: parcel.get(key) for key in ("parcelNumber", "carrierName", "trackingUrl")}

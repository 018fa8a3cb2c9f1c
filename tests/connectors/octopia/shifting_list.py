"""A marketplace's list in memory that changes while it is read: what the client answers, without HTTP.

Its clock goes on a second with each page. Sorting, largest page and bounds are as a test wants them, for none of them
is established (docs/octopia.md, 2).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from cdsync.connectors.octopia.api.client import Page
from cdsync.connectors.octopia.api.json_text import Entry
from cdsync.errors import RejectedError

SECOND = timedelta(seconds=1)
SORTS: dict[str, Callable[[tuple[str, list[Any]]], Any]] = {
    "updated": lambda each: (each[1][0], each[1][1]),
    "latest first": lambda each: (-each[1][0].timestamp(), each[1][1]),
    "created": lambda each: each[1][1],
    "newest first": lambda each: -each[1][1],
}


@dataclass
class ShiftingList:
    """changes: how often an order changes before a page, 0 to 1, and a new one comes a third as often; only before the
    first `restless` pages. orders: by id, when each changed last, its number, and how often it changed."""

    count: int
    seed: int = 0
    over: timedelta = timedelta(days=6)
    sort: str = "updated"
    changes: float = 0.3
    restless: int = 20
    largest: int = 100
    counts: bool = True
    keeps_the_later_bound: bool = True
    bounds_belong: bool = True
    tells_size: bool = True
    host: str = "memory"
    orders: dict[str, list[Any]] = field(default_factory=dict)
    queries: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.began = self.now - timedelta(days=7)
        for number in range(self.count):
            self.orders[f"O{number}"] = [self.began + self.over * number // self.count, number, 0]

    def change(self, name: str) -> None:
        self.orders[name][0] = self.now
        self.orders[name][2] += 1

    def page(self, _path: str, params: list[tuple[str, str]], _channel: str) -> Page:
        self._pass_time()
        query = dict(params)
        self.queries.append(query)
        index, size = int(query["pageIndex"]), min(int(query["pageSize"]), self.largest)
        shown = self._matching(query)[(index - 1) * size : index * size]
        entries = [
            Entry({"orderId": name, "updatedAt": at.strftime("%Y-%m-%dT%H:%M:%SZ")}, json.dumps([name, changed]))
            for name, (at, _, changed) in shown
        ]
        told = size if self.tells_size else len(entries)
        return Page(entries, told == len(entries) > 0, format_datetime(self.now, usegmt=True))

    def how_many(self, params: list[tuple[str, str]], _channel: str) -> int:
        if not self.counts:
            raise RejectedError("marketplace.refused", status=400, detail="no such call")
        return len(self._matching(dict(params)))

    def _pass_time(self) -> None:
        self.now += SECOND
        if len(self.queries) < self.restless and self.orders:
            if self.chance.random() < self.changes:
                self.change(self.chance.choice(list(self.orders)))
            if self.chance.random() < self.changes / 3:
                self.orders[f"O{len(self.orders)}"] = [self.now, len(self.orders), 0]

    def _matching(self, query: dict[str, str]) -> list[tuple[str, list[Any]]]:
        since, until = (
            datetime.fromisoformat(query[name]) if name in query else None for name in ("updatedAtMin", "updatedAtMax")
        )
        margin = timedelta() if self.bounds_belong else SECOND / 2
        assert since is not None
        found = [each for each in self.orders.items() if each[1][0] >= since + margin]
        if until is not None and self.keeps_the_later_bound:
            found = [each for each in found if each[1][0] <= until - margin]
        return sorted(found, key=SORTS[self.sort])

"""An import journal in memory, with a clock that tests move: what the database keeps, without the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cdsync.connectors.base import ANSWERED, MOVES_STOCK, Step
from cdsync.errors import TemporaryError


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class MemoryJournal:
    """`written` lists every commit in order, as ("begin" | "done" | "forget", step, refs).

    lost: refs whose claim another worker has. limit: the shop's time limit in seconds.
    """

    def __init__(self, clock: Clock | None = None, limit: float = 60) -> None:
        self.clock = clock or Clock()
        self.kept: dict[str, dict[str, Step]] = {}
        self.written: list[tuple[str, str, tuple[str, ...]]] = []
        self.lost: set[str] = set()
        self.limit = limit
        self.stock_in_doubt = datetime.min.replace(tzinfo=UTC)

    def steps(self, ref: str) -> Mapping[str, Step]:
        return dict(self.kept.get(ref, {}))

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        if any(intent.get(MOVES_STOCK) for intent in intents.values()) and self.stock_in_doubt > self.clock():
            left = (self.stock_in_doubt - self.clock()).total_seconds()
            raise TemporaryError("shop.stock_busy", retry_after=left)
        granted = frozenset(intents) - self.lost
        for ref in granted:
            self.kept.setdefault(ref, {})[step] = Step(step, dict(intents[ref]), self.clock(), done=False)
        self.written.append(("begin", step, tuple(sorted(granted))))
        return granted

    def answered(self, step: str, refs: Iterable[str]) -> None:
        for ref in refs:
            if begun := self.kept.get(ref, {}).get(step):
                self.kept[ref][step] = replace(begun, data={**begun.data, ANSWERED: True})

    def unanswered(self, step: str, refs: Iterable[str]) -> None:
        if step in ("order", "packs", "status"):
            self.stock_in_doubt = self.clock() + timedelta(seconds=self.limit)
        for ref in refs:
            if begun := self.kept.get(ref, {}).get(step):
                self.kept[ref][step] = replace(begun, begun_at=self.clock())

    def stock_moved(self, step: str) -> None:
        self.stock_in_doubt = self.clock()

    def stock_moved_before(self, step: str, ref: str) -> None:
        self.stock_in_doubt = self.clock()

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        for ref, data in results.items():
            begun = self.kept.setdefault(ref, {}).get(step)
            merged = {**(begun.data if begun else {}), **data}
            self.kept[ref][step] = Step(step, merged, begun.begun_at if begun else self.clock(), done=True)
        self.written.append(("done", step, tuple(sorted(results))))

    def forget(self, ref: str, step: str) -> None:
        self.kept.get(ref, {}).pop(step, None)
        self.written.append(("forget", step, (ref,)))

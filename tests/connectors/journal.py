"""An import journal in memory, with a clock that tests move: what the database keeps, without the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cdsync.connectors.base import Step


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class MemoryJournal:
    """`written` lists every commit in order, as ("begin" | "done" | "forget", step, refs).

    lost: refs whose claim another worker has.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.kept: dict[str, dict[str, Step]] = {}
        self.written: list[tuple[str, str, tuple[str, ...]]] = []
        self.lost: set[str] = set()

    def steps(self, ref: str) -> Mapping[str, Step]:
        return dict(self.kept.get(ref, {}))

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        granted = frozenset(intents) - self.lost
        for ref in granted:
            self.kept.setdefault(ref, {})[step] = Step(step, dict(intents[ref]), self.clock(), done=False)
        self.written.append(("begin", step, tuple(sorted(granted))))
        return granted

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        for ref, data in results.items():
            begun = self.kept.setdefault(ref, {}).get(step)
            merged = {**(begun.data if begun else {}), **data}
            self.kept[ref][step] = Step(step, merged, begun.begun_at if begun else self.clock(), done=True)
        self.written.append(("done", step, tuple(sorted(results))))

    def forget(self, ref: str, step: str) -> None:
        self.kept.get(ref, {}).pop(step, None)
        self.written.append(("forget", step, (ref,)))

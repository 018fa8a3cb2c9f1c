"""The contract suite's journal in memory, on a clock that only tests move, and with every commit written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cdsync.connectors import testing


class Clock(testing.Clock):
    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class MemoryJournal(testing.MemoryJournal):
    """`written` lists every commit in order, as ("begin" | "done" | "forget", step, refs).

    lost: refs whose claim another worker has. limit: the shop's time limit in seconds.
    """

    def __init__(self, clock: Clock | None = None, limit: float = 60) -> None:
        super().__init__(clock or Clock(), limit)
        self.written: list[tuple[str, str, tuple[str, ...]]] = []

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        granted = super().begin(step, intents)
        self.written.append(("begin", step, tuple(sorted(granted))))
        return granted

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        super().done(step, results)
        self.written.append(("done", step, tuple(sorted(results))))

    def forget(self, ref: str, step: str) -> None:
        super().forget(ref, step)
        self.written.append(("forget", step, (ref,)))

"""An import journal in memory, with a clock that can be moved on: what cdsync keeps in its database, without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ...errors import TemporaryError
from ..journal import ANSWERED, MOVES_STOCK, Step


class Clock:
    """Aware UTC now, as often as it is called; later by what `advance` added."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


class MemoryJournal:
    """`Journal` in memory; give it to the connector of the next attempt as well, as cdsync does.

    lost: refs whose claim another worker has. limit: the shop's time limit in seconds.
    """

    def __init__(self, clock: Clock | None = None, limit: float = 60, lost: Iterable[str] = ()) -> None:
        self.clock, self.limit, self.lost = clock or Clock(), limit, set(lost)
        self.kept: dict[str, dict[str, Step]] = {}
        self._moves_stock: set[str] = set()
        self._stock_busy_until = datetime.min.replace(tzinfo=UTC)

    def steps(self, ref: str) -> Mapping[str, Step]:
        return dict(self.kept.get(ref, {}))

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        granted = frozenset(intents) - self.lost
        if granted and any(intent.get(MOVES_STOCK) for intent in intents.values()):
            left = (self._stock_busy_until - self.clock()).total_seconds()
            if left > 0:
                raise TemporaryError("shop.stock_busy", retry_after=left)
            self._moves_stock.add(step)
        for ref in granted:
            self.kept.setdefault(ref, {})[step] = Step(step, dict(intents[ref]), self.clock(), done=False)
        return granted

    def answered(self, step: str, refs: Iterable[str]) -> None:
        for ref in refs:
            if begun := self.kept.get(ref, {}).get(step):
                self.kept[ref][step] = replace(begun, data={**begun.data, ANSWERED: True})

    def unanswered(self, step: str, refs: Iterable[str]) -> None:
        if step in self._moves_stock:
            self._stock_busy_until = self.clock() + timedelta(seconds=self.limit)
        for ref in refs:
            if begun := self.kept.get(ref, {}).get(step):
                self.kept[ref][step] = replace(begun, begun_at=self.clock())

    def stock_moved(self, step: str) -> None:
        self._stock_busy_until = self.clock()

    def stock_moved_before(self, step: str, ref: str) -> None:
        self._stock_busy_until = self.clock()

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        for ref, data in results.items():
            begun = self.kept.setdefault(ref, {}).get(step)
            merged = {**(begun.data if begun else {}), **data}
            self.kept[ref][step] = Step(step, merged, begun.begun_at if begun else self.clock(), done=True)

    def forget(self, ref: str, step: str) -> None:
        self.kept.get(ref, {}).pop(step, None)


class Killed(BaseException):
    """The process ended there."""


class Killing(MemoryJournal):
    """Ends the process at its n-th commit: before it where something was done, after it where something begins.

    Between the two nothing of cdsync is known but what was committed; the shop may know more.
    """

    def __init__(self, clock: Clock, at: int) -> None:
        super().__init__(clock)
        self._left = at

    @property
    def struck(self) -> bool:
        return self._left <= 0

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        granted = super().begin(step, intents)
        self._strike()
        return granted

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        self._strike()
        super().done(step, results)

    def _strike(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Killed

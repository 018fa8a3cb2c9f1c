"""How many entities go in one body, and so how many orders share their requests: as many as the shop is quick for.

What is in one body is in doubt together when no answer comes, and PHP works on it in one piece. So a body is to take
no longer than a good part of the time limit, by how long the shop has taken for each entity so far. Nor is it to be so
large that something in front of the shop refuses it: ModSecurity takes 128 KB by default (SecRequestBodyNoFilesLimit in
its modsecurity.conf-recommended). Sends nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ...base import Cache
from .xml import Body, signs

USUAL, MOST = 20, 50  # orders: as many as of a shop that nothing is known of, or that is slow; and of a quick one
LONGEST = 15.0  # seconds for a body; a quarter of the time limit where that is less
LARGEST = 60_000  # characters of a body, so that it is also kept whole for support
NAME, SECONDS = "how long a write takes", "seconds"
Kind = tuple[str, str]  # method and resource


@dataclass
class _Taken:
    seconds: float = 0.0
    entities: int = 0

    @property
    def each(self) -> float:
        return self.seconds / self.entities


class BodySize:
    """Of one shop (`mark`), measured by the writes it answered.

    cache: where it is remembered from one run to the next. timeout: seconds after which a write is given up.
    """

    def __init__(self, cache: Cache, timeout: float, mark: str) -> None:
        self._cache = cache
        self._longest = min(LONGEST, timeout / 4)
        self._name = f"{NAME} {mark}"
        self._taken: dict[Kind, _Taken] = defaultdict(_Taken)  # since the last batch
        self._before: dict[Kind, _Taken] = {}  # during that batch
        self._silent = False
        self._orders: int | None = None

    @property
    def orders(self) -> int:
        """How many orders may go through the import together now."""
        if self._orders is None:
            self._orders = self._at_once((self._cache.recall(self._name) or {}).get(SECONDS))
        return self._orders

    def entities(self, method: str, resource: str, waiting: Sequence[Body]) -> int:
        """How many of the entities that wait, from the first on, may go in the next body: at least one."""
        room, fit = LARGEST, 0
        for entity in waiting[: self._in_time(method, resource)]:
            room -= signs(entity)
            if room < 0:
                break
            fit += 1
        return max(1, fit)

    def _in_time(self, method: str, resource: str) -> int | None:
        """How many the shop is quick enough for; None: all, as far as is known."""
        if self._silent:
            return USUAL
        taken = self._taken.get((method, resource)) or self._before.get((method, resource))
        return max(USUAL, int(self._longest / taken.each)) if taken and taken.seconds else None

    def took(self, method: str, resource: str, seconds: float, entities: int) -> None:
        """A body was answered well after so long."""
        taken = self._taken[method, resource]
        taken.seconds += seconds
        taken.entities += entities

    def failed(self) -> None:
        """A body got no good answer: until another batch has gone through none is larger than usual."""
        self._silent = True

    def after_batch(self) -> None:
        """What was measured since the last one tells how large the next may be; remembered when that changes."""
        if not self._taken and not self._silent:
            return
        slowest = None if self._silent else max(taken.each for taken in self._taken.values())
        before, self._orders = self.orders, self._at_once(slowest)
        if self._orders != before:
            self._cache.remember(self._name, {SECONDS: slowest})
        self._before, self._taken, self._silent = dict(self._taken), defaultdict(_Taken), False

    def _at_once(self, slowest: float | None) -> int:
        """By the seconds an entity of the slowest kind takes; None: nothing is known."""
        if slowest is None:
            return USUAL
        return MOST if slowest * MOST <= self._longest else max(USUAL, int(self._longest / slowest))

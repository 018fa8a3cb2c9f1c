"""A request that stops in its middle: its client gets no answer, everybody else sees what is half done.

Steps are the rows a shop writes for one request, in their order. What was stopped goes on by itself after some
seconds, or as soon as that much time is said to have passed; what has died never does. Knows no shop.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_MINE = threading.local()
NEVER = -1


class DiedError(Exception):
    """What carried the request out is no more; what it has done stays."""


class Work:
    """One request's steps; it stops before step `at` (from 0), until `seconds` have passed, or dies there."""

    def __init__(self, at: int = NEVER, seconds: float = 0.0, *, dies: bool = False) -> None:
        self.steps: list[str] = []
        self.stopped = False
        self._at, self._seconds, self._dies = at, seconds, dies
        self._until = 0.0
        self._condition: threading.Condition | None = None
        self._stopped_or_over = threading.Event()
        self.over = threading.Event()

    def do(self, handle: Callable[[], None]) -> None:
        """Carries it out in this thread."""
        _MINE.work = self
        try:
            handle()
        finally:
            _MINE.work = None
            self.over.set()
            self._stopped_or_over.set()

    def wait(self) -> None:
        """Until it has stopped in its middle or is over."""
        self._stopped_or_over.wait()

    def pass_time(self, seconds: float) -> None:
        """So many seconds have passed for it; answers once it is over, when that was enough."""
        if self._condition is None:
            return
        with self._condition:
            self._until -= seconds
            over = self._until <= time.monotonic()
            self._condition.notify_all()
        if over:
            self.over.wait()

    def take(self, name: str, lock: threading.RLock) -> None:
        """The next step is about to be taken under the shop's lock, which is free for others while this one stops."""
        self.steps.append(name)
        if len(self.steps) - 1 != self._at:
            return
        if self._dies:
            raise DiedError
        condition = threading.Condition(lock)
        with condition:
            self._until = time.monotonic() + self._seconds
            self._condition, self.stopped = condition, True
            self._stopped_or_over.set()
            while (left := self._until - time.monotonic()) > 0:
                condition.wait(left)


def step(name: str, lock: threading.RLock) -> None:
    """Told by a shop before it writes a row; nothing happens outside a request."""
    work: Work | None = getattr(_MINE, "work", None)
    if work is not None:
        work.take(name, lock)

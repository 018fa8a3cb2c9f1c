"""Calls that are due at a moment, unless they are called off: by one thread of the process, however many wait.

Nearly every request ends long before its limit; a timer of its own for each would start a thread that is never needed,
which costs more than the request's way through this machine.
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable

SPARE = 256  # alarms called off that may lie about before they are cleared away
LINGER_SECONDS = 2.0  # that the thread stays when nobody waits for it any more: another request is mostly near


class Alarm:
    """One call at its moment."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call: Callable[[], None] | None = call

    def ring(self) -> None:
        if (call := self._call) is not None:
            call()

    def call_off(self) -> None:
        """From now on it does not ring; one that rings just now is not waited for."""
        self._call = None

    @property
    def is_off(self) -> bool:
        return self._call is None


class Alarms:
    """`call`s must be short and raise nothing: all others wait for them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Alarm]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def after(self, seconds: float, call: Callable[[], None]) -> Alarm:
        """Rings in so many seconds from now."""
        alarm = Alarm(call)
        with self._changed:
            if len(self._due) > SPARE and self._due[0][2].is_off:
                self._due = [each for each in self._due if not each[2].is_off]
                heapq.heapify(self._due)
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), alarm))
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True, name="alarms")
                self._thread.start()
            elif self._due[0][2] is alarm:  # sooner than what the thread waits for
                self._changed.notify()
        return alarm

    def _watch(self) -> None:
        try:
            while (alarm := self._next()) is not None:
                alarm.ring()
        except BaseException:
            with self._changed:
                self._thread = None  # the next alarm begins another one
            raise

    def _next(self) -> Alarm | None:
        """Waits for the next one whose moment has come; None when there was none for long, and the thread ends."""
        with self._changed:
            idle_since = time.monotonic()
            while True:
                while self._due and self._due[0][2].is_off:
                    heapq.heappop(self._due)
                present = time.monotonic()
                if self._due:
                    idle_since = present
                    if self._due[0][0] <= present:
                        return heapq.heappop(self._due)[2]
                elif present - idle_since >= LINGER_SECONDS:
                    self._thread = None
                    return None
                left = self._due[0][0] - present if self._due else LINGER_SECONDS
                self._changed.wait(min(left, LINGER_SECONDS))


_present = Alarms()


def after(seconds: float, call: Callable[[], None]) -> Alarm:
    """As `Alarms.after`, of this process."""
    return _present.after(seconds, call)


def _anew() -> None:
    """A process that was forked has no thread that rings."""
    global _present  # noqa: PLW0603 - of this process
    _present = Alarms()


os.register_at_fork(after_in_child=_anew)

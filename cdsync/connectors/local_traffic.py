"""Who is under way to whom, of this process alone: what counts while there is no Redis to count for all."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from .pacing import Asking, Pace, Turn

MINUTE = 60.0
RESERVE = 10  # of a minute's requests each tenth is kept for pages
LOOK_AGAIN = 0.1  # seconds, when a place has to become free


@dataclass
class _Line:
    """Times are seconds of the monotonic clock."""

    busy: dict[str, float] = field(default_factory=dict)  # ticket → when its place is free at the latest
    begun: deque[float] = field(default_factory=deque)  # of the last minute
    pages: dict[str, float] = field(default_factory=dict)  # ticket of a page that waits → until when that counts
    paused_until: float = 0.0


class LocalTraffic:
    """`pacing.Traffic` in memory."""

    def __init__(self) -> None:
        self._lines: defaultdict[str, _Line] = defaultdict(_Line)
        self._lock = threading.Lock()

    def ask(self, pace: Pace, asking: Asking) -> Turn:
        with self._lock:
            line, now = self._lines[pace.key], time.monotonic()
            if line.paused_until > now:
                return Turn(line.paused_until - now, paused=True)
            _forget(line, now)
            if not asking.write and (wait := _wait(line, pace, asking, now)):
                if asking.page:
                    line.pages[asking.ticket] = now + 1.0
                return Turn(wait)
            line.pages.pop(asking.ticket, None)
            line.busy[asking.ticket] = now + asking.lease
            line.begun.append(now)
            return Turn()

    def leave(self, pace: Pace, ticket: str) -> None:
        with self._lock:
            self._lines[pace.key].busy.pop(ticket, None)

    def pause(self, pace: Pace, seconds: float) -> None:
        with self._lock:
            line = self._lines[pace.key]
            line.paused_until = max(line.paused_until, time.monotonic() + seconds)


def _forget(line: _Line, now: float) -> None:
    while line.begun and line.begun[0] <= now - MINUTE:
        line.begun.popleft()
    for kept in (line.busy, line.pages):
        for ticket in [ticket for ticket, until in kept.items() if until <= now]:
            del kept[ticket]


def _wait(line: _Line, pace: Pace, asking: Asking, now: float) -> float:
    most = pace.per_minute if asking.page else jobs_share(pace.per_minute)
    if len(line.begun) >= most:
        return line.begun[-most] + MINUTE - now
    if len(line.busy) >= pace.at_once or (line.pages and not asking.page):
        return LOOK_AGAIN
    return 0.0


def jobs_share(per_minute: int) -> int:
    """How many of a minute's requests runs may use: the rest is for whoever looks at a page."""
    return max(1, per_minute - per_minute // RESERVE)

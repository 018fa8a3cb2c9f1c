"""Who is under way to whom, of this process alone: what counts while there is no Redis to count for all."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from .pacing import Asking, Pace, Turn

WINDOW = 10.0  # seconds in which a sixth of a minute's requests may begin: nobody waits long, nor do all come at once
RESERVE = 10  # each tenth of them is kept for pages
LOOK_AGAIN = 0.1  # seconds, when a place has to become free


@dataclass
class _Line:
    """Times are seconds of the monotonic clock."""

    busy: dict[str, float] = field(default_factory=dict)  # ticket → when its place is free at the latest
    begun: deque[float] = field(default_factory=deque)  # of the last `WINDOW`
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
    while line.begun and line.begun[0] <= now - WINDOW:
        line.begun.popleft()
    for kept in (line.busy, line.pages):
        for ticket in [ticket for ticket, until in kept.items() if until <= now]:
            del kept[ticket]


def _wait(line: _Line, pace: Pace, asking: Asking, now: float) -> float:
    most = share(pace, asking)
    if len(line.begun) >= most:
        return line.begun[-most] + WINDOW - now
    if len(line.busy) >= pace.at_once or (line.pages and not asking.page):
        return LOOK_AGAIN
    return 0.0


def share(pace: Pace, asking: Asking) -> int:
    """How many requests may begin in `WINDOW` before this one: runs leave some to whoever looks at a page."""
    of_window = max(1, int(pace.per_minute * WINDOW / 60))
    return of_window if asking.page else max(1, of_window - of_window // RESERVE)

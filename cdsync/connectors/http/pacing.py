"""How many requests one shop or marketplace gets at once and in a minute, of all processes together. Sends nothing.

Whoever reads waits for a turn, before the time limit of the request begins. Whoever writes goes at once and is counted:
a write's intent is committed when it comes here, and what is counted from there must not begin later. A pause that the
other side asked for (429, Retry-After) holds for both; what has to wait too long was not sent, and says so.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

from cdsync.errors import CdsyncError

from ..identity import place
from . import page_time

MOST_WAIT = 60.0  # seconds a run waits for its turn; a page what is left of its own time
LONGEST_PAUSE = 5.0  # one that was asked for and is longer is the next run's business
LOOKS_EVERY = 0.5
UNNAMED_PAUSE = 2.0  # after a 429 that does not say how long
PAUSED_AT_MOST = 3600.0


@dataclass(frozen=True)
class Pace:
    """key: which shop or seller; the same for every account and process that asks it."""

    key: str
    at_once: int
    per_minute: int


@dataclass(frozen=True)
class Asking:
    """A request that wants its turn. lease: seconds after which its place is free, whatever became of its process."""

    ticket: str
    page: bool
    write: bool
    lease: float


@dataclass(frozen=True)
class Turn:
    """wait: seconds until it is worth asking again, 0 when it may go. paused: the other side asked for that."""

    wait: float = 0.0
    paused: bool = False


class Traffic(Protocol):
    """Who is under way to whom; asked by many threads."""

    def ask(self, pace: Pace, asking: Asking) -> Turn: ...

    def leave(self, pace: Pace, ticket: str) -> None: ...

    def pause(self, pace: Pace, seconds: float) -> None: ...


_traffic: Traffic | None = None


def use(traffic: Traffic | None) -> None:
    """What counts from now on, in this process; None: nobody does."""
    global _traffic  # noqa: PLW0603 - an installation is a process's own
    _traffic = traffic


def pace_of(whose: str, url: str, values: Mapping[str, Any], usual: tuple[int, int]) -> Pace | None:
    """The pace from the settings `at_once` and `per_minute`; where one is empty the usual one holds.

    whose: what the key begins with, the side and, where the address alone does not say it, the seller.
    None, no limit, for this very machine when neither is set: no host's firewall stands between. Nor for what is no
    address at all, which the client refuses.
    """
    at_once, per_minute = (values.get(name) for name in ("at_once", "per_minute"))
    try:
        if not at_once and not per_minute and _is_here(url):
            return None
        return Pace(f"{whose}:{place(url)}", int(str(at_once or usual[0])), int(str(per_minute or usual[1])))
    except ValueError:
        return None


@contextmanager
def turn(pace: Pace | None, *, write: bool, lease: float, refusal: Callable[[Turn], CdsyncError]) -> Iterator[None]:
    """Inside, the request is under way. Raises `refusal` of what it would have had to wait for: nothing was sent."""
    traffic = _traffic
    if pace is None or traffic is None:
        yield
        return
    asking = Asking(secrets.token_hex(8), page_time.present() is not None, write, lease)
    end = time.monotonic() + page_time.at_most(MOST_WAIT)
    while (given := traffic.ask(pace, asking)).wait:
        longest = LONGEST_PAUSE if given.paused else MOST_WAIT
        if write or given.wait > longest or time.monotonic() + given.wait > end:
            raise refusal(given)
        time.sleep(min(given.wait, LOOKS_EVERY))
    try:
        yield
    finally:
        traffic.leave(pace, asking.ticket)


def pause(pace: Pace | None, seconds: float | None) -> None:
    """The other side asked for a pause (429): nobody asks it before, in whatever process."""
    if pace is not None and _traffic is not None:
        _traffic.pause(pace, min(UNNAMED_PAUSE if seconds is None else seconds, PAUSED_AT_MOST))


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

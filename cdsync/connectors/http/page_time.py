"""How long a person who looks at a page waits for the other side: seconds in all, for however many requests.

What was answered before the time ran out can be kept, so that the next try goes on where this one stopped. Outside
of a `PageTime` (in a run, on the command line) nothing here counts.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

from .answer import Answer

if TYPE_CHECKING:
    import requests

MOST_BYTES = 24 * 1024 * 1024  # of answers kept for a next try
NO_ANSWERS = frozenset({401, 403, 408, 425, 429})  # what may be another one in a moment, as everything from 500 on


class Answered:
    """Answers by what was asked, secrets and body included, of which only a digest is kept.

    One try is given only what earlier ones were answered: what it asks twice, it means to ask twice.
    """

    def __init__(self) -> None:
        self._earlier: dict[str, Answer] = {}
        self._answers: dict[str, Answer] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    def begin(self) -> None:
        """Another try begins."""
        self._earlier = dict(self._answers)

    def to(self, request: requests.PreparedRequest) -> Answer | None:
        return self._earlier.get(_digest(request))

    def keep(self, request: requests.PreparedRequest, answer: Answer) -> None:
        """Unless it is one that may differ at the next try, or there is too much already."""
        if answer.status >= 500 or answer.status in NO_ANSWERS or self._bytes + len(answer.body) > MOST_BYTES:
            return
        self._answers[_digest(request)] = answer
        self._bytes += len(answer.body)


class PageTime:
    """A context: requests of this thread made inside have `seconds` in all."""

    def __init__(self, seconds: float, answered: Answered | None = None) -> None:
        self.seconds = seconds
        self.answered = Answered() if answered is None else answered
        self.ran_out = False
        self._end = 0.0
        self._token: Token[PageTime | None] | None = None

    def __enter__(self) -> PageTime:
        self._end = time.monotonic() + self.seconds
        self.answered.begin()
        self._token = _PRESENT.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _PRESENT.reset(self._token)

    @property
    def left(self) -> float:
        return self._end - time.monotonic()

    @contextmanager
    def part(self, share: float) -> Iterator[None]:
        """Inside, only that share of the whole time is left: for the first of two sides, so that both are asked."""
        end, whole = self._end, self.seconds
        self.seconds = whole * share
        self._end = min(end, time.monotonic() + self.seconds)
        try:
            yield
        finally:
            self._end, self.seconds = end, whole

    @property
    def is_over(self) -> bool:
        """Whether the time is used up, also where a `Deadline` of what was left ended a moment before."""
        return self.left <= self.seconds * 0.06

    def over(self, host: str) -> dict[str, Any]:
        """The data of the error for a request that had no time left; it is remembered that there was one."""
        self.ran_out = True
        return {"host": host, "seconds": f"{self.seconds:.{0 if self.seconds >= 1 else 1}f}"}


_PRESENT: ContextVar[PageTime | None] = ContextVar("page_time", default=None)


def present() -> PageTime | None:
    """The one this is inside of; None where nobody looks at a page."""
    return _PRESENT.get()


def code(side: str) -> str:
    """The code of the error for a request that had no time left: of "shop" or "marketplace"."""
    return f"{side}.page_timeout"


def at_most(seconds: float) -> float:
    """So many seconds, or what the page has left where that is less; never below 0."""
    page = present()
    return seconds if page is None else max(0.0, min(seconds, page.left))


def _digest(request: requests.PreparedRequest) -> str:
    body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
    asked = f"{request.method} {request.url} {sorted(request.headers.items())} ".encode()
    return hashlib.sha256(asked + body).hexdigest()

"""When a run last got on: an answer of an outside system came, an order was through, a list was read. Pure."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from cdsync.connectors.http.pacing import MOST_WAIT

LIMITS = 2.5  # time limits of one request: a write and the look after it may each take a whole one
AFTER_A_TURN = 1.5  # the same where a request had to wait for its turn first (`pacing`)


class Progress:
    """limit: seconds that one request of the run may take.

    Judged by a clock that nobody sets; told as a time of day.
    """

    def __init__(self, limit: float) -> None:
        self._patience = max(LIMITS * limit, MOST_WAIT + AFTER_A_TURN * limit)
        self._last = time.monotonic()

    def made(self) -> None:
        """The run got on."""
        self._last = time.monotonic()

    @property
    def at(self) -> datetime:
        """When it last did, aware UTC."""
        return datetime.now(UTC) - timedelta(seconds=self._since)

    @property
    def is_missing(self) -> bool:
        """Whether that is longer ago than any request may take."""
        return self._since > self._patience

    @property
    def _since(self) -> float:
        return time.monotonic() - self._last

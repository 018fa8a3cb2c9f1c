"""A read that fails for a moment is asked again, a few times and soon: it changes nothing, and a run reads a lot.

Never around a write. What a pause cannot help (a time limit that ran out, a wrong key) is raised at once, and so is
everything where the person at a page has no time left for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from . import page_time
from .pacing import MOST_WAIT
from .transient_errors import StillPausedError, TooManyRequestsError, TransientError

PAUSES = (0.3, 1.0)  # seconds before the second and the third try
UNNAMED_LIMIT = 2.0  # the pause after a 429 that does not say how long
LONGEST_ASKED = 5.0  # a Retry-After that is longer is the next run's business, but for a list (`Pauses`)
LONGEST_SILENCE = MOST_WAIT  # of pauses in a row without an answer between: a run that waits longer is given up
FOR_A_LIST = 600.0  # all pauses of one reading
T = TypeVar("T")


def with_retries(read: Callable[[], T]) -> T:
    """What `read` returns, asked up to three times. Raises what the last try raised."""
    for pause in PAUSES:
        try:
            return read()
        except TransientError as error:
            wait = _wait(error, pause)
            if wait is None or wait > page_time.at_most(wait):
                raise
            time.sleep(wait)
    return read()


class Pauses:
    """What the reading of one list spends on the pauses that the other side asks for, and how much of it is left.

    A list that ended at each limit would begin at its first page again the next time, and never see its last one.
    """

    def __init__(self) -> None:
        self._left = FOR_A_LIST
        self._unnamed = UNNAMED_LIMIT
        self._silent = 0.0  # seconds since an answer came, as far as they were pauses

    def kept(self, read: Callable[[], T]) -> T:
        """What `read` returns, asked again after each pause. Raises the TooManyRequestsError that is one too many."""
        while True:
            try:
                found = read()
            except TooManyRequestsError as error:
                if not isinstance(error, StillPausedError):
                    self._silent = 0.0
                wait = self._next(error)
                if wait > min(self._left, LONGEST_SILENCE - self._silent) or wait > page_time.at_most(wait):
                    raise
                self._left -= wait
                self._silent += wait
                time.sleep(wait)
            else:
                self._silent = 0.0
                return found

    def _next(self, error: TooManyRequestsError) -> float:
        """As long as was asked for; where no time was named, longer each time."""
        if error.retry_after is not None:
            return max(error.retry_after, UNNAMED_LIMIT)
        self._unnamed = min(2 * self._unnamed, LONGEST_SILENCE)
        return self._unnamed


def _wait(error: TransientError, pause: float) -> float | None:
    """Seconds until it is worth asking again; None when that is another run's business."""
    if (error.retry_after or 0) > LONGEST_ASKED:
        return None
    if error.retry_after is not None:
        return max(error.retry_after, pause)
    return UNNAMED_LIMIT if isinstance(error, TooManyRequestsError) else pause

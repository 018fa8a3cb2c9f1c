"""When a process is asked to stop before it listens for that: it leaves at once, without a word. Nothing has begun.

Loading takes seconds, and RQ listens late, after a worker's first words with Redis. Until then a stop would end in the
middle of anything with a stack trace, and in a forked worker it would be answered as its pool answers it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOPS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held() -> Iterator[None]:
    """A stop that comes meanwhile comes when the block is over; also in a process forked in it, once it has `ready`."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def not_as_parent() -> None:
    """In a forked process: forgets what its parent does at a stop."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def ready() -> Iterator[None]:
    """From here a stop ends the process, with exit code 0, until somebody else listens for it."""
    before = {number: signal.signal(number, _leave) for number in STOPS}
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(_number: int, _frame: object) -> None:
    os._exit(0)  # an exception could be caught on its way, or be lost in a finalizer

"""What a signal to stop (SIGTERM, Ctrl-C) does to this process: it ends its run between two orders.

Before it listens for that it leaves at once, without a word: nothing has begun. Loading takes seconds, and RQ listens
late, after a worker's first words with Redis. Until then a stop would end in the middle of anything with a stack
trace, and in a forked worker it would be answered as its pool answers it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

STOPS = (signal.SIGINT, signal.SIGTERM)


class StopFlag:
    """Set once, asked often. It holds no lock: a handler runs between two steps of what it interrupts, and with
    threading.Event, whose lock is not reentrant, two stops in quick succession waited for each other for ever.
    """

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """From any thread, and from a handler."""
        self._is_set = True

    def is_set(self) -> bool:
        return self._is_set


@contextmanager
def deferred() -> Iterator[None]:
    """A stop that comes meanwhile comes when the block is over; in a process forked in it, at its `exit_quietly`.

    Blocked for this thread, and so for a process forked by it; noted for the rest, since another thread of this
    process may be given the signal, and Python calls the handler in the main thread all the same.
    """
    came: list[int] = []
    handlers = {number: signal.signal(number, lambda got, _frame: came.append(got)) for number in STOPS}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for got in came:
            signal.raise_signal(got)


def reset_after_fork() -> None:
    """In a forked process: forgets what its parent does at a stop."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def exit_quietly() -> Iterator[None]:
    """From here a stop ends the process, with exit code 0, until somebody else listens for it."""
    before = {number: signal.signal(number, _leave) for number in STOPS}
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def caught(stop_signal: StopFlag) -> Iterator[StopFlag]:
    """SIGTERM and Ctrl-C end the run after the order or batch at hand; a second Ctrl-C ends it now.

    Yields a flag that is set when one came.
    """
    came = StopFlag()
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def stop(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and came.is_set():
            raise KeyboardInterrupt
        came.set()
        stop_signal.set()

    before: dict[signal.Signals, Any] = {each: signal.signal(each, stop) for each in STOPS}
    try:
        yield came
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _leave(_number: int, _frame: object) -> None:
    os._exit(0)  # an exception could be caught on its way, or be lost in a finalizer

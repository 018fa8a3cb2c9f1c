"""A time limit for what may hang: it goes on in a thread that nobody waits for any more. Knows no check."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from flask import Flask

T = TypeVar("T")
_END = object()


def within(seconds: float, app: Flask, look: Callable[[], Iterator[T]]) -> Iterator[T]:
    """What `look` yields, each as soon as it comes; it has an application context of its own.

    Raises TimeoutError when it is not through after so many seconds, and what `look` itself raises.
    """
    came: queue.SimpleQueue[object] = queue.SimpleQueue()
    threading.Thread(target=_carried_out, args=(app, look, came), name="within", daemon=True).start()
    end = time.monotonic() + seconds
    while True:
        try:
            each = came.get(timeout=max(end - time.monotonic(), 0.0))
        except queue.Empty:
            raise TimeoutError from None
        if each is _END:
            return
        if isinstance(each, Exception):
            raise each
        yield each  # type: ignore[misc]  # it came from `look`


def _carried_out(app: Flask, look: Callable[[], Iterator[T]], came: queue.SimpleQueue[object]) -> None:
    with app.app_context():
        try:
            for each in look():
                came.put(each)
        except Exception as error:  # raised again by whoever waits
            came.put(error)
        else:
            came.put(_END)

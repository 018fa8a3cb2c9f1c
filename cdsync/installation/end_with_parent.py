"""A process that ends with its parent, however that one ends. Knows nothing of what either does."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from contextlib import suppress

LOOK_SECONDS = 1.0
_PR_SET_PDEATHSIG = 1


def end_with_parent(number: signal.Signals, parent: int) -> None:
    """From now on this process gets the signal when its parent (a process id) is gone, also when it is gone already.

    Linux sends it the moment the parent's thread that made this process ends, kill -9 included (prctl(2)). Elsewhere
    a thread looks every second.
    """
    if sys.platform == "linux" and _told_by_the_kernel(number):
        if os.getppid() != parent:  # it died in between
            os._exit(128 + number)  # a handler of the signal is perhaps still the parent's
        return
    threading.Thread(target=_look, args=(number, parent), name="end-with-parent", daemon=True).start()


def _told_by_the_kernel(number: signal.Signals) -> bool:
    with suppress(OSError):
        return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number) == 0)
    return False


def _look(number: signal.Signals, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), number)

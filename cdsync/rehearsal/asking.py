"""Asking `make run` to start or stop the rehearsal's systems: a file in the instance folder, which it watches.

Whoever asks writes the file and waits a little; the launcher takes it, does what it says, and removes it.
"""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from cdsync.config import usable

START, STOP = "start", "stop"
WANTED, TAKEN = "rehearsal.wanted", "rehearsal.wanted.taken"
LAUNCHED = "CDSYNC_LAUNCHED"  # in the environment of the processes that `make run` started
EVERY = 0.1  # seconds between two looks


def has_launcher() -> bool:
    """Whether this process is one of `make run`, which ends its processes when it ends: somebody watches the file."""
    return bool(os.environ.get(LAUNCHED))


def ask(folder: Path, what: str) -> None:
    """Asks for START or STOP; what was asked before and not taken yet no longer counts.

    Raises ConfigError("instance.unusable").
    """
    draft = folder / f"{WANTED}.{os.getpid()}.{secrets.token_hex(4)}"
    with usable(folder):
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(what)
        os.replace(draft, folder / WANTED)


def wait(folder: Path, seconds: float) -> bool:
    """Waits until what was asked has been done; False when it was not within so many seconds."""
    end = time.monotonic() + seconds
    while is_waiting(folder):
        if time.monotonic() > end:
            return False
        time.sleep(EVERY)
    return True


def is_waiting(folder: Path) -> bool:
    """Whether something was asked that is not done yet."""
    return (folder / WANTED).exists() or (folder / TAKEN).exists()


def take(folder: Path) -> str | None:
    """For the launcher: what is asked, None when nothing is; `done` follows. Anything but START or STOP is dropped."""
    try:
        os.replace(folder / WANTED, folder / TAKEN)
        what = (folder / TAKEN).read_text("ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    if what in (START, STOP):
        return what
    done(folder)
    return None


def done(folder: Path) -> None:
    """For the launcher: what was taken is done, whatever came of it."""
    (folder / TAKEN).unlink(missing_ok=True)


def forget(folder: Path) -> None:
    """For the launcher's start: what somebody asked of an earlier one is nobody's wish any more."""
    (folder / WANTED).unlink(missing_ok=True)
    done(folder)

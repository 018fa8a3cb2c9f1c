"""One `make run` in a folder: two would share one Redis socket, one Redis file and one rehearsal."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cdsync.config import usable
from cdsync.errors import ConfigError

LOCK_FILE = "run.lock"


class AlreadyRunningError(ConfigError):
    """Another process runs everything in this folder; data: `folder`, `process`."""


@contextmanager
def only_one(instance: Path) -> Iterator[None]:
    """Holds the instance folder for this process; the system frees it when the process ends, however it ends.

    The file stays: removing it would let two processes hold two files of one name.
    Raises AlreadyRunningError("launch.already_running"), ("instance.unusable").
    """
    with usable(instance):
        file = os.open(instance / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)  # children do not inherit it
    try:
        with usable(instance):
            _take(file, instance)
        yield
    finally:
        os.close(file)


def _take(file: int, instance: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        process = os.pread(file, 20, 0).decode("ascii", "replace").strip()
        raise AlreadyRunningError("launch.already_running", folder=str(instance.parent), process=process) from None
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode(), 0)

"""What nobody foresaw, made into an error with the code `internal`; logged without any order's data."""

from __future__ import annotations

import logging
import traceback

from cdsync.errors import CdsyncError

log = logging.getLogger("cdsync.operations")


def as_error(exc: Exception, run_id: int, where: str = "") -> CdsyncError:
    """An expected error as it is; anything else logged and made into "internal" [kind].

    The log gets class and places only: messages of exceptions can hold names and addresses.
    """
    if isinstance(exc, CdsyncError):
        return exc
    frames = traceback.extract_tb(exc.__traceback__)
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    log.error("run %s %s: %s at %s", run_id, where, type(exc).__name__, places)
    return CdsyncError("internal", kind=type(exc).__name__)

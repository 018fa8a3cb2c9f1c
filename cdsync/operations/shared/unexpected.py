"""What nobody foresaw, made into an error with the code `internal`; logged without any order's data."""

from __future__ import annotations

import logging
import traceback

from sqlalchemy.exc import DatabaseError

from cdsync import database_errors
from cdsync.errors import CdsyncError

log = logging.getLogger("cdsync.operations")


def as_error(exc: Exception, run_id: int, where: str = "") -> CdsyncError:
    """An expected error as it is, the database's trouble by its meaning; anything else logged and made into "internal"
    [kind].

    The log gets class and places only: messages of exceptions can hold names and addresses.
    """
    if isinstance(exc, CdsyncError):
        return exc
    if isinstance(exc, DatabaseError) and (known := database_errors.meaning(exc)) is not None:
        return known
    frames = traceback.extract_tb(exc.__traceback__)
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    log.error("run %s %s: %s at %s", run_id, where, type(exc).__name__, places)
    return CdsyncError("internal", kind=type(exc).__name__)


def of_one_order(exc: Exception, run_id: int, where: str = "") -> CdsyncError:
    """`as_error`, for what one order is to be told; a database that keeps nothing is none's fault, and ends the run.

    Raises the error itself then: it goes up as a process that is killed would end, and what had begun is looked up.
    """
    if isinstance(exc, DatabaseError) and database_errors.meaning(exc) is not None:
        raise exc
    return as_error(exc, run_id, where)

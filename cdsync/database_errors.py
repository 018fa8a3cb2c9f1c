"""What the database's refusals mean: a driver's error goes in, an error of cdsync comes out. Decides nothing.

Names of errors: https://www.sqlite.org/rescode.html and https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError, OperationalError

from .errors import CdsyncError, ConfigError, TemporaryError


class DatabaseLockedError(TemporaryError):
    """Somebody else was writing; the same again a moment later may well work."""


Meaning = tuple[type[ConfigError] | type[TemporaryError], str]
_LOCKED: Meaning = (DatabaseLockedError, "database.locked")
_READ_ONLY: Meaning = (ConfigError, "database.read_only")
_DISK_FULL: Meaning = (ConfigError, "database.disk_full")
_DISK_FAILED: Meaning = (ConfigError, "database.disk_failed")
_DAMAGED: Meaning = (ConfigError, "database.damaged")
_NOT_CURRENT: Meaning = (ConfigError, "database.not_current")
_AWAY: Meaning = (TemporaryError, "database.away")
# What SQLite's name or PostgreSQL's SQLSTATE begins with. The first that fits counts.
_BY_NAME = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "40P01": _LOCKED,  # a deadlock
    "40001": _LOCKED,  # a transaction that could not be put in order with another
    "55P03": _LOCKED,  # a lock waited for in vain
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "25006": _READ_ONLY,
    "42501": _READ_ONLY,
    "SQLITE_FULL": _DISK_FULL,
    "53100": _DISK_FULL,
    "SQLITE_IOERR": _DISK_FAILED,
    "58030": _DISK_FAILED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "42P01": _NOT_CURRENT,
    "42703": _NOT_CURRENT,
}
_OLD_SQLITE_TABLES = ("no such table", "no such column", "has no column named")  # SQLite has one name for many errors


def meaning(error: DatabaseError) -> CdsyncError | None:
    """The error a person can be told; None for a broken rule or a wrong statement, which is cdsync's own fault.

    Its data holds a `reason`, the driver's first line: for the command line and logs, since it may name a host.
    """
    meant = _meant(error)
    if meant is None:
        return None
    error_class, code = meant
    lines = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
    return error_class(code, reason=lines[0].rstrip(". "))


def _meant(error: DatabaseError) -> Meaning | None:
    name = str(getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or "")
    for beginning, meant in _BY_NAME.items():
        if name.startswith(beginning):
            return meant
    if any(sign in str(error.orig) for sign in _OLD_SQLITE_TABLES):
        return _NOT_CURRENT
    return _AWAY if isinstance(error, OperationalError) else None

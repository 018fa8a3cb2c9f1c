"""What the database's refusals mean: a driver's error goes in, an error of cdsync comes out. Decides nothing.

Names of errors: https://www.sqlite.org/rescode.html and https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError, OperationalError

from .errors import CdsyncError, ConfigError, TemporaryError

# What SQLite's name or PostgreSQL's SQLSTATE begins with → the code. The first that fits counts.
_BY_NAME = {
    "SQLITE_BUSY": "database.locked",
    "SQLITE_LOCKED": "database.locked",
    "40P01": "database.locked",  # a deadlock
    "40001": "database.locked",  # a transaction that could not be put in order with another
    "55P03": "database.locked",  # a lock waited for in vain
    "SQLITE_READONLY": "database.read_only",
    "SQLITE_PERM": "database.read_only",
    "25006": "database.read_only",
    "42501": "database.read_only",
    "SQLITE_FULL": "database.disk_full",
    "53100": "database.disk_full",
    "SQLITE_IOERR": "database.disk_failed",
    "58030": "database.disk_failed",
    "SQLITE_NOTADB": "database.damaged",
    "SQLITE_CORRUPT": "database.damaged",
    "42P01": "database.not_current",
    "42703": "database.not_current",
}
_OLD_SQLITE_TABLES = ("no such table", "no such column", "has no column named")  # SQLite has one name for many errors
_PASSING = ("database.locked", "database.away")


def meaning(error: DatabaseError) -> CdsyncError | None:
    """The error a person can be told; None for a broken rule or a wrong statement, which is cdsync's own fault.

    Its data holds a `reason`, the driver's first line: for the command line and logs, since it may name a host.
    """
    code = _code(error)
    if code is None:
        return None
    lines = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
    reason = lines[0].rstrip(". ")
    return TemporaryError(code, reason=reason) if code in _PASSING else ConfigError(code, reason=reason)


def _code(error: DatabaseError) -> str | None:
    name = str(getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or "")
    for beginning, code in _BY_NAME.items():
        if name.startswith(beginning):
            return code
    if any(sign in str(error.orig) for sign in _OLD_SQLITE_TABLES):
        return "database.not_current"
    return "database.away" if isinstance(error, OperationalError) else None

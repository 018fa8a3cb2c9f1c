"""A database that takes no more, played in this process: SQLite says itself what it says then."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from cdsync.db import db


@contextmanager
def grows_no_more() -> Iterator[None]:
    """SQLITE_FULL: no page can be added, and the free ones are used up."""

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")

    def executed(_c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> tuple[str, Any]:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            return "CREATE TABLE more_than_there_is_room_for (id INTEGER)", ()
        return statement, parameters

    event.listen(db.engine, "begin", begun)
    event.listen(db.engine, "before_cursor_execute", executed, retval=True)
    try:
        yield
    finally:
        event.remove(db.engine, "begin", begun)
        event.remove(db.engine, "before_cursor_execute", executed)
        db.session.remove()
        db.engine.dispose()


@contextmanager
def takes_nothing() -> Iterator[None]:
    """SQLITE_IOERR: every commit fails, since its file must not become larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(f"{db.engine.url.database}-wal").stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        db.session.remove()
        db.engine.dispose()


@contextmanager
def may_only_read() -> Iterator[None]:
    """SQLITE_READONLY: the file may not be written."""

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only=1")

    event.listen(db.engine, "begin", begun)
    try:
        yield
    finally:
        event.remove(db.engine, "begin", begun)
        db.session.remove()
        db.engine.dispose()


FULL = {
    "database.disk_full": grows_no_more,
    "database.disk_failed": takes_nothing,
    "database.read_only": may_only_read,
}

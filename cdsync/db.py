"""The database handle, how transactions begin and what they write first. Knows no table.

SQLite and PostgreSQL are both at home here. On SQLite a transaction that writes takes the write lock at its start
(BEGIN IMMEDIATE): a reader that turns writer later would fail at once instead of waiting its turn. On both, nobody
waits for a lock longer than LOCK_WAIT_SECONDS.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Engine,
    MetaData,
    bindparam,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from . import database_errors

LOCK_WAIT_SECONDS = 20
READ_ONLY = "cdsync_read_only"  # execution option of a connection: begin without the write lock
_OPEN = "cdsync_open"  # in a session's info: what is open in it, "transaction" or "reading"
_WAITING = "cdsync_waiting"  # in a session's info: what is written with its next transaction


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base  # what db.Model is made from; the class itself is built at run time
else:
    Model = db.Model


def now() -> datetime:
    """The present, aware UTC."""
    return datetime.now(UTC)


class Waiting(Protocol):
    """Rows that need no commit of their own (`write_with_next`)."""

    def write(self, session: Session) -> None:
        """Adds them to a transaction before anybody else does; again, where that one is rolled back."""

    def written(self) -> None:
        """They are committed."""

    def failed(self, error: Exception) -> None:
        """They could not be written, and are not tried again. May raise it, where nobody foresaw it."""


def write_with_next(rows: Waiting) -> None:
    """Has the next transaction of this session write them first: they and what it writes are kept together.

    Where they fail, or the disk takes the commit with them no more, they alone are given up; a lock is waited for once
    more by the next one.
    """
    waiting = db.session().info.setdefault(_WAITING, [])
    if rows not in waiting:
        waiting.append(rows)


@contextmanager
def transaction() -> Iterator[Session]:
    """One short write: committed at the end, rolled back on any error. What changes a row takes its session.

    Joins what a page has read already. Raises RuntimeError inside another one, or inside `reading`: the inner would
    commit what the outer one has only begun. Raises TemporaryError("database.locked") when the lock could not be had.
    """
    session = db.session()
    if (outer := session.info.get(_OPEN)) is not None:
        raise RuntimeError(f"transaction() inside {outer}(): it would commit what was only begun; pass the session on")
    session.info[_OPEN] = "transaction"
    try:
        with _waiting_first(session):
            yield session
            session.flush()
    except OperationalError as exc:
        session.rollback()
        if _is_locked(exc):
            raise database_errors.DatabaseLockedError("database.locked") from exc
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_OPEN, None)


@contextmanager
def _waiting_first(session: Session) -> Iterator[None]:
    """Writes what waits, then what is done inside, and commits both."""
    waiting: list[Waiting] = session.info.get(_WAITING, [])
    try:
        for each in waiting:
            each.write(session)
    except Exception as exc:
        session.rollback()
        if _is_locked(exc):
            raise
        _give_up(waiting, exc)
    yield
    try:
        session.commit()
    except Exception as exc:
        _give_up(waiting, exc)
        raise
    while waiting:
        waiting.pop().written()


def _give_up(waiting: list[Waiting], error: Exception) -> None:
    while waiting:
        waiting.pop().failed(error)


def _is_locked(error: Exception) -> bool:
    meant = database_errors.meaning(error) if isinstance(error, DatabaseError) else None
    return isinstance(meant, database_errors.DatabaseLockedError)


@contextmanager
def reading() -> Iterator[Session]:
    """A short read that takes no write lock and leaves no transaction open; take plain values out of it.

    What the session had open already is joined and left open: then it is the caller's to end.
    """
    session = db.session()
    if session.in_transaction() or _OPEN in session.info:
        yield session
        return
    session.connection(execution_options={READ_ONLY: True})
    session.info[_OPEN] = "reading"
    try:
        yield session
    finally:
        session.info.pop(_OPEN, None)
        session.rollback()


def insert_into(session: Session, model: type[Base]) -> Any:
    """An INSERT as this database spells it: only so spelled does it know ON CONFLICT."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def one_of(column: Any, values: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:
    """That a column is one of these: one value however many they are, so that no statement is too long for it."""
    listed = sorted(values)
    if db.engine.dialect.name == "postgresql":
        return cast(ColumnElement[bool], column == func.any(bindparam(None, listed, type_=ARRAY(column.type))))
    each = func.json_each(json.dumps(listed)).table_valued("value")
    return cast(ColumnElement[bool], column.in_(select(each.c.value)))


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        _prepare_sqlite(connection)
    else:
        connection.execute(f"SET lock_timeout = {max(1, round(LOCK_WAIT_SECONDS * 1000))}")  # 0 would be "for ever"
        connection.execute("SET jit = off")  # what a page asks takes less than making machine code of it
        connection.commit()


def _prepare_sqlite(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={LOCK_WAIT_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",  # a committed intent must survive a power cut
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "handle_error")
def _leave_values_out(context: ExceptionContext) -> None:
    """PostgreSQL's further lines repeat rows ("DETAIL: Failing row contains …"): logs and pages get the first alone."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and getattr(context.original_exception, "sqlstate", None) and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

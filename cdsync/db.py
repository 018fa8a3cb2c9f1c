"""The database handle, its column types, how transactions begin, how lists are cut into pages. Knows no table.

SQLite and PostgreSQL are both at home here. On SQLite a transaction that writes takes the write lock at its start
(BEGIN IMMEDIATE): a reader that turns writer later would fail at once instead of waiting its turn. On both, nobody
waits for a lock longer than LOCK_WAIT_SECONDS.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, cast

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Engine,
    MetaData,
    Select,
    String,
    Text,
    bindparam,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, ExceptionContext
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from . import database_errors

LOCK_WAIT_SECONDS = 20
ROWS_ON_A_PAGE = 50
READ_ONLY = "cdsync_read_only"  # execution option of a connection: begin without the write lock
_WRITTEN = json.JSONEncoder(ensure_ascii=False, default=str)  # made once: a dozen values of each order go through it
_EMPTY: dict[str, type[list[Any]] | type[dict[str, Any]]] = {"[]": list, "{}": dict}
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


class Money(TypeDecorator[Decimal]):
    """A Decimal amount, stored as a whole number of millionths: exact, sortable and summable everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value * 1_000_000
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than six decimals: {value}")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        cents = Decimal(value) / 1_000_000
        return cents.quantize(Decimal("0.01")) if value % 10_000 == 0 else cents.normalize()


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; a naive one is refused rather than guessed."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """JSON kept as text, Decimals as strings: the same on SQLite and PostgreSQL. Assign a new value to change it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _WRITTEN.encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        empty = _EMPTY.get(value)  # which most values of a list of orders are
        return json.loads(value) if empty is None else empty()


Name = String(64)


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


def page_of(query: Select[Any], number: int, *, total: int | None = None) -> Pagination:
    """One page of 50 of a sorted query, from 1 on; past the end it is the last one.

    The items are the first column of each row: one of several columns is a Bundle. total: how many rows there are,
    where that is known; else they are counted. Two statements at most, and two more past the end.
    """
    found = db.paginate(query, page=number, per_page=ROWS_ON_A_PAGE, error_out=False, count=total is None)
    if total is not None:
        found.total = total
    return page_of(query, found.pages, total=found.total) if found.page > max(1, found.pages) else found


class _Read(Pagination):
    """A page that was read already."""

    def _query_items(self) -> list[Any]:
        return list(self._query_args["items"])

    def _query_count(self) -> int:
        return int(self._query_args["total"])


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


def page_of_items(items: list[Any], number: int, total: int) -> Pagination:
    """The page of this number, whose items are at hand already, of so many in all."""
    return _Read(page=number, per_page=ROWS_ON_A_PAGE, items=items, total=total)


def page_of_ids(
    ids: Callable[[int, int, bool], Select[int]], read: Callable[[Select[int]], list[Any]], number: int, total: int
) -> Pagination:
    """As `page_of`, for a list that may be long: skips ids alone, by the index they are sorted by, and at most half.

    ids: of (offset, limit, from the end) the ids of so many rows, counted from that end; read: the rows, sorted.
    """
    number = min(max(1, number), max(1, -(-total // ROWS_ON_A_PAGE)))
    before = (number - 1) * ROWS_ON_A_PAGE
    rows = min(ROWS_ON_A_PAGE, max(0, total - before))
    near = before <= total // 2
    items = read(ids(before if near else total - before - rows, rows, not near)) if rows else []
    return page_of_items(items, number, total)


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        _prepare_sqlite(connection)
    else:
        connection.execute(f"SET lock_timeout = {max(1, round(LOCK_WAIT_SECONDS * 1000))}")  # 0 would be "for ever"
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

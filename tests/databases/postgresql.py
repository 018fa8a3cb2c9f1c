"""PostgreSQL: a database for each application on one server, copied from one with all tables, emptied between tests.

Measured on PostgreSQL 15 with 17 tables: a copy (STRATEGY file_copy) takes 20 ms and its removal 8, TRUNCATE of all
tables 50 and more, since each gets new files; DELETE of the few rows a test wrote takes 3, so that is how it is done.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import NullPool

from cdsync.db import db

# Rows go without the foreign keys being asked, and a table that has grown is truncated: nothing else shrinks it.
EMPTY_ALL = """
CREATE FUNCTION empty_all() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  each record;
  seen text[] := '{}';
BEGIN
  SET LOCAL lock_timeout = '2s';
  SET LOCAL session_replication_role = replica;
  FOR each IN
    SELECT oid, relname, relkind FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i', 'S') ORDER BY relname
  LOOP
    seen := seen || each.relname::text;
    IF each.relkind = 'S' THEN
      EXECUTE format('SELECT setval(%L, 1, false) FROM %1$I WHERE is_called', each.relname);
    ELSIF each.relkind = 'r' THEN
      IF pg_relation_size(each.oid) > 1000000 THEN
        EXECUTE format('TRUNCATE %I CASCADE', each.relname);
      ELSE
        EXECUTE format('DELETE FROM %I', each.relname);
      END IF;
    END IF;
  END LOOP;
  RETURN seen;
END $$
"""


NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
NO_ROWS = 21  # bytes: the header and the end of a binary COPY
OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
EMPTY = SQL("STRATEGY file_copy")


class PostgresqlServer:
    """`url`: the address of a running server, as its superuser. `prefix` tells several of these apart on it."""

    name = "postgresql"

    def __init__(self, url: str, prefix: str) -> None:
        self._url, self._prefix = make_url(url), prefix
        self._admin = self._connect(str(self._url.database))
        self._numbers = itertools.count(1)
        self._names: dict[Path, str] = {}  # by instance folder
        self._open: dict[str, psycopg.Connection[Any] | None] = {}  # databases, with the connection that empties each
        self._template = f"{prefix}_template"
        self._tables = sorted(db.metadata.tables)
        self._schema: list[str] = []  # tables, indexes and sequences
        self._clients: dict[str, list[psycopg.Connection[Any]]] = {}  # of applications, which may forget to close them
        event.listen(Engine, "do_connect", self._make_when_asked)
        event.listen(Engine, "connect", self._remember)

    def address(self, instance: Path) -> str:
        name = self._names.setdefault(instance, f"{self._prefix}_{next(self._numbers)}")
        return self._url.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)

    def environment(self, instance: Path) -> dict[str, str]:
        url = self.address(instance)
        if _name(url) not in self._open:
            self._make(_name(url), EMPTY)
        return {"CDSYNC_DATABASE_URL": url}

    def make_tables(self, url: str) -> None:
        if self._template not in self._open:
            self._make_template()
        self._drop(_name(url))
        self._make(_name(url), SQL("TEMPLATE {} STRATEGY file_copy").format(Identifier(self._template)))

    def empty(self, url: str) -> None:
        name = _name(url)
        if name not in self._open or self._emptied(name) != self._schema:  # the test took something away
            self.make_tables(url)

    def leave(self, engine: Engine) -> None:
        """Its connections serve the next test as well."""

    def keep(self, url: str) -> Any:
        there = self._in(_name(url))
        rows = {}
        for table in self._tables:
            with there.cursor().copy(_copy("COPY {} TO STDOUT (FORMAT binary)", table)) as copy:
                rows[table] = b"".join(copy)
        return rows, there.execute(NUMBERS).fetchall()

    def put_back(self, url: str, kept: Any) -> None:
        name = _name(url)
        self._throw_out(name)
        self.empty(url)
        self.fill(url, kept)

    def fill(self, url: str, kept: Any) -> None:
        there = self._in(_name(url))
        rows, numbers = kept
        with there.transaction():
            there.execute("SET LOCAL session_replication_role = replica")
            for table, content in rows.items():
                if len(content) > NO_ROWS:
                    with there.cursor().copy(_copy("COPY {} FROM STDIN (FORMAT binary)", table)) as copy:
                        copy.write(content)
            for sequence, number in numbers:
                there.execute("SELECT setval(%s, %s)", (sequence, number))

    def forget(self, earlier: set[str]) -> None:
        for name in self.made() - earlier - {self._template}:
            self._drop(name)

    def made(self) -> set[str]:
        return set(self._open)

    def stop(self) -> None:
        event.remove(Engine, "do_connect", self._make_when_asked)
        event.remove(Engine, "connect", self._remember)
        for name in self.made():
            self._drop(name)
        self._admin.close()

    def _make_when_asked(self, _dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        """A file of SQLite comes to be when it is opened; so does a database here."""
        name = str(parameters.get("dbname", ""))
        if name in self._names.values() and name not in self._open:
            self._make(name, EMPTY)

    def _remember(self, client: Any, _record: Any) -> None:
        if isinstance(client, psycopg.Connection):
            known = self._clients.setdefault(client.info.dbname, [])
            known[:] = [each for each in known if not each.closed] + [client]

    def _make_template(self) -> None:
        url = self.address(Path(self._template))
        engine = create_engine(url, poolclass=NullPool)
        db.metadata.create_all(engine)
        with self._connect(_name(url)) as there:
            there.execute(EMPTY_ALL)
            self._schema = there.execute("SELECT empty_all()").fetchone()[0]  # type: ignore[index]
        self._admin.execute(
            SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(_name(url)), Identifier(self._template))
        )
        self._open[self._template] = self._open.pop(_name(url))

    def _make(self, name: str, how: SQL | Composed) -> None:
        self._admin.execute(SQL("CREATE DATABASE {} {}").format(Identifier(name), how))
        self._open[name] = None

    def _drop(self, name: str) -> None:
        there = self._open.pop(name, None)
        for each in [*self._clients.pop(name, []), *([there] if there is not None else [])]:
            each.close()
        self._admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def _emptied(self, name: str) -> list[str]:
        """What its schema consists of, no table with a row now; somebody who holds a lock on one is thrown out."""
        try:
            return list(self._in(name).execute("SELECT empty_all()").fetchone()[0])  # type: ignore[index]
        except LockNotAvailable:
            self._throw_out(name)
            return list(self._in(name).execute("SELECT empty_all()").fetchone()[0])  # type: ignore[index]

    def _throw_out(self, name: str) -> None:
        there = self._open.get(name)
        if there is not None:
            there.close()
            self._open[name] = None
        self._admin.execute(OTHERS, (name,))

    def _in(self, name: str) -> psycopg.Connection[Any]:
        there = self._open.get(name)
        if there is None:
            there = self._open[name] = self._connect(name)
        return there

    def _connect(self, name: str) -> psycopg.Connection[Any]:
        address = self._url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)


def _name(url: str) -> str:
    return str(make_url(url).database)


def _copy(statement: LiteralString, table: str) -> Composed:
    return SQL(statement).format(Identifier(table))

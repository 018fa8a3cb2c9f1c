"""Every row of the database, to say what a request changed and to go back. Works on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import TableClause, column, delete, insert, select, table

from cdsync.db import READ_ONLY, db

Row = dict[str, Any]
OF_AN_ACCOUNT = "account_id"


class Rows:
    """The rows as they were when this was made. `changed` is cheap while nothing is written, whatever is read."""

    def __init__(self) -> None:
        self._kept = _read()
        self._watch, self._saved = _watch(), sqlite3.connect(":memory:")
        if self._watch is not None:
            self._watch.backup(self._saved)
        self._version = self._now()

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *_: object) -> None:
        """No connection is left open: the next test puts another file in this one's place."""
        self._saved.close()
        if self._watch is not None:
            self._watch.close()

    def changed(self) -> list[tuple[str, Row]]:
        """Each row that is not as it was, before or after: its table and itself."""
        if self._version is not None and self._now() == self._version:
            return []
        found, present = [], _read()
        for name, before in self._kept.items():
            after = present[name]
            if before != after:
                found += [(name, row) for row in before if row not in after]
                found += [(name, row) for row in after if row not in before]
        self._version = self._now() if not found else self._version
        return found

    def go_back(self) -> None:
        """All rows as they were. The session must hold nothing that is to be kept."""
        db.session.remove()
        writer = _watch()
        if writer is not None:
            self._saved.backup(writer)
            writer.close()
        else:
            self._write()
        self._version = self._now()

    def _write(self) -> None:
        for _name, plain, _key in reversed(_plain_tables()):
            db.session.execute(delete(plain))
        for name, plain, _key in _plain_tables():
            if self._kept[name]:
                db.session.execute(insert(plain), self._kept[name])
        db.session.commit()

    def owners(self, of: str, row: Row) -> set[int]:
        """The accounts a row hangs on; none for people and what belongs to nobody."""
        if of == "accounts":
            return {row["id"]}
        if row.get(OF_AN_ACCOUNT) is not None:
            return {row[OF_AN_ACCOUNT]}
        found: set[int] = set()
        for key in db.metadata.tables[of].foreign_keys:
            parent, value = key.column.table.name, row.get(key.parent.name)
            for each in self._kept[parent]:
                if each[key.column.name] == value:
                    found |= self.owners(parent, each)
        return found

    def _now(self) -> int | None:
        """SQLite's count of what other connections committed; None where there is no such thing."""
        return None if self._watch is None else int(self._watch.execute("PRAGMA data_version").fetchone()[0])


def _watch() -> sqlite3.Connection | None:
    if db.engine.dialect.name != "sqlite":
        return None
    return sqlite3.connect(str(db.engine.url.database))


def _read() -> dict[str, list[Row]]:
    """As the driver gives them, in a transaction of its own connection that takes no lock."""
    db.session.rollback()
    with db.engine.connect() as connection:
        looking = connection.execution_options(**{READ_ONLY: True})
        found = {
            name: [dict(row) for row in looking.execute(select(plain).order_by(plain.c[key])).mappings()]
            for name, plain, key in _plain_tables()
        }
        looking.rollback()
    return found


def _plain_tables() -> list[tuple[str, TableClause, str]]:
    """Each table without its types, and the first column of its key; what others hang on comes first."""
    found = []
    for each in db.metadata.sorted_tables:
        plain = table(each.name, *(column(one.name) for one in each.columns))
        found.append((each.name, plain, next(iter(each.primary_key)).name))
    return found

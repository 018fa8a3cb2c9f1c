"""The database that the tests run on: a file of SQLite for each application, or one of PostgreSQL.

`pytest --database postgresql` (`make test-postgresql`) runs the same tests on a PostgreSQL server of their own.
`chosen()` is what fixtures ask; a test that is about one of the two says so: `@pytest.mark.only_on("sqlite", "why")`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import Engine

NAMES = ("sqlite", "postgresql")


class Databases(Protocol):
    """Databases of one kind. Addresses are those of CDSYNC_DATABASE_URL."""

    name: str

    def address(self, instance: Path) -> str:
        """The database of the application with this instance folder: without tables, made when first asked for."""

    def environment(self, instance: Path) -> dict[str, str]:
        """What a process of its own is told, so that its application with this instance folder uses that database."""

    def make_tables(self, url: str) -> None:
        """All tables and no row, whatever was there. Nobody may be at work there."""

    def empty(self, url: str) -> None:
        """The same for a database that had all tables: quicker. Numbers of rows begin with 1 again."""

    def leave(self, engine: Engine) -> None:
        """For an engine whose database will be emptied: what it has open may stand in the way."""

    def keep(self, url: str) -> Any:
        """Every row, for `put_back`. Nobody may be at work there."""

    def put_back(self, url: str, kept: Any) -> None:
        """Exactly those rows; whoever is still connected there is thrown out."""

    def fill(self, url: str, kept: Any) -> None:
        """The same where there is no row; with SQLite, nothing may have the file open."""

    def forget(self, earlier: set[str]) -> None:
        """Drops the databases made since then, to save space."""

    def made(self) -> set[str]:
        """The databases there are, for `forget`."""

    def stop(self) -> None: ...


_CHOSEN: list[Databases] = []


def choose(databases: Databases) -> None:
    """For the whole test run, at its start."""
    _CHOSEN[:] = [databases]


def chosen() -> Databases:
    return _CHOSEN[0]


def make_tables(app: Flask) -> None:
    """Gives an application of one's own all tables, without a row."""
    chosen().make_tables(app.config["CDSYNC_DATABASE_URL"])

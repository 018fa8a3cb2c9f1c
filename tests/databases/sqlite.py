"""SQLite: a file in each instance folder; one with all tables is made once and copied."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import NullPool

from cdsync.config import usual_database
from cdsync.db import db


class SqliteFiles:
    name = "sqlite"

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cdsync-empty-")
        self._empty: Path | None = None

    def address(self, instance: Path) -> str:
        return usual_database(instance)

    def environment(self, instance: Path) -> dict[str, str]:
        return {}

    def make_tables(self, url: str) -> None:
        self.put_back(url, self._template().read_bytes())

    def empty(self, url: str) -> None:
        file = _file(url)
        _remove_journals(file)
        shutil.copy(self._template(), file)

    def leave(self, engine: Engine) -> None:
        engine.dispose()  # the file is about to be another one

    def keep(self, url: str) -> bytes:
        with closing(sqlite3.connect(_file(url))) as connection:
            return connection.serialize()

    def put_back(self, url: str, kept: Any) -> None:
        file = _file(url)
        file.unlink(missing_ok=True)
        _remove_journals(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(kept)

    def fill(self, url: str, kept: Any) -> None:
        self.put_back(url, kept)

    def forget(self, earlier: set[str]) -> None:
        """They are in folders of the tests, which pytest removes."""

    def made(self) -> set[str]:
        return set()

    def stop(self) -> None:
        self._folder.cleanup()

    def _template(self) -> Path:
        if self._empty is None:
            self._empty = Path(self._folder.name) / "empty.sqlite3"
            engine = create_engine(f"sqlite:///{self._empty}", poolclass=NullPool)
            db.metadata.create_all(engine)
            engine.dispose()
        return self._empty


def _file(url: str) -> Path:
    return Path(str(make_url(url).database))


def _remove_journals(file: Path) -> None:
    for ending in ("-wal", "-shm", "-journal"):
        file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)


@event.listens_for(Engine, "connect")
def _trust_the_machine(connection: Any, _record: Any) -> None:
    """No waiting for the disk: what a power cut would do is not what tests ask."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF").close()

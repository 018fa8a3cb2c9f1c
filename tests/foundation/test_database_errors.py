"""What a database says is turned into what a person can do: real SQLite refusals, and PostgreSQL's by their numbers."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from cdsync.database_errors import meaning
from cdsync.error_catalogue import CATALOGUE
from cdsync.errors import ConfigError, TemporaryError


def engine(file: Path | str, query: str = "") -> Engine:
    return create_engine(f"sqlite:///{file}{query}", poolclass=NullPool)


def refusal(engine: Engine, *statements: str) -> DatabaseError:
    """What the last statement is refused with."""
    with engine.connect() as connection:
        for statement in statements[:-1]:
            connection.execute(text(statement))
        with pytest.raises(DatabaseError) as refused:
            connection.execute(text(statements[-1]))
    return refused.value


def _read(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT * FROM thing"))


@pytest.fixture
def made(tmp_path: Path) -> Path:
    file = tmp_path / "made.sqlite3"
    with engine(file).begin() as connection:
        connection.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)"))
    return file


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM other", "SELECT colour FROM thing", "INSERT INTO thing (colour) VALUES (1)"]
)
def test_tables_of_another_version_are_recognised(made: Path, statement: str) -> None:
    told = meaning(refusal(engine(made), statement))
    assert isinstance(told, ConfigError)
    assert told.code == "database.not_current"


def test_a_folder_that_is_not_there_is_a_database_out_of_reach(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError) as refused:
        _read(engine(tmp_path / "none" / "x.sqlite3"))
    told = meaning(refused.value)
    assert isinstance(told, TemporaryError)
    assert (told.code, told.data) == ("database.away", {"reason": "unable to open database file"})


def test_a_full_disk_is_recognised(made: Path) -> None:
    full = refusal(engine(made), "PRAGMA max_page_count=1", f"INSERT INTO thing (name) VALUES ('{'x' * 99_999}')")
    told = meaning(full)
    assert told is not None
    assert told.code == "database.disk_full"


def test_a_database_that_may_only_be_read_is_recognised(made: Path) -> None:
    reader = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"file:{made}?mode=ro", uri=True), poolclass=NullPool
    )
    told = meaning(refusal(reader, "INSERT INTO thing (name) VALUES ('x')"))
    assert told is not None
    assert told.code == "database.read_only"


def test_a_file_of_another_kind_is_recognised(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database " * 100)
    with pytest.raises(DatabaseError) as refused:
        _read(engine(file))
    told = meaning(refused.value)
    assert told is not None
    assert told.code == "database.damaged"


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (OperationalError("", {}, psycopg.OperationalError("connection failed: refused\n\tIs it running?")), "away"),
        (OperationalError("", {}, psycopg.errors.AdminShutdown("terminating connection")), "away"),
        (OperationalError("", {}, psycopg.errors.DeadlockDetected("deadlock detected")), "locked"),
        (OperationalError("", {}, psycopg.errors.DiskFull("could not extend file")), "disk_full"),
        (OperationalError("", {}, psycopg.errors.IoError("could not write block")), "disk_failed"),
        (DatabaseError("", {}, psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT")), "read_only"),
        (ProgrammingError("", {}, psycopg.errors.UndefinedTable('relation "thing" does not exist')), "not_current"),
    ],
)
def test_postgresql_is_understood_in_any_language(refused: DatabaseError, code: str) -> None:
    told = meaning(refused)
    assert told is not None
    assert told.code == f"database.{code}"
    assert told.code in CATALOGUE
    assert "\n" not in told.data["reason"]


def test_a_fault_of_our_own_has_no_sentence(made: Path) -> None:
    twice = refusal(engine(made), "INSERT INTO thing (id) VALUES (1)", "INSERT INTO thing (id) VALUES (1)")
    assert isinstance(twice, IntegrityError)
    assert meaning(twice) is None
    assert meaning(ProgrammingError("", {}, psycopg.errors.SyntaxError("syntax error"))) is None

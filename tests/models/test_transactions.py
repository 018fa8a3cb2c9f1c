"""Transactions are short; a locked database is a temporary error, whoever holds the lock."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

import cdsync.db
from cdsync.db import db, reading, transaction
from cdsync.errors import TemporaryError
from cdsync.models import Heartbeat, User


@pytest.fixture
def impatient(app, monkeypatch):
    """Connections opened from now on wait a moment for a lock."""
    monkeypatch.setattr(cdsync.db, "LOCK_WAIT_SECONDS", 0.05)
    db.engine.dispose()
    yield
    db.session.remove()
    db.engine.dispose()


def test_a_lock_held_elsewhere_is_a_temporary_error(impatient):
    with transaction() as session:
        session.add(Heartbeat(name="x"))
    with db.engine.connect() as other:
        other.execute(update(Heartbeat).values(name="y"))  # SQLite locks the file, PostgreSQL the row
        with pytest.raises(TemporaryError) as caught, transaction() as session:
            session.execute(update(Heartbeat).values(name="z"))
        assert caught.value.code == "database.locked"
        with reading() as session:  # reading goes on meanwhile
            assert session.scalars(select(Heartbeat.name)).all() == ["x"]


def test_an_error_rolls_everything_back_and_leaves_no_transaction(app):
    def fail_half_way() -> None:
        with transaction() as session:
            session.add(Heartbeat(name="x"))
            raise KeyError("x")

    with pytest.raises(KeyError):
        fail_half_way()
    assert not db.session().in_transaction()
    assert db.session.query(Heartbeat).count() == 0


def test_reading_inside_a_transaction_leaves_it_open(app):
    with transaction() as session:
        session.add(Heartbeat(name="x"))
        with reading() as inner:
            assert inner.query(Heartbeat).count() == 1
    assert db.session.query(Heartbeat).count() == 1


@pytest.mark.parametrize("outer", [transaction, reading])
def test_a_transaction_inside_another_is_refused_and_what_was_begun_undone(app, outer):
    def begin_twice() -> None:
        with outer() as session:
            if outer is transaction:
                session.add(Heartbeat(name="x"))
            with transaction():
                pytest.fail("the inner one must not begin")

    with pytest.raises(RuntimeError, match=f"inside {outer.__name__}"):
        begin_twice()
    assert not db.session().in_transaction()
    assert db.session.query(Heartbeat).count() == 0
    db.session.rollback()
    with transaction() as session:  # what was refused stands in nobody's way
        session.add(Heartbeat(name="y"))
    assert db.session.query(Heartbeat).count() == 1


@pytest.mark.parametrize(
    "rows",
    [
        [{"name": "Zoé Durand", "role": "merchant"}]
        * 2,  # PostgreSQL: "DETAIL: Key (name)=(Zoé Durand) already exists."
        [{"name": "Zoé Durand", "role": None}],  # "DETAIL: Failing row contains (1, Zoé Durand, …)."
        [{"name": "Zoé Durand" * 20, "role": "x" * 99, "password_hash": None}],
    ],
)
def test_what_a_refusal_says_repeats_no_value(app, rows):
    *before, last = [insert(User).values({"password_hash": "secret hash", **row}) for row in rows]
    for statement in before:
        db.session.execute(statement)
    with pytest.raises(DBAPIError) as refused:
        db.session.execute(last)
    db.session.rollback()
    logged = "".join(traceback.format_exception(refused.value))
    assert "Durand" not in logged
    assert "secret hash" not in logged
    assert "users" in str(refused.value)  # it still says where

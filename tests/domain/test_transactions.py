"""Transactions are short; a locked database is a temporary error, whoever holds the lock."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from cdsync.db import db, reading, transaction
from cdsync.errors import TemporaryError
from cdsync.models import Heartbeat


def test_a_write_lock_held_elsewhere_is_a_temporary_error(app):
    db.session.execute(text("PRAGMA busy_timeout=50"))
    db.session.rollback()
    with sqlite3.connect(Path(app.instance_path) / "cdsync.sqlite3", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TemporaryError) as caught, transaction() as session:
            session.add(Heartbeat(name="x"))
        assert caught.value.code == "database.locked"
        with reading() as session:  # reading goes on meanwhile
            assert session.query(Heartbeat).count() == 0
        other.execute("ROLLBACK")
    other.close()


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

"""What runs keep of the shop's own data: for ten minutes, for one account, and never at the price of a run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from cdsync import accounts
from cdsync.bookkeeping.read_cache import AccountCache
from cdsync.db import db, now, transaction
from cdsync.models import CachedRead


@pytest.fixture
def cache(fake_account) -> AccountCache:
    return AccountCache(fake_account.id)


def test_the_last_value_is_given_back(cache):
    assert cache.get("countries") is None
    cache.put("countries", [{"id": "8", "name": "Côte d’Ivoire"}])
    cache.put("countries", [{"id": "9"}])
    assert cache.get("countries") == [{"id": "9"}]
    assert cache.get("taxes") is None


def test_a_value_is_forgotten_after_ten_minutes(cache):
    cache.put("countries", [])
    with transaction() as session:
        session.execute(update(CachedRead).values(read_at=now() - timedelta(minutes=10)))
    assert cache.get("countries") is None


def test_what_is_to_be_remembered_outlives_minutes_and_clearing(cache):
    assert cache.recall("what the shop charges") is None
    cache.remember("what the shop charges", {"well": True})
    cache.remember("what the shop charges", {"well": False})
    with transaction() as session:
        session.execute(update(CachedRead).values(read_at=now() - timedelta(days=3)))
    cache.clear()
    assert cache.recall("what the shop charges") == {"well": False}
    assert cache.get("what the shop charges") is None


def test_clearing_leaves_other_accounts_alone(cache):
    other = AccountCache(accounts.ensure("other").id)
    for each in (cache, other):
        each.put("countries", ["x"])
    cache.clear()
    assert (cache.get("countries"), other.get("countries")) == (None, ["x"])


def test_no_transaction_is_left_open(cache):
    cache.put("countries", ["x"])
    cache.get("countries")
    assert not db.session().in_transaction()


def test_a_locked_database_costs_only_the_keeping(cache, monkeypatch, caplog):
    cache.put("countries", ["x"])
    monkeypatch.setattr("cdsync.db.LOCK_WAIT_SECONDS", 0)
    db.session.rollback()
    db.engine.dispose()
    with db.engine.connect() as other:
        other.execute(update(CachedRead).values(read_at=now()))  # SQLite locks the file, PostgreSQL the row
        cache.put("countries", ["y"])
    assert "database.locked" in caplog.text
    assert cache.get("countries") == ["x"]

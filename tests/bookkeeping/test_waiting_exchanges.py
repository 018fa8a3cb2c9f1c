"""A run's exchanges go with the next commit: a write's with what came of it, trouble at once, none beside a refusal."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from cdsync import accounts, runs
from cdsync.bookkeeping import run_recorder
from cdsync.bookkeeping.run_recorder import RunRecorder
from cdsync.bookkeeping.waiting_exchanges import WaitingExchanges
from cdsync.connectors.base import Exchange
from cdsync.db import db, transaction
from cdsync.models import Account
from tests.fakes import reading
from tests.full_disk import grows_no_more
from tests.worlds import keep_reading

READ = Exchange(
    "shop", "GET", "https://shop.example/api/carts", 200, 12, datetime.now(UTC), "", "<carts/>", order_refs=("A1",)
)
WRITE = replace(READ, method="POST", status=201)


@pytest.fixture
def recorder(fake_account: Account) -> RunRecorder:
    keep_reading(fake_account, reading("A1"))
    run = runs.start(fake_account, "import", trigger="cli")
    recorder = RunRecorder(run.account_id, run.id)
    db.session.rollback()
    return recorder


def kept() -> list[tuple[str, str]]:
    """As another process sees it: method of each exchange, and the order it belongs to."""
    query = """SELECT e.method, o.marketplace_ref FROM exchanges e JOIN exchange_orders x ON x.exchange_id = e.id
               JOIN orders o ON o.id = x.order_id ORDER BY e.id"""
    with db.engine.connect() as other:
        return [(method, ref) for method, ref in other.execute(text(query))]


def names() -> list[str]:
    with db.engine.connect() as other:
        return list(other.execute(text("SELECT name FROM accounts ORDER BY id")).scalars())


def test_what_was_read_is_kept_with_the_next_commit(recorder):
    recorder.record(READ)
    recorder.sending()
    recorder.record(replace(READ, at=READ.at + timedelta(seconds=1)))
    assert kept() == []
    with transaction():
        pass
    assert kept() == [("GET", "A1")] * 2


def test_exchanges_of_the_same_moment_are_kept_apart(recorder):
    for _ in range(3):
        recorder.record(READ)
    with transaction():
        pass
    assert kept() == [("GET", "A1")] * 3


def test_a_write_is_kept_in_one_commit_with_what_came_of_it(recorder):
    commits: list[object] = []
    count = commits.append
    event.listen(db.engine, "commit", count)
    try:
        recorder.record(READ)
        recorder.record(WRITE)
        with transaction() as session:
            session.execute(text("UPDATE accounts SET name = 'told'"))
    finally:
        event.remove(db.engine, "commit", count)
    assert (len(commits), kept(), names()) == (1, [("GET", "A1"), ("POST", "A1")], ["told"])


def test_before_another_request_leaves_a_write_is_kept(recorder):
    recorder.record(WRITE)
    assert kept() == []
    recorder.sending()
    assert kept() == [("POST", "A1")]


def test_a_read_waits_no_longer_than_a_few_seconds(recorder, monkeypatch):
    recorder.record(READ)
    monkeypatch.setattr(run_recorder, "LONGEST_WAIT", 0.0)
    recorder.sending()
    assert kept() == [("GET", "A1")]


@pytest.mark.parametrize(("method", "status"), [("GET", 503), ("GET", None), ("POST", 500), ("POST", None)])
def test_what_did_not_go_well_is_kept_at_once(recorder, method, status):
    recorder.record(READ)
    recorder.record(replace(WRITE, method=method, status=status))
    assert kept() == [("GET", "A1"), (method, "A1")]


def test_so_many_are_written_without_waiting(recorder, monkeypatch):
    monkeypatch.setattr(run_recorder, "MOST_WAITING", 3)
    for _ in range(3):
        recorder.record(READ)
    assert len(kept()) == 3


def test_a_commit_that_was_not_made_costs_no_record(recorder):
    recorder.record(WRITE)
    with suppress(KeyError), transaction() as session:
        session.execute(text("UPDATE accounts SET name = 'told'"))
        raise KeyError
    assert (kept(), names()) == ([], ["main"])
    with transaction():
        pass
    assert kept() == [("POST", "A1")]


def test_a_record_that_cannot_be_written_costs_no_fact(recorder, monkeypatch):
    recorder.record(WRITE)

    def refused(_self: WaitingExchanges, session: object) -> None:
        db.session.execute(text("UPDATE accounts SET name = 'half'"))
        with grows_no_more():
            db.session.execute(text("INSERT INTO exchanges (id) VALUES (1)"))

    monkeypatch.setattr(WaitingExchanges, "write", refused)
    with transaction() as session:
        session.execute(text("UPDATE accounts SET active = :no"), {"no": False})
    assert (kept(), names(), accounts.find("main").active) == ([], ["main"], False)

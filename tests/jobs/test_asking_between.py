"""The scheduler asks marketplaces between lookups: one scheduler does, beside its clock, whoever keeps silent."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from cdsync import settings
from cdsync.bookkeeping import arrivals
from cdsync.db import db, transaction
from cdsync.models import Account, Run
from cdsync.operations import OPERATIONS
from cdsync.runs import queue
from cdsync.sandbox.octopia import OctopiaSandbox, order_json
from rq_jobs import asking
from rq_jobs.schedule import SettingsScheduler

from .conftest import KillableRedis

pytestmark = pytest.mark.redis
COUNT = "/seller/v2/orders/count"


@pytest.fixture
def scheduled(here: Flask, account: Account) -> Account:
    """Lookups come often, and one has come to its end a while ago."""
    settings.load({"account": "main", "schedule": {**dict.fromkeys(OPERATIONS), "lookup": settings.OFTEN}})
    with transaction() as session:
        arrivals.listed(session, account.id, seller(account), '{"CDISFR": "2026-11-20T00:00:00+00:00"}', anything=True)
    long_ago(account.id)
    return account


def seller(account: Account) -> str:
    return settings.seller_of(settings.read(account))


def long_ago(account_id: int) -> None:
    """The last question is long enough ago."""
    with transaction() as session:
        row = arrivals._row(session, account_id)
        assert row is not None
        row.value = {**row.value, "since": "2026-11-20T00:00:00+00:00"}


def look(scheduler: SettingsScheduler) -> None:
    scheduler.enqueue_jobs()
    scheduler.questions.join()


def test_of_two_schedulers_the_one_that_holds_the_clock_asks(scheduled: Account, market: OctopiaSandbox) -> None:
    first, second = SettingsScheduler(queue.connection()), SettingsScheduler(queue.connection())
    look(first)
    long_ago(scheduled.id)
    for _ in range(3):
        look(second)
    assert len(market.server.requests("GET", COUNT)) == 1
    look(first)
    assert len(market.server.requests("GET", COUNT)) == 2


def test_one_that_takes_over_in_between_does_not_ask_again(scheduled: Account, market: OctopiaSandbox) -> None:
    first, second = SettingsScheduler(queue.connection()), SettingsScheduler(queue.connection())
    look(first)
    first.connection.delete("cdsync:clock")  # it was killed, and its time ran out
    look(second)
    assert second.has_clock
    assert len(market.server.requests("GET", COUNT)) == 1


def test_what_came_waits_in_the_queue_of_the_lookup(scheduled: Account, market: OctopiaSandbox) -> None:
    market.add(order_json())
    look(SettingsScheduler(queue.connection()))
    assert set(queue.waiting_since()) == {queue.name_of(scheduled.id, "lookup")}
    db.session.rollback()
    run = db.session.query(Run).one()
    assert (run.operation, run.trigger, run.state) == ("lookup", "arrival", "queued")
    assert queue.waiting_runs() == {run.id}


def test_without_redis_nobody_is_asked(scheduled: Account, market: OctopiaSandbox, redis: KillableRedis) -> None:
    scheduler = SettingsScheduler(queue.connection())
    look(scheduler)
    long_ago(scheduled.id)
    redis.kill()
    look(scheduler)
    assert len(market.server.requests("GET", COUNT)) == 1


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Marketplaces that do not answer: the accounts that were asked."""
    asked: list[int] = []
    answered = threading.Event()

    def ask(account_id: int) -> None:
        asked.append(account_id)
        answered.wait(30)

    monkeypatch.setattr(asking, "ask", ask)
    yield asked
    answered.set()


def test_silent_ones_hold_a_thread_each_and_not_the_clock(
    scheduled: Account, silent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "accounts_to_ask", lambda: list(range(1, 10)))
    scheduler = SettingsScheduler(queue.connection())
    began = time.monotonic()
    for _ in range(3):
        scheduler.enqueue_jobs()
    assert time.monotonic() - began < 20
    assert sorted(silent) == [1, 2, 3, 4]


def test_a_fault_of_the_program_is_told_and_ends_that_question_only(
    scheduled: Account, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def ask(account_id: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(asking, "ask", ask)
    scheduler = SettingsScheduler(queue.connection())
    look(scheduler)
    assert [record.levelno for record in caplog.records if "asking account" in record.getMessage()] == [logging.ERROR]
    look(scheduler)

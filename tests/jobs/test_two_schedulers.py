"""Several schedulers on one Redis: each due time is fired once, and the clock passes on when its holder dies."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from rq.utils import now

from cdsync import settings
from cdsync.db import db
from cdsync.models import Account
from cdsync.operations import OPERATIONS
from cdsync.runs import queue
from rq_jobs.schedule import CLOCK_SECONDS, TICK_SECONDS, SettingsScheduler

pytestmark = pytest.mark.redis


@pytest.fixture
def two(here: Flask, fake_account: Account) -> tuple[SettingsScheduler, SettingsScheduler]:
    settings.load({"account": "main", "schedule": {**dict.fromkeys(OPERATIONS), "lookup": "0 4 1 1 *"}})
    db.session.remove()
    first, second = SettingsScheduler(queue.connection()), SettingsScheduler(queue.connection())
    assert (first.enqueue_jobs(), second.enqueue_jobs()) == ([], [])
    assert (first.has_clock, second.has_clock) == (True, False)
    return first, second


def come(due: datetime, *schedulers: SettingsScheduler) -> None:
    for scheduler in schedulers:
        (job,) = [each for each in scheduler.get_jobs() if each.name != "tidying"]
        job.next_enqueue_time = due


def fired(*schedulers: SettingsScheduler) -> list[int]:
    return [len(scheduler.enqueue_jobs()) for scheduler in schedulers]


def waiting() -> int:
    return sum(len(each) for each in queue.every(queue.connection()))


def empty() -> None:
    for each in queue.every(queue.connection()):
        each.empty()


def test_one_fires_and_the_other_waits(two: tuple[SettingsScheduler, SettingsScheduler]) -> None:
    first, second = two
    come(now() - timedelta(seconds=1), first, second)
    assert fired(second, first, second, first) == [0, 1, 0, 0]
    assert second.calculate_sleep_interval() == TICK_SECONDS  # it is no longer due there, and must not spin before
    assert waiting() == 1


def test_when_the_holder_dies_the_other_fires_what_was_not(two: tuple[SettingsScheduler, SettingsScheduler]) -> None:
    first, second = two
    due = now() - timedelta(seconds=1)
    come(due, first, second)
    assert fired(first) == [1]
    empty()
    first.connection.delete("cdsync:clock")  # it was killed, and its time ran out
    assert fired(second) == [0]
    assert second.has_clock
    come(due + timedelta(minutes=1), second)
    second.get_jobs()[0].next_enqueue_time = now() - timedelta(milliseconds=1)
    assert fired(second) == [1]
    empty()
    come(due, first)  # it only slept: it finds that its clock is gone, and that the time was fired
    assert fired(first) == [0]
    assert not first.has_clock
    assert waiting() == 0


def test_the_clock_runs_out_within_a_minute_and_is_left_at_a_stop(
    two: tuple[SettingsScheduler, SettingsScheduler],
) -> None:
    first, second = two
    assert 0 < first.connection.pttl("cdsync:clock") <= CLOCK_SECONDS * 1000
    assert CLOCK_SECONDS + TICK_SECONDS < 60
    first.register_birth()
    first.register_death()
    fired(second)
    assert second.has_clock


def test_a_time_that_two_fire_at_once_is_fired_by_one(two: tuple[SettingsScheduler, SettingsScheduler]) -> None:
    """The holder slept for longer than its clock ran, in the middle of its work."""
    first, second = two
    come(now() - timedelta(seconds=1), first, second)
    jobs = [each.get_jobs()[0] for each in two]
    assert [job.fire(first.connection) for job in jobs] == [True, False]  # type: ignore[attr-defined]


def test_one_run_does_for_what_still_waits_from_before(two: tuple[SettingsScheduler, SettingsScheduler]) -> None:
    first, _ = two
    for minutes in (2, 1):
        come(now() - timedelta(minutes=minutes), first)
        fired(first)
    assert waiting() == 1

"""The scheduler while Redis or the database is away: one line, nothing lost, and it goes on by itself."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from flask import Flask
from rq.utils import now

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.models import Account
from cdsync.operations import OPERATIONS
from cdsync.runs import heartbeats, queue
from rq_jobs import schedule, worker
from rq_jobs.schedule import RETRY_SECONDS, SettingsScheduler

from .conftest import KillableRedis

pytestmark = pytest.mark.redis


@pytest.fixture
def scheduler(here: Flask, fake_account: Account) -> SettingsScheduler:
    """It has one schedule, whose next time is far away."""
    settings.load({"account": "main", "schedule": {**dict.fromkeys(OPERATIONS), "lookup": "0 4 1 1 *"}})
    db.session.remove()
    scheduler = SettingsScheduler(queue.connection())
    assert tick(scheduler) == 0
    return scheduler


def its_time_has_come(scheduler: SettingsScheduler) -> None:
    (job,) = [each for each in scheduler.get_jobs() if each.name != "tidying"]
    job.next_enqueue_time = now() - timedelta(seconds=1)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def tick(scheduler: SettingsScheduler) -> int:
    """What RQ's loop does each time; answers how many jobs were enqueued."""
    due = scheduler.enqueue_jobs()
    if due:
        scheduler.save()
    scheduler.heartbeat()
    return len(due)


def test_a_time_that_passes_without_redis_is_made_up_for_once(
    scheduler: SettingsScheduler, redis: KillableRedis, caplog: pytest.LogCaptureFixture
) -> None:
    redis.kill()
    its_time_has_come(scheduler)
    assert [tick(scheduler) for _ in range(3)] == [0, 0, 0]
    assert scheduler.calculate_sleep_interval() == RETRY_SECONDS  # it is overdue, and must not spin
    assert len(heartbeats.alive("scheduler")) == 1
    assert len(lines(caplog)) == 1
    assert "redis.away" in lines(caplog)[0]
    redis.start()
    assert [tick(scheduler) for _ in range(3)] == [1, 0, 0]
    assert lines(caplog)[1:] == ["redis.away is over: going on"]
    assert scheduler.calculate_sleep_interval() > RETRY_SECONDS


def test_without_its_database_nothing_is_enqueued_until_it_is_back(
    scheduler: SettingsScheduler, caplog: pytest.LogCaptureFixture
) -> None:
    its_time_has_come(scheduler)
    db.drop_all()
    assert [tick(scheduler) for _ in range(3)] == [0, 0, 0]
    assert len(lines(caplog)) == 1
    assert "database.not_current" in lines(caplog)[0]
    db.create_all()
    tick(scheduler)
    assert lines(caplog)[1:] == ["database.not_current is over: going on"]


def test_a_second_absence_is_told_again(
    scheduler: SettingsScheduler, redis: KillableRedis, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        redis.kill()
        tick(scheduler)
        redis.start()
        tick(scheduler)
    assert ["over" in line for line in lines(caplog)] == [False, True, False, True]


@pytest.mark.parametrize("process", [worker, schedule])
def test_who_cannot_start_says_why_in_a_sentence(
    process: object, here: Flask, redis: KillableRedis, capsys: pytest.CaptureFixture[str]
) -> None:
    main = process.main  # type: ignore[attr-defined]
    redis.kill()
    assert main() == 2
    told = capsys.readouterr().err
    assert "(redis.away)" in told
    assert "Start Redis" in told
    redis.start()
    db.drop_all()
    assert main() == 2
    assert "(database.not_current)" in capsys.readouterr().err


def test_an_account_whose_settings_cannot_be_read_costs_the_others_nothing(scheduler: SettingsScheduler) -> None:
    broken = accounts.ensure("broken")
    broken.settings = {"shop": {"connector": "not installed", "key": "enc:spoilt"}, "schedule": {"ship": "0 5 1 1 *"}}
    db.session.commit()
    db.session.remove()
    tick(scheduler)
    assert {"main/lookup", "broken/ship"} <= {job.name for job in scheduler.get_jobs()}


def test_each_account_has_its_own_schedules_and_a_stopped_one_has_none(scheduler: SettingsScheduler) -> None:
    second, stopped = accounts.ensure("second"), accounts.ensure("Rehearsal", rehearsal=True)
    second.settings = {"schedule": {"lookup": "7 * * * *", "import": "0 5 1 1 *"}}
    stopped.active = False
    db.session.commit()
    db.session.remove()
    tick(scheduler)
    jobs = {job.name: job.cron for job in scheduler.get_jobs()}
    assert jobs["second/lookup"] == "7 * * * *" != jobs["main/lookup"]
    assert "second/import" in jobs
    assert "main/import" not in jobs
    assert not [name for name in jobs if name.startswith("Rehearsal/")]
    accounts.find("Rehearsal").active = True
    db.session.commit()
    db.session.remove()
    tick(scheduler)
    assert "Rehearsal/lookup" in {job.name for job in scheduler.get_jobs()}


def test_a_fault_of_the_program_is_not_taken_for_an_absence(scheduler: SettingsScheduler) -> None:
    with pytest.raises(ZeroDivisionError), scheduler.outages.outlived():
        _ = 1 / 0
    scheduler.outages.look()
    assert not scheduler.outages.lasting


def test_since_when_the_oldest_job_of_a_queue_waits_is_told_to_the_pages(
    scheduler: SettingsScheduler, fake_account: Account
) -> None:
    assert queue.waiting_since() == {}
    its_time_has_come(scheduler)
    assert tick(scheduler) == 1
    name = queue.name_of(accounts.find(None).id, "lookup")
    assert now() - queue.waiting_since()[name] < timedelta(minutes=1)
    (beat,) = heartbeats.alive("scheduler")
    assert set(beat.detail["waits"]) == {name}

"""The built-in scheduler: RQ's own, with its jobs taken from each account's settings and kept in step with them.

Several may run: one of them holds the clock, a lock in Redis that runs out, and only this one enqueues.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any

from redis import Redis
from redis.exceptions import LockError
from redis.lock import Lock
from rq.cron import CronJob, CronScheduler
from rq.utils import now

from cdsync import accounts, settings
from cdsync.errors import ConfigError
from cdsync.operations import resume_lost_runs
from cdsync.runs import fair_share, heartbeats, queue

from .asking import Questions
from .due import DueJob
from .outages import Outages, started
from .run_operation import application

TICK_SECONDS = 10
CLOCK_SECONDS = 40  # the clock's holder renews it each tick; when it dies, another one has it within 50 seconds
RETRY_SECONDS = 2


class SettingsScheduler(CronScheduler):
    """Reads the schedules before every look at the clock, so that a saved setting counts at once."""

    def __init__(self, connection: Redis) -> None:
        super().__init__(connection, logging_level=logging.WARNING)
        self._known: dict[fair_share.Whose, DueJob] = {}
        self._clock = Lock(connection, f"{queue.QUEUE}:clock", timeout=CLOCK_SECONDS, thread_local=False)
        self.outages, self.questions = Outages(), Questions()

    def enqueue_jobs(self) -> list[CronJob]:
        """Enqueues what is due; first brings the jobs in step, takes up what lost runs left and gives a sign of life.

        While Redis or the database is away nothing is enqueued: what was due then is enqueued once afterwards.
        """
        due: list[CronJob] = []
        with self.outages.outlived(), application().app_context():
            self.refresh()
            resume_lost_runs()
        if not self.outages.met("database"):
            with self.outages.outlived():
                due = self._fire_due()
                self._ask_between()
        with self.outages.outlived(), application().app_context():
            name, waits = f"scheduler:{socket.gethostname()}:{os.getpid()}", _waits()
            heartbeats.beat(name, next=self._next_times(), waits=waits)
        return due

    def _ask_between(self) -> None:
        """Who holds the clock asks the marketplaces whose lookup is not due; raises the database's errors."""
        if self.has_clock:
            with application().app_context():
                self.questions.begin()

    @property
    def has_clock(self) -> bool:
        """Whether this scheduler is the one that enqueues, for the next seconds at least."""
        return self._clock.local.token is not None

    def _fire_due(self) -> list[CronJob]:
        """What is due, enqueued by the holder of the clock. Who does not hold it keeps what nobody has fired yet."""
        self._take_clock()
        fired: list[CronJob] = []
        for job in [each for each in self._known.values() if each.should_run()]:
            if self.has_clock:
                if job.fire(self.connection):
                    fired.append(job)
            elif not job.was_fired(self.connection):
                continue
            job.set_enqueue_time(now())
        return fired

    def _take_clock(self) -> None:
        """Renews the lock that is ours, or takes it when it is nobody's; raises RedisError."""
        if self.has_clock:
            try:
                self._clock.reacquire()
            except LockError:  # it ran out: this process slept, or Redis was away
                self._clock.local.token = None
        if not self.has_clock:
            self._clock.acquire(blocking=False)

    def save(self, pipeline: Any = None) -> None:
        """What RQ keeps of its schedulers in Redis; the start alone must not do without."""
        if pipeline is None:
            with self.outages.outlived():
                super().save()
        else:
            super().save(pipeline)

    def heartbeat(self) -> None:
        """RQ's own, in Redis: the last of what is tried at each look at the clock."""
        with self.outages.outlived():
            super().heartbeat()
        self.outages.look()

    def register_death(self, pipeline: Any = None) -> None:
        """Leaves the clock to another one, and RQ's list of schedulers, if Redis can be reached."""
        with self.outages.outlived():
            if self.has_clock:
                with suppress(LockError):
                    self._clock.release()
            super().register_death(pipeline)

    def refresh(self) -> None:
        """Makes a job for each schedule that is on; an unchanged one keeps its place in time."""
        wanted: dict[fair_share.Whose, DueJob] = {(0, "tidying"): DueJob.of_tidying()}
        for account in [each for each in accounts.every() if each.active]:
            for operation, expression in settings.schedule(account).items():
                if expression:
                    wanted[account.id, operation] = DueJob.of_operation(account.id, account.name, operation, expression)
        for whose, job in wanted.items():
            known = self._known.get(whose)
            if known is not None and (known.cron, known.name) == (job.cron, job.name):
                wanted[whose] = known
        self._known = wanted
        self._cron_jobs = sorted(wanted.values(), key=lambda job: job.name)

    def calculate_sleep_interval(self) -> float:
        """Never longer than a tick, so that a changed schedule is seen soon; soon again after what did not work.

        Who does not hold the clock looks again at each tick, whatever is due.
        """
        if self.outages.lasting:
            return RETRY_SECONDS
        if not self.has_clock:
            return TICK_SECONDS
        return min(float(super().calculate_sleep_interval()), TICK_SECONDS)

    def _next_times(self) -> dict[str, str]:
        return {
            job.name: job.next_enqueue_time.isoformat()
            for job in self._cron_jobs
            if isinstance(job.next_enqueue_time, datetime)
        }


def _waits() -> dict[str, str]:
    """Since when each queue's oldest job waits, for the pages, which do not ask Redis."""
    try:
        return {name: since.isoformat(timespec="seconds") for name, since in queue.waiting_since().items()}
    except ConfigError:
        return {}


def main() -> int:
    """Watches the clock until a signal comes; 2 when Redis or the database is away at the start."""
    return started(_watch)


def _watch() -> None:
    with application().app_context():
        connection = queue.connection()
        heartbeats.alive("scheduler")  # without the database there is no schedule to keep
    SettingsScheduler(connection).start()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    sys.exit(main())

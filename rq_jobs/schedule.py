"""The built-in scheduler: RQ's own, with its jobs taken from each account's settings and kept in step with them."""

from __future__ import annotations

import logging
import os
import socket
import sys
from datetime import datetime
from typing import Any

from redis import Redis
from rq.cron import CronJob, CronScheduler

from cdsync import accounts, heartbeats, queue, runs, settings
from cdsync.operations import close_vanished

from .outages import Outages, started
from .run_operation import application, run_scheduled

TICK_SECONDS = 10
RETRY_SECONDS = 2


class SettingsScheduler(CronScheduler):
    """Reads the schedules before every look at the clock, so that a saved setting counts at once."""

    def __init__(self, connection: Redis) -> None:
        super().__init__(connection, logging_level=logging.WARNING)
        self._known: dict[str, CronJob] = {}
        self.outages = Outages()

    def enqueue_jobs(self) -> list[CronJob]:
        """Enqueues what is due; first brings the jobs in step, closes lost runs and gives a sign of life.

        While Redis or the database is away nothing is enqueued: what was due then is enqueued once afterwards.
        """
        due: list[CronJob] = []
        with self.outages.outlived(), application().app_context():
            self.refresh()
            runs.close_lost()
            close_vanished()
        if not self.outages.met("database."):
            with self.outages.outlived():
                due = super().enqueue_jobs()
        with self.outages.outlived(), application().app_context():
            heartbeats.beat(f"scheduler:{socket.gethostname()}:{os.getpid()}", next=self._next_times())
        return due

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
        """Leaves RQ's list of schedulers, if it can be reached."""
        with self.outages.outlived():
            super().register_death(pipeline)

    def refresh(self) -> None:
        """Makes a job for each schedule that is on; an unchanged one keeps its place in time."""
        wanted = {}
        for account in [each for each in accounts.every() if each.active]:
            for operation, expression in settings.schedule(account).items():
                if expression:
                    wanted[f"{account.name}/{operation}"] = (account.name, operation, expression)
        for name, (account_name, operation, expression) in wanted.items():
            known = self._known.get(name)
            if known is None or known.cron != expression:
                self._known[name] = CronJob(
                    queue.QUEUE, func=run_scheduled, args=(account_name, operation), cron=expression, job_timeout=-1,
                    name=name,
                )  # fmt: skip
        self._cron_jobs = [self._known[name] for name in sorted(wanted)]
        self._known = {name: self._known[name] for name in wanted}

    def calculate_sleep_interval(self) -> float:
        """Never longer than a tick, so that a changed schedule is seen soon; soon again after what did not work."""
        if self.outages.lasting:
            return RETRY_SECONDS
        return min(float(super().calculate_sleep_interval()), TICK_SECONDS)

    def _next_times(self) -> dict[str, str]:
        return {
            job.name: job.next_enqueue_time.isoformat()
            for job in self._cron_jobs
            if isinstance(job.next_enqueue_time, datetime)
        }


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

"""The built-in scheduler: RQ's own, with its jobs taken from each account's settings and kept in step with them."""

from __future__ import annotations

import logging
import os
import socket
from datetime import datetime

from redis import Redis
from rq.cron import CronJob, CronScheduler

from cdsync import accounts, heartbeats, queue, runs, settings
from cdsync.errors import CdsyncError
from cdsync.operations import close_vanished

from .run_operation import application, run_scheduled

TICK_SECONDS = 10
log = logging.getLogger(__name__)


class SettingsScheduler(CronScheduler):
    """Reads the schedules before every look at the clock, so that a saved setting counts at once."""

    def __init__(self, connection: Redis) -> None:
        super().__init__(connection, logging_level=logging.WARNING)
        self._known: dict[str, CronJob] = {}

    def enqueue_jobs(self) -> list[CronJob]:
        """Enqueues what is due; first brings the jobs in step, closes lost runs and gives a sign of life."""
        with application().app_context():
            try:
                self.refresh()
                runs.close_lost()
                close_vanished()
            except CdsyncError as error:
                log.warning("the schedules could not be read: %s", error)
        due: list[CronJob] = super().enqueue_jobs()
        with application().app_context():
            heartbeats.beat(f"scheduler:{socket.gethostname()}:{os.getpid()}", next=self._next_times())
        return due

    def refresh(self) -> None:
        """Makes a job for each schedule that is on; an unchanged one keeps its place in time."""
        wanted = {}
        for account in accounts.every():
            for operation, expression in settings.read(account).schedule.items():
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
        """Never longer than a tick, so that a changed schedule is seen soon."""
        return min(float(super().calculate_sleep_interval()), TICK_SECONDS)

    def _next_times(self) -> dict[str, str]:
        return {
            job.name: job.next_enqueue_time.isoformat()
            for job in self._cron_jobs
            if isinstance(job.next_enqueue_time, datetime)
        }


def main() -> None:
    with application().app_context():
        connection = queue.connection()
    SettingsScheduler(connection).start()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()

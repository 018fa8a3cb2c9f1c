"""The worker: loads the application once, gives signs of life, and lets a run end between orders."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job

from cdsync import heartbeats, queue
from cdsync.db import db

from .outages import started
from .patient_worker import PatientWorker
from .run_operation import application


class OperationWorker(PatientWorker):
    """A forking worker: a run that dies takes its own process along and nothing else."""

    def __init__(self, connection: Redis) -> None:
        # A short time to live makes an idle worker give its sign of life every 30 seconds.
        super().__init__([Queue(queue.QUEUE, connection=connection)], connection=connection, worker_ttl=45)
        self._name = f"worker:{socket.gethostname()}:{os.getpid()}"

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """RQ's heartbeat in Redis, and one in the database, where the pages look."""
        with self.outages.outlived(), application().app_context():
            heartbeats.beat(self._name)
        super().heartbeat(timeout, pipeline)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the forked process: the parent's database connections are left alone, new ones are made."""
        with application().app_context():
            db.engine.dispose(close=False)
        super().main_work_horse(job, queue)

    def handle_warm_shutdown_request(self) -> None:
        """A stop is passed on to the run, which ends between two orders."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)


def main() -> int:
    """Works until a signal comes; 2 when Redis or the database is away at the start."""
    return started(_work)


def _work() -> None:
    with application().app_context():
        connection = queue.connection()
        heartbeats.alive("worker")  # without the database no run can be carried out
        db.engine.dispose()
    OperationWorker(connection).work(logging_level="WARNING")


if __name__ == "__main__":
    sys.exit(main())

"""`python -m rq_jobs.workers`: as many workers as CDSYNC_WORKERS says, forked from one application (RQ's WorkerPool).

A worker that is busy with a long run is made up for by another one, so that what others are waiting for is taken up;
at most three times as many in all. Those leave again when they had nothing to do for a while.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from multiprocessing import Value
from multiprocessing.process import BaseProcess
from typing import Any

from redis import Redis
from rq.serializers import JSONSerializer
from rq.worker_pool import ForkProcess, WorkerData, WorkerPool

from cdsync import config, connectors
from cdsync.db import db
from cdsync.installation import stop_signals
from cdsync.installation.end_with_parent import end_with_parent
from cdsync.runs import fair_share, heartbeats, queue

from .outages import started
from .run_operation import application
from .worker import OperationWorker, work

MOST = 3  # times the workers asked for
SPARE_LEAVES_AFTER = 120  # seconds without work


class OperationWorkers(WorkerPool):
    """`usual`: how many workers there are when no run is long."""

    def __init__(self, connection: Redis, usual: int) -> None:
        super().__init__(
            [queue.QUEUE], connection, num_workers=usual, worker_class=OperationWorker, serializer=JSONSerializer
        )
        self.usual = usual
        self.busy_since: dict[str, Any] = {}  # by worker: seconds of the monotonic clock, 0 when it waits for work

    def get_worker_process(self, name: str, *_: Any, **__: Any) -> BaseProcess:
        """A forked worker: it has the application already, and shares its memory."""
        spare = self.number_of_active_workers >= self.usual
        since = self.busy_since[name] = Value("d", 0.0)
        return ForkProcess(target=_work_as_child, args=(os.getpid(), since, spare), name=f"worker {name}")

    def start_worker(self, *args: Any, **kwargs: Any) -> None:
        """A stop that comes meanwhile is for the new one too, and is not answered by it as by this pool."""
        with stop_signals.deferred():
            super().start_worker(*args, **kwargs)

    def check_workers(self, respawn: bool = True) -> None:
        self.num_workers = wanted(self.usual, [since.value for since in self.busy_since.values()], time.monotonic())
        super().check_workers(respawn)

    def handle_dead_worker(self, worker_data: WorkerData) -> None:
        super().handle_dead_worker(worker_data)
        self.busy_since.pop(worker_data.name, None)


def wanted(usual: int, busy_since: list[float], now: float) -> int:
    """How many workers there are to be: the usual number, beside those that a long run keeps."""
    long = sum(1 for since in busy_since if since and now - since >= fair_share.LONG)
    return min(usual + long, MOST * usual)


def _work_as_child(parent: int, since: Any, spare: bool) -> None:
    stop_signals.reset_after_fork()
    end_with_parent(signal.SIGTERM, parent)

    def busy(is_busy: bool) -> None:
        since.value = time.monotonic() if is_busy else 0.0

    def as_worker() -> None:
        with application().app_context():
            db.engine.dispose(close=False)  # the parent's connections are left alone
        work(busy, SPARE_LEAVES_AFTER if spare else None)

    sys.exit(started(as_worker))


def main() -> int:
    """Keeps the workers until a signal comes; 2 when Redis or the database is away at the start."""
    return started(_keep)


def _keep() -> None:
    with application().app_context():
        connection = queue.connection()
        connection.ping()
        heartbeats.alive("worker")  # without the database no run can be carried out
        db.session.remove()
        db.engine.dispose()
    connection.close()
    connectors.load_built_in()
    gc.collect()
    gc.freeze()  # what is shared with the workers stays so
    OperationWorkers(connection, config.workers()).start(logging_level="WARNING")


if __name__ == "__main__":
    sys.exit(main())

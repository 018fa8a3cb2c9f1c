"""The worker: loads the application once, gives signs of life, and lets a run end between orders."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from rq import Queue
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import DequeueStrategy

from cdsync import config, connectors
from cdsync.db import db
from cdsync.runs import heartbeats, queue

from .horse_keeper import HorseKeeper
from .outages import log, started
from .run_operation import application
from .turns import Turns

LOOKS_EVERY = 5  # seconds: a new account's first queue is found within, and who has to wait is looked up anew
BEATS_EVERY = 25.0  # seconds between two signs of life in the database


class OperationWorker(HorseKeeper):
    """A forking worker: a run that dies takes its own process along and nothing else.

    share: how many long runs may be under way at once. busy: told when a job begins (True) and when it ended.
    """

    dequeue_timeout = LOOKS_EVERY

    def __init__(self, connection: Redis, share: int, busy: Callable[[bool], None] = lambda _: None) -> None:
        served = [queue.named(queue.QUEUE, connection)]
        super().__init__(served, connection=connection, worker_ttl=45, serializer=JSONSerializer)
        self._name = f"worker:{socket.gethostname()}:{os.getpid()}"
        self._turns, self._busy = Turns(connection, share), busy
        self._last_beat = 0.0

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """RQ's heartbeat in Redis, and one in the database, where the pages look.

        RQ calls it before each look for work: the queues to look at are chosen anew then.
        """
        with self.outages.outlived(), application().app_context():
            if time.monotonic() - self._last_beat > BEATS_EVERY:
                heartbeats.beat(self._name)
                self._last_beat = time.monotonic()
            if pipeline is None:
                self.queues, self._ordered_queues = self._turns.of(self._ordered_queues)
        super().heartbeat(timeout, pipeline)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """What cannot be read was put there by another version; its run is found to be lost like any other."""
        try:
            _ = job.func_name
        except DeserializationError:
            log.warning("%s in Redis is of another version of cdsync and was left out", job.id)
            with self.outages.outlived():
                job.delete()
            return
        began = time.monotonic()
        self._busy(True)
        try:
            super().execute_job(job, queue)
        finally:
            self._busy(False)
        with self.outages.outlived():
            self._turns.remember(queue.name, time.monotonic() - began)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the forked process: the parent's database connections are left alone, new ones are made."""
        with application().app_context():
            db.engine.dispose(close=False)
        super().main_work_horse(job, queue)


def work(busy: Callable[[bool], None] = lambda _: None, idle_at_most: int | None = None) -> None:
    """Works in this process until a signal comes, or there was nothing to do for `idle_at_most` seconds."""
    with application().app_context():
        connection = queue.connection()
        heartbeats.alive("worker")  # without the database no run can be carried out
        db.engine.dispose()
    connectors.load_built_in()
    OperationWorker(connection, config.workers(), busy).work(
        logging_level="WARNING", dequeue_strategy=DequeueStrategy.ROUND_ROBIN, max_idle_time=idle_at_most
    )


def main() -> int:
    """Works until a signal comes; 2 when Redis or the database is away at the start."""
    return started(work)


if __name__ == "__main__":
    sys.exit(main())

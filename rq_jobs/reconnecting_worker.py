"""RQ's worker, made to outlive Redis: what RQ would end for with a stack trace is said in a line and tried again.

Overridden is whatever RQ 3.0 sends to Redis outside its own loop of reconnecting (rq/worker/base.py).
"""

from __future__ import annotations

import logging
from typing import Any

from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job

from cdsync.error_catalogue.plain_text import sentence

from .outages import Outages, known

log = logging.getLogger(__name__)


class ReconnectingWorker(Worker):
    """Starts only when Redis is there; from then on waits for it whenever it is away."""

    max_connection_wait_time = 4.0  # seconds: people press a button again before a minute is over

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outages = Outages()
        self.log.addFilter(_without_repeats)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """A sign of life; a round is over with each that went to Redis by itself."""
        with self.outages.outlived():
            super().heartbeat(timeout, pipeline)
        if pipeline is None:
            self.outages.look()

    def set_state(self, state: str, pipeline: Any = None) -> None:
        with self.outages.outlived():
            super().set_state(state, pipeline)

    def check_for_suspension(self, burst: bool) -> None:
        with self.outages.outlived():
            super().check_for_suspension(burst)

    def run_maintenance_tasks(self) -> None:
        with self.outages.outlived():
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]

    def execute_job(self, job: Job, queue: Queue) -> None:
        """A run's outcome is in the database: that Redis could not be told of it is no reason to end."""
        with self.outages.outlived():
            super().execute_job(job, queue)

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        with self.outages.outlived():
            super().maintain_heartbeats(job, execution)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """What a person can mend is one line in the log; a fault of the program keeps its stack trace."""
        error = known(exc_info[1])
        if error is None:
            super().handle_exception(job, *exc_info)
        else:
            log.error("%s: %s (%s)", job.id, sentence(error.code, error.data), error.code)

    def set_shutdown_requested_date(self) -> None:
        with self.outages.outlived():
            super().set_shutdown_requested_date()  # type: ignore[no-untyped-call]

    def register_death(self) -> None:
        with self.outages.outlived():
            super().register_death()  # type: ignore[no-untyped-call]

    def unsubscribe(self) -> None:
        with self.outages.outlived():
            super().unsubscribe()  # type: ignore[no-untyped-call]


def _without_repeats(record: logging.LogRecord) -> bool:
    """RQ complains at each try, from two threads; `Outages` says it once."""
    return "could not connect to Redis instance" not in str(record.msg)

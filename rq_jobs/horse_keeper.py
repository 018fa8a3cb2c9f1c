"""A worker that answers for the process it forks for each run (RQ's work horse): that one never outlives it, nor hangs.

It looks after what others left, too: where there is no scheduler, workers alone take up lost runs.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from typing import Any

from rq import Queue
from rq.executions import Execution
from rq.job import Job

from cdsync import runs
from cdsync.installation.end_with_parent import end_with_parent
from cdsync.operations import resume_lost_runs
from cdsync.rehearsal import asking

from .reconnecting_worker import ReconnectingWorker
from .run_operation import application

LOOK_SECONDS = 15  # between two looks at a run under way, and at what others left
LAST_SECONDS = 10.0  # for the run at hand when everything stops: `make run` kills 15 seconds after it asked
log = logging.getLogger(__name__)


class HorseKeeper(ReconnectingWorker):
    """Its horse gets SIGTERM when a stop is asked for, and ends between two orders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, job_monitoring_interval=LOOK_SECONDS, **kwargs)
        self._parent = os.getppid()
        self._looked = 0.0

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        if not self.is_horse and time.monotonic() - self._looked > LOOK_SECONDS:
            self._looked = time.monotonic()
            with self.outages.outlived(), application().app_context():
                resume_lost_runs()

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the forked process: it dies with its worker, at once. Nobody else knows of it, and others go on."""
        end_with_parent(signal.SIGKILL, int(self.pid or os.getppid()))
        super().main_work_horse(job, queue)

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """A horse whose run was lost, for it hung, is ended: its worker is wanted for others."""
        super().maintain_heartbeats(job, execution)
        with self.outages.outlived(), application().app_context():
            if self.horse_pid and runs.is_lost_in(self.horse_pid):
                log.error("%s hangs, and its run was given up: ending it", job.id)
                self._send(signal.SIGKILL)

    def handle_warm_shutdown_request(self) -> None:
        """A stop is passed on to the run; it has some seconds when its parent ends, or has ended, the whole family."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        self._send(signal.SIGTERM)
        if asking.has_launcher() or os.getppid() != self._parent:
            limit = threading.Timer(LAST_SECONDS, self._send, (signal.SIGKILL, self.horse_pid))
            limit.daemon = True
            limit.start()

    def _send(self, number: signal.Signals, only: int | None = None) -> None:
        """To the horse there is now; only when it is that one, where one is named."""
        horse = self.horse_pid
        if horse and only in (None, horse):
            with contextlib.suppress(ProcessLookupError):
                os.kill(horse, number)

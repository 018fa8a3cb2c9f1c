"""A due time of a schedule: enqueued once, however many schedulers watch the clock, and whichever of them dies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import WatchError
from rq.cron import CronJob

from cdsync.runs import queue

from .run_operation import run_scheduled
from .tidy_up import tidy_up

TIDYING = "40 3 * * *"  # before the nightly comparison
KEPT = timedelta(days=30)


class DueJob(CronJob):
    """RQ's cron job, with its arguments as JSON."""

    def __init__(self, line: str, cron: str, name: str, func: Callable[..., Any], *args: str) -> None:
        super().__init__(
            line, func=func, args=args, cron=cron, job_timeout=-1, name=name, result_ttl=queue.KEPT_SECONDS,
            failure_ttl=queue.KEPT_SECONDS,
        )  # fmt: skip
        self._mark = f"{queue.QUEUE}:fired:{self.queue_name}"  # in Redis: the last due time that was enqueued

    def was_fired(self, redis: Redis | Pipeline) -> bool:
        """Whether the present due time, or a later one, was enqueued already; raises RedisError."""
        fired = redis.get(self._mark)
        return isinstance(fired, bytes) and fired.decode() >= self._due

    def fire(self, redis: Redis) -> bool:
        """Enqueues the job with the mark of its due time, both or neither; whether it did. Raises RedisError.

        Not when that time was fired already. When the job of an earlier time still waits, the mark alone: one run
        does for both.
        """
        line = queue.named(self.queue_name, redis)
        with redis.pipeline() as pipeline:
            try:
                pipeline.watch(self._mark)  # type: ignore[no-untyped-call]
                if self.was_fired(pipeline):
                    return False
                waits = bool(pipeline.llen(line.key))
                pipeline.multi()
                if not waits:
                    line.enqueue(self.func_name, args=self.args, pipeline=pipeline, **self.job_options)
                pipeline.set(self._mark, self._due, ex=KEPT)
                pipeline.execute()
            except WatchError:  # another scheduler was faster
                return False
        return not waits

    @classmethod
    def of_operation(cls, account_id: int, account: str, operation: str, cron: str) -> DueJob:
        """One operation of an account."""
        line = queue.name_of(account_id, operation)
        return cls(line, cron, f"{account}/{operation}", run_scheduled, account, operation)

    @classmethod
    def of_tidying(cls) -> DueJob:
        """What throws away old records of all accounts: every night, since there is nothing to choose but their age."""
        return cls(queue.QUEUE, TIDYING, "tidying", tidy_up)

    @property
    def _due(self) -> str:
        """The present due time, in a form that sorts as time does."""
        due = self.next_enqueue_time
        return due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if due else ""

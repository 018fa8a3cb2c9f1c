"""Hands runs to RQ by the name of the job; the only place that knows the queues. Never imports rq_jobs.

A queue for each account and operation: the workers serve them in turn, so that nobody waits behind another's work.
What is in them is JSON; nothing that lies in Redis is ever unpickled.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from redis import Redis
from redis.exceptions import (
    AuthenticationError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import as_text, utcparse

from cdsync.config import open_redis_allowed
from cdsync.db import now
from cdsync.errors import ConfigError
from cdsync.installation import redis_address
from cdsync.models import Run

from .states import TAKEN_WITHIN

QUEUE = "cdsync"  # served by every worker: what earlier versions put there, and the beginning of the others' names
JOB = "rq_jobs.run_operation.run_operation"
JOB_ID = "run-"  # and the number of the run
ANSWERS_WITHIN = 5  # seconds; one that takes connections and then says nothing holds no page longer
KEPT_SECONDS = 24 * 3600  # finished and failed jobs in Redis; the run itself stays in the database


def connection() -> Redis:
    """A connection to the configured Redis; nothing is sent yet. Raises ConfigError as `redis_address.client`."""
    config = current_app.config
    return redis_address.client(
        config["CDSYNC_REDIS_URL"],
        open_allowed=open_redis_allowed(config),
        socket_connect_timeout=ANSWERS_WITHIN,
        socket_timeout=ANSWERS_WITHIN,  # a worker's own waiting for work is longer: RQ raises it there
    )


def name_of(account_id: int, operation: str) -> str:
    """The name of the queue of one operation of one account."""
    return f"{QUEUE}:{account_id}:{operation}"


def owner_of(name: str) -> tuple[int, str] | None:
    """The account's id and the operation a queue is for; None for the one that is nobody's."""
    _, _, rest = name.partition(":")
    account_id, _, operation = rest.partition(":")
    return (int(account_id), operation) if account_id.isdigit() else None


def named(name: str, redis: Redis) -> Queue:
    """The queue of that name; sends nothing."""
    return Queue(name, connection=redis, serializer=JSONSerializer)


def every(redis: Redis) -> list[Queue]:
    """The queues there are by now, as RQ has them registered; by operation first, so that each account's turn comes
    soon. Raises RedisError."""
    found = {queue.name for queue in Queue.all(redis, serializer=JSONSerializer)}
    names = sorted((name for name in found if owner_of(name)), key=lambda name: (owner_of(name) or (0, ""))[::-1])
    return [named(name, redis) for name in (QUEUE, *names)]


def enqueue(run: Run) -> None:
    """Enqueues a committed run. Raises ConfigError("redis.away")."""
    try:
        # No time limit: the run's lease in the database says whether its worker is alive.
        named(name_of(run.account_id, run.operation), connection()).enqueue(
            JOB, run.id, job_id=f"{JOB_ID}{run.id}", job_timeout=-1, result_ttl=KEPT_SECONDS, failure_ttl=KEPT_SECONDS
        )
    except (RedisError, OSError) as exc:
        raise away(exc) from exc


def workers_alive() -> list[str]:
    """The names of the workers that serve the queues. Raises ConfigError("redis.away")."""
    try:
        return sorted(worker.name for worker in Worker.all(queue=named(QUEUE, connection())))
    except (RedisError, OSError) as exc:
        raise away(exc) from exc


def waiting_runs() -> set[int]:
    """The runs whose jobs no worker has fetched yet, or one has within `TAKEN_WITHIN`.

    A job may wait for long before it is fetched: only that moment says whether its run should have been taken.
    Raises ConfigError("redis.away").
    """
    try:
        redis = connection()
        with redis.pipeline(transaction=False) as pipeline:
            for queue in every(redis):
                pipeline.lrange(queue.key, 0, -1)
                pipeline.zrange(queue.started_job_registry.key, 0, -1)
            found = [as_text(each) for some in pipeline.execute() for each in some]
            begun = [each for each in found if ":" in each]  # "run-7" waits; "run-7:8d0f…": it was fetched
            for each in begun:
                pipeline.hget(Execution.from_composite_key(each, redis).key, "created_at")
            since = dict(zip(begun, pipeline.execute(), strict=True))
    except (RedisError, OSError) as exc:
        raise away(exc) from exc
    latest = now().timestamp() - TAKEN_WITHIN.total_seconds()
    waiting = [each for each in found if each not in since or float(since[each] or 0) > latest]
    return {int(each.removeprefix(JOB_ID).partition(":")[0]) for each in waiting if each.startswith(JOB_ID)}


def waiting_since() -> dict[str, datetime]:
    """By the name of a queue: since when its oldest job waits, aware UTC; empty queues are left out.

    Raises ConfigError("redis.away").
    """
    try:
        redis = connection()
        queues = every(redis)
        with redis.pipeline(transaction=False) as pipeline:
            for queue in queues:
                pipeline.lindex(queue.key, 0)
            oldest = {queue.name: as_text(job) for queue, job in zip(queues, pipeline.execute(), strict=True) if job}
            for job in oldest.values():
                pipeline.hget(Job.key_for(job), "enqueued_at")
            times = [as_text(at) if at else "" for at in pipeline.execute()]
    except (RedisError, OSError) as exc:
        raise away(exc) from exc
    return {name: utcparse(at) for name, at in zip(oldest, times, strict=True) if at}


def away(error: Exception | None = None) -> ConfigError:
    """The error for a Redis that does not answer, or answers that the password is wrong or that it keeps nothing."""
    host = redis_address.without_password(str(current_app.config["CDSYNC_REDIS_URL"]))
    if _keeps_nothing(error):
        reason = str(error).strip().partition("\n")[0].rstrip(". ")
        return ConfigError("redis.keeps_nothing", host=host, reason=reason)
    refused = isinstance(error, AuthenticationError | NoPermissionError)
    return ConfigError("redis.password_wrong" if refused else "redis.away", host=host)


def _keeps_nothing(error: Exception | None) -> bool:
    """MISCONF: its disk takes no more; OOM: its memory; READONLY: it follows another server."""
    stopped = isinstance(error, ResponseError) and str(error).startswith(("MISCONF", "OOM", "READONLY"))
    return stopped or isinstance(error, OutOfMemoryError | ReadOnlyError)

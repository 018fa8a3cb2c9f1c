"""Hands runs to RQ by the name of the job; the only place that knows the queue. Never imports rq_jobs."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker

from cdsync.errors import ConfigError
from cdsync.models import Run

QUEUE = "cdsync"
JOB = "rq_jobs.run_operation.run_operation"
JOB_ID = "run-"  # and the number of the run
KEPT_SECONDS = 24 * 3600  # finished and failed jobs in Redis; the run itself stays in the database


def connection() -> Redis:
    """A connection to the configured Redis; nothing is sent yet. Raises ConfigError("redis.away")."""
    try:
        return Redis.from_url(current_app.config["CDSYNC_REDIS_URL"], socket_connect_timeout=5)
    except ValueError as exc:  # the address is not repeated, it may hold a password
        raise ConfigError("redis.away", host="no address: correct CDSYNC_REDIS_URL") from exc


def enqueue(run: Run) -> None:
    """Enqueues a committed run. Raises ConfigError("redis.away")."""
    try:
        # No time limit: the run's lease in the database says whether its worker is alive.
        Queue(QUEUE, connection=connection()).enqueue(
            JOB, run.id, job_id=f"{JOB_ID}{run.id}", job_timeout=-1, result_ttl=KEPT_SECONDS, failure_ttl=KEPT_SECONDS
        )
    except (RedisError, OSError) as exc:
        raise away() from exc


def workers_alive() -> list[str]:
    """The names of the workers that serve the queue. Raises ConfigError("redis.away")."""
    try:
        queue = Queue(QUEUE, connection=connection())
        return sorted(worker.name for worker in Worker.all(queue=queue))
    except (RedisError, OSError) as exc:
        raise away() from exc


def waiting_runs() -> set[int]:
    """The runs whose jobs no worker has fetched yet. Raises ConfigError("redis.away")."""
    try:
        jobs = Queue(QUEUE, connection=connection()).get_job_ids()
    except (RedisError, OSError) as exc:
        raise away() from exc
    return {int(job.removeprefix(JOB_ID)) for job in jobs if job.startswith(JOB_ID)}


def away() -> ConfigError:
    """The error for a Redis that does not answer."""
    return ConfigError("redis.away", host=_host())


def _host() -> str:
    """The address without a password."""
    split = urlsplit(str(current_app.config["CDSYNC_REDIS_URL"]))
    return split.path if split.scheme == "unix" else f"{split.hostname}:{split.port or 6379}"

"""`python -m bench.lock_waits`: the workers, which add up in Redis how long they wait for SQLite's write lock."""

from __future__ import annotations

import sys
import time

from redis import Redis
from sqlalchemy import Connection, Engine, event

from cdsync.runs import queue
from rq_jobs import workers
from rq_jobs.run_operation import application

KEY = "bench:lock-waits"
SHORTEST = 0.002  # seconds: less is the statement's own time


def waited(redis: Redis) -> float:
    """Seconds so far, of all processes together."""
    return float(redis.get(KEY) or 0)


def watch() -> None:
    """From now on, in this process and those it forks."""
    with application().app_context():
        redis = queue.connection()

    def before(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            connection.info["asked_at"] = time.monotonic()

    def after(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            seconds = time.monotonic() - connection.info.pop("asked_at")
            if seconds > SHORTEST:
                redis.incrbyfloat(KEY, seconds)

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)


if __name__ == "__main__":
    watch()
    sys.exit(workers.main())

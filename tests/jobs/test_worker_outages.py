"""A real worker whose Redis dies under a job and comes back: it goes on by itself, and says so in two lines."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from rq import Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from cdsync.runs import queue

from .conftest import KillableRedis

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.redis


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def fetched(job_id: str, connection: Redis) -> Job:
    return Job.fetch(job_id, connection=connection, serializer=JSONSerializer)


def test_a_worker_outlives_its_redis(app: Flask, redis: KillableRedis, tmp_path: Path) -> None:
    names = ("CDSYNC_DATABASE_URL", "CDSYNC_SECRET_KEY")
    environment = {**os.environ, **{name: str(app.config[name]) for name in names}, "CDSYNC_REDIS_URL": redis.url}
    log = tmp_path / "worker.txt"
    with log.open("w") as said:
        worker = subprocess.Popen([sys.executable, "-m", "rq_jobs.worker"], cwd=ROOT, env=environment, stderr=said)
    connection = Redis.from_url(redis.url)
    line = queue.named(queue.QUEUE, connection)
    try:
        job = line.enqueue("time.sleep", 1)
        until(lambda: fetched(job.id, connection).is_started)
        redis.kill()
        until(lambda: "redis.away" in log.read_text())
        redis.start()
        second = line.enqueue("time.sleep", 0)
        until(lambda: fetched(second.id, connection).is_finished)
        assert [each.pid for each in Worker.all(connection=connection)] == [worker.pid]
        until(lambda: "is over" in log.read_text())
        outage = log.read_text()
        redis.kill()  # a stop is heard without it, too
    finally:
        worker.terminate()
        code = worker.wait(timeout=30)
    assert code == 0
    assert outage.count("(redis.away)") == 1
    assert [word for word in ("Traceback", "could not connect", "quitting") if word in log.read_text()] == []

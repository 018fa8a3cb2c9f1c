"""The command line as cron and people meet it: real processes, a real Redis, a real worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from cdsync import accounts, runs, settings
from cdsync.db import db, now, reading, transaction
from cdsync.errors import ConfigError
from cdsync.launch import redis_server
from cdsync.models import Order
from cdsync.models import Run as RunRow
from cdsync.operations import close_vanished, runner, start_and_enqueue
from cdsync.runs import left_undone, queue
from cdsync.sandbox.rehearsal import Rehearsal

from .conftest import close, new_app, rehearsal_settings

ROOT = Path(__file__).resolve().parents[2]
FLASK = [sys.executable, "-m", "flask", "--app", "app"]

pytestmark = pytest.mark.redis


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("r")
    url = f"unix://{folder / 's'}"
    process = subprocess.Popen(redis_server.command(folder / "s", folder / "d"), stdout=subprocess.DEVNULL)
    try:
        redis_server.wait_until_up(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def queued(tmp_path: Path, redis_url: str, rehearsal: Rehearsal) -> Iterator[Flask]:
    """An application connected to the rehearsal and to a Redis that is there."""
    app = new_app(tmp_path, CDSYNC_REDIS_URL=redis_url)
    with app.app_context():
        settings.load(rehearsal_settings(rehearsal))
        db.session.remove()
    yield app
    close(app)


def environment(app: Flask) -> dict[str, str]:
    told = {name: str(app.config[name]) for name in ("CDSYNC_DATABASE_URL", "CDSYNC_REDIS_URL", "CDSYNC_SECRET_KEY")}
    return {**os.environ, **told}


@contextmanager
def started(app: Flask, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A process with its output to be read; ended and waited for, whatever happens."""
    pipe = subprocess.PIPE
    with subprocess.Popen(words, env=environment(app), cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=30)


def test_sync_enqueues_prints_the_number_and_a_worker_takes_it(queued: Flask) -> None:
    with started(queued, *FLASK, "sync", "lookup") as first:
        said, complained = first.communicate(timeout=30)
    assert (first.returncode, complained) == (0, "")
    with queued.app_context():
        row = db.session.query(RunRow).one()
        assert (said, row.state, row.trigger) == (f"{row.id}\n", "queued", "cron")
        runs.request_stop(row.id)
        db.session.remove()
    with (
        started(queued, sys.executable, "-m", "rq_jobs.worker"),
        started(queued, *FLASK, "sync", "ship", "--wait", "--json") as followed,
    ):
        said, complained = followed.communicate(timeout=60)
    report = json.loads(said)
    assert (report["operation"], report["state"], report["problems"]) == ("ship", "finished", [])
    assert followed.returncode == 0
    assert "ship" in complained


def test_ctrl_c_ends_the_watching_and_leaves_the_run(queued: Flask) -> None:
    with started(queued, *FLASK, "sync", "lookup", "--wait") as followed:
        assert followed.stderr is not None
        assert "none is running now" in followed.stderr.readline()
        followed.send_signal(signal.SIGINT)
        said, complained = followed.communicate(timeout=30)
    assert (followed.returncode, said) == (130, "")
    assert "goes on" in complained
    with queued.app_context():
        row = db.session.query(RunRow).one()
        assert (row.state, row.open) == ("queued", True)
        db.session.remove()


def test_sandbox_becomes_the_rehearsal_and_ends_with_a_signal(queued: Flask) -> None:
    with started(queued, *FLASK, "sandbox", "--scenario", "empty") as sandbox:
        assert sandbox.stdout is not None
        told = json.loads(sandbox.stdout.readline())
        with urllib.request.urlopen(told["desk"], timeout=10) as answer:
            assert answer.status == 200
        sandbox.terminate()
        sandbox.communicate(timeout=30)
    assert sandbox.returncode == 0


def test_a_run_whose_job_a_dying_worker_took_along_stands_in_nobodys_way(queued: Flask, redis_url: str) -> None:
    with queued.app_context():
        first = start_and_enqueue(accounts.find(None), "lookup", trigger="button")
        assert queue.waiting_runs() == {first.id}
        line = f"rq:queue:{queue.name_of(first.account_id, 'lookup')}"
        Redis.from_url(redis_url).delete(line)  # what is left when a worker dies with a job in hand
        with pytest.raises(ConfigError):  # it may just be about to begin
            start_and_enqueue(accounts.find(None), "lookup", trigger="button")
        with transaction() as session:
            session.get_one(RunRow, first.id).queued_at = now() - runs.TAKEN_WITHIN
        second = start_and_enqueue(accounts.find(None), "lookup", trigger="button")
        assert (runs.find(first.id).state, runs.find(second.id).state) == ("lost", "queued")
        assert queue.waiting_runs() == {second.id}
        Redis.from_url(redis_url).delete(line)


def test_a_run_that_a_worker_has_just_fetched_is_not_lost_however_long_it_had_waited(
    queued: Flask, redis_url: str
) -> None:
    redis = Redis.from_url(redis_url)
    redis.flushdb()  # a run of the same number that a worker of another test took along a moment ago
    with queued.app_context():
        run = start_and_enqueue(accounts.find(None), "lookup", trigger="button")
        with transaction() as session:
            session.get_one(RunRow, run.id).queued_at = now() - timedelta(minutes=5)
        line = queue.named(queue.name_of(run.account_id, "lookup"), redis)
        worker = Worker([line], connection=redis, serializer=JSONSerializer)
        fetched, _ = worker.dequeue_job_and_maintain_ttl(None)
        begun = worker.prepare_execution(fetched)
        assert close_vanished() == 0
        redis.hset(begun.key, "created_at", str((now() - runs.TAKEN_WITHIN).timestamp()))
        assert close_vanished() == 1
        assert runs.find(run.id).state == "lost"
        begun.delete(fetched, redis)


def test_a_killed_workers_orders_go_on_in_another_and_its_own_process_dies_with_it(
    queued: Flask, rehearsal: Rehearsal
) -> None:
    worker = (sys.executable, "-m", "rq_jobs.worker")
    rehearsal.shop.order_seconds = 0.5
    with queued.app_context(), started(queued, *worker) as first:
        settings.load({"shop": {"timeout_seconds": 3}})
        runner.execute(runs.start(accounts.find(None), "lookup", trigger="cli").id)
        with reading() as session:
            wanted = session.query(Order.id).filter_by(state="to_import", problem_code=None).limit(6).all()
        chosen = [row.id for row in wanted]
        run = start_and_enqueue(accounts.find(None), "import", trigger="button", actor="anna", order_ids=chosen)
        before = len(rehearsal.shop.rows("orders"))
        until(lambda: len(rehearsal.shop.rows("orders")) > before)
        horse = int(runs.find(run.id).owner.split(":")[1])
        first.kill()
        first.wait()
        until(lambda: has_ended(horse))
        assert runs.find(run.id).open
        with transaction() as session:  # half a minute later
            session.query(RunRow).filter_by(open=True).update({"lease_until": now() - timedelta(seconds=1)})
            session.query(Order).update({"claim_until": now() - timedelta(seconds=1)})
        rehearsal.shop.order_seconds = 0.0
        with started(queued, *worker):
            until(lambda: last_run("import").id != run.id and not last_run("import").open)
        assert (runs.find(run.id).state, last_run("import").actor) == ("lost", "anna")
        assert last_run("import").options[left_undone.GOES_ON_FROM][0] == run.id
        assert last_run("import").counts["done"] > 1
        payments = Counter(row["payment"] for row in rehearsal.shop.rows("orders"))
        assert [text for text, times in payments.items() if times > 1 and text.startswith("Cdiscount")] == []
        db.session.remove()


def last_run(operation: str) -> RunRow:
    with reading() as session:
        newest = session.query(RunRow.id).filter_by(operation=operation).order_by(RunRow.id.desc()).first()
    assert newest is not None
    return runs.find(newest.id)


def has_ended(process: int) -> bool:
    """Gone, or dead and not yet waited for by whoever inherited it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] == "Z"
    except OSError:
        return True


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.2)

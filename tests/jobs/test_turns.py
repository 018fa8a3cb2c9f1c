"""Whose work a worker takes next: accounts in turn, new ones within seconds, none behind another's long run."""

from __future__ import annotations

import pickle
from datetime import timedelta

import pytest
from flask import Flask
from rq.worker import DequeueStrategy

from cdsync import runs
from cdsync.db import now, transaction
from cdsync.models import Account, Run
from cdsync.operations import start_and_enqueue
from cdsync.runs import queue
from cdsync.runs.fair_share import LONG
from rq_jobs.turns import LATELY_LONG, Turns
from rq_jobs.worker import OperationWorker
from rq_jobs.workers import wanted

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("here")]


@pytest.fixture
def worker(here: Flask) -> OperationWorker:
    worker = OperationWorker(queue.connection(), share=2)
    worker.register_birth()
    worker._dequeue_strategy = DequeueStrategy.ROUND_ROBIN
    return worker


def wait_in(account_id: int, operation: str, times: int = 1) -> None:
    line = queue.named(queue.name_of(account_id, operation), queue.connection())
    for _ in range(times):
        line.enqueue("time.sleep", 0)


def taken(worker: OperationWorker) -> str | None:
    """The queue of the job that the worker takes next; None when there is none for it."""
    found = worker.dequeue_job_and_maintain_ttl(None)
    return None if found is None else found[1].name.partition(":")[2]


def test_accounts_take_turns_whatever_one_of_them_has_waiting(worker: OperationWorker) -> None:
    wait_in(1, "lookup", times=3)
    assert taken(worker) == "1:lookup"
    wait_in(2, "lookup", times=2)  # an account that nobody knew a moment ago
    assert [taken(worker) for _ in range(4)] == ["2:lookup", "1:lookup", "2:lookup", "1:lookup"]
    assert taken(worker) is None


def test_a_lookup_holds_up_no_import_and_a_long_one_no_other_account(
    worker: OperationWorker, fake_account: Account
) -> None:
    mine, other = fake_account.id, fake_account.id + 1
    run = runs.start(fake_account, "lookup", trigger="scheduler")
    assert runs.take(run.id, "another worker", 600)
    with transaction() as session:
        session.get_one(Run, run.id).started_at = now() - timedelta(seconds=LONG)
    wait_in(mine, "reconcile")
    wait_in(mine, "import")
    wait_in(other, "lookup")
    assert {taken(worker), taken(worker)} == {f"{mine}:import", f"{other}:lookup"}
    assert taken(worker) is None
    runs.close(run.id, "another worker", runs.FINISHED)
    assert taken(worker) == f"{mine}:reconcile"


def test_what_took_long_is_remembered_until_it_does_not(worker: OperationWorker) -> None:
    turns = Turns(worker.connection, share=2)
    turns.remember("cdsync:7:import", LONG)
    turns.remember("cdsync:8:import", 1.0)
    assert worker.connection.smembers(LATELY_LONG) == {b"cdsync:7:import"}
    turns.remember("cdsync:7:import", 1.0)
    assert worker.connection.smembers(LATELY_LONG) == set()


def test_what_another_version_left_in_redis_is_put_aside_unread(
    worker: OperationWorker, fake_account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """A pickle is never loaded: this one would break the worker if it were."""
    run = start_and_enqueue(fake_account, "lookup", trigger="button")
    job_id = f"{queue.JOB_ID}{run.id}"
    worker.connection.hset(f"rq:job:{job_id}", "data", pickle.dumps(("os.abort", None, (), {})))
    found = worker.dequeue_job_and_maintain_ttl(None)
    assert found is not None
    worker.execute_job(*found)
    assert job_id in caplog.text
    assert not worker.connection.exists(f"rq:job:{job_id}")
    with transaction() as session:
        session.get_one(Run, run.id).queued_at = now() - runs.TAKEN_WITHIN
    assert start_and_enqueue(fake_account, "lookup", trigger="button").id != run.id
    assert runs.find(run.id).state == "lost"


def test_a_job_lies_in_redis_as_json(worker: OperationWorker, fake_account: Account) -> None:
    run = start_and_enqueue(fake_account, "lookup", trigger="button")
    (job,) = queue.named(queue.name_of(fake_account.id, "lookup"), worker.connection).jobs
    assert job.data == f'["{queue.JOB}", null, [{run.id}], {{}}]'.encode()


@pytest.mark.parametrize(
    ("busy_since", "workers"),
    [([], 4), ([0.0] * 4, 4), ([99.0] * 4, 4), ([50.0, 0.0, 99.0, 99.0], 5), ([50.0] * 4, 8), ([50.0] * 11, 12)],
)
def test_a_worker_that_is_kept_by_a_long_run_is_made_up_for(busy_since: list[float], workers: int) -> None:
    assert wanted(4, busy_since, now=100.0) == workers

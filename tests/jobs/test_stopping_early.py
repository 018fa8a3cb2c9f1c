"""A stop that comes before RQ listens for it, or while a pool forks a worker: heard, once, by whom it is for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import AbstractContextManager
from multiprocessing import Value
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq.exceptions import StopRequested
from sqlalchemy.exc import OperationalError

from rq_jobs import outages, workers
from rq_jobs.workers import OperationWorkers

from .test_worker_outages import until

ROOT = Path(__file__).resolve().parents[2]
STARTING = """
import time
from rq_jobs import outages
def work():
    print("starting", flush=True)
    time.sleep(30)
raise SystemExit(outages.started(work))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_starting_leaves_without_a_word(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTING], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "starting\n"
    process.send_signal(number)
    said, complained = process.communicate(timeout=20)
    assert (process.returncode, said, complained) == (0, "", "")


def test_a_stop_that_rq_raises_before_or_after_its_loop_is_a_clean_end() -> None:
    def work() -> None:
        raise StopRequested

    assert outages.started(work) == 0


def test_what_a_process_did_at_a_stop_before_it_does_again_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert outages.started(lambda: None) == 0
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A pool whose workers only start: they sleep where they would meet Redis. Its stops are counted."""
    started = Value("i", 0)

    def starting(*_: Any) -> None:
        started.value += 1
        time.sleep(60)

    monkeypatch.setattr(workers, "work", starting)
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made = OperationWorkers(Redis(), usual=2)
    made._install_signal_handlers()
    yield made, started
    for number, handler in kept.items():
        signal.signal(number, handler)
    for each in made.worker_dict.values():
        each.process.kill()
        each.process.join()


def test_a_worker_that_a_running_pool_forks_takes_a_stop_for_itself(pool: Any) -> None:
    made, started = pool
    made.start_workers(burst=False)
    until(lambda: started.value == 2)
    one, other = (each.process for each in made.worker_dict.values())
    os.kill(one.pid, signal.SIGINT)
    one.join(timeout=20)
    assert one.exitcode == 0
    assert other.is_alive()  # it was not told of it by the one


@pytest.mark.parametrize("threads", [0, 1])
def test_a_stop_while_a_worker_is_forked_reaches_that_worker_too(pool: Any, threads: int) -> None:
    made, _ = pool
    done = threading.Event()
    for _each in range(threads):  # one that takes signals for the process
        threading.Thread(target=done.wait, daemon=True).start()
    process = made.get_worker_process("one")
    start = process.start

    def start_and_be_stopped() -> None:  # before the pool has noted whom it started
        start()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.3)  # whichever thread is given it has it by then

    process.start = start_and_be_stopped
    made.get_worker_process = lambda *_, **__: process
    made.start_worker()
    assert made.status == made.Status.STOPPED
    until(made.all_workers_have_stopped, 20)
    done.set()


class _Failing(AbstractContextManager[None]):
    """A connection that fails while it is given back: a stop came in the middle of its answer."""

    def __exit__(self, *_: object) -> None:
        raise OperationalError("ROLLBACK", {}, Exception("another command is already in progress"))


def test_a_stop_in_the_middle_of_an_answer_of_the_database_is_no_outage() -> None:
    met = outages.Outages()
    with pytest.raises(StopRequested), met.outlived(), _Failing():
        raise StopRequested
    met.look()
    assert not met.lasting

"""Alarms: each rings at its moment, in one thread, unless it was called off; also in a process that was forked."""

from __future__ import annotations

import os
import threading
import time
from queue import Queue

import pytest

from cdsync.connectors.http import alarms
from cdsync.connectors.http.alarms import SPARE, Alarms


def never() -> None:
    raise AssertionError("it was called off, or is far away")


def watching() -> int:
    return sum(thread.name == "alarms" for thread in threading.enumerate())


def test_they_ring_in_the_order_of_their_moments_whatever_they_were_set_in() -> None:
    rung, mine, before = Queue[str](), Alarms(), watching()
    far = mine.after(60, never)
    mine.after(0.1, lambda: rung.put("second"))
    mine.after(0.02, lambda: rung.put("first"))
    assert [rung.get(timeout=10) for _ in range(2)] == ["first", "second"]
    assert watching() == before + 1
    far.call_off()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_call_that_breaks_takes_no_later_one_along() -> None:
    rung, mine = Queue[str](), Alarms()

    def breaks() -> None:
        rung.put("breaks")
        raise ValueError

    mine.after(0.01, breaks)
    assert rung.get(timeout=10) == "breaks"
    end = time.monotonic() + 10
    while mine._thread is not None:
        assert time.monotonic() < end
        time.sleep(0.01)
    mine.after(0.01, lambda: rung.put("the next"))
    assert rung.get(timeout=10) == "the next"


def test_one_that_was_called_off_stays_silent() -> None:
    rung, mine = Queue[str](), Alarms()
    mine.after(0.02, never).call_off()
    mine.after(0.04, lambda: rung.put("the other"))
    assert rung.get(timeout=10) == "the other"


def test_those_called_off_do_not_pile_up() -> None:
    mine = Alarms()
    for _ in range(4 * SPARE):
        mine.after(60, never).call_off()
    assert len(mine._due) <= SPARE + 1


def test_its_thread_ends_when_nobody_waits_any_more_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "LINGER_SECONDS", 0.02)
    rung, mine, before = Queue[str](), Alarms(), threading.active_count()
    mine.after(60, never).call_off()
    end = time.monotonic() + 10
    while threading.active_count() > before:
        assert time.monotonic() < end
        time.sleep(0.01)
    mine.after(0.01, lambda: rung.put("again"))
    assert rung.get(timeout=10) == "again"


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # from Python 3.12 on; workers fork so as well
def test_they_ring_in_a_process_that_was_forked_too() -> None:
    alarms.after(60, never).call_off()  # this process has its thread; the child has none of it
    child = os.fork()
    if not child:
        alarms.after(0.01, lambda: os._exit(7))
        time.sleep(10)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7

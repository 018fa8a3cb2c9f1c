"""A run lives by what comes, not by the clock; what a lost one left is taken up again, once, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cdsync import orders, runs
from cdsync.connectors.base import Exchange
from cdsync.db import db, now, transaction
from cdsync.errors import ConfigError, UnknownOutcomeError, WrongStateError
from cdsync.models import Account, Run, RunOrder
from cdsync.operations import resume_lost_runs
from cdsync.operations.running.lease import renew_once
from cdsync.operations.shared.context import RunContext
from cdsync.operations.shared.progress import Progress
from cdsync.runs import left_undone, queue
from tests.fakes import World, reading
from tests.worlds import committed, keep_reading, order_of, rewind


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets seconds pass for what measures progress."""
    import time

    passed = [0.0]
    real = time.monotonic
    monkeypatch.setattr("cdsync.operations.shared.progress.time.monotonic", lambda: real() + passed[0])
    return lambda seconds: passed.__setitem__(0, passed[0] + seconds)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs handed to a queue whose jobs wait there."""
    sent: list[int] = []
    monkeypatch.setattr(queue, "enqueue", lambda run: sent.append(run.id))
    monkeypatch.setattr(queue, "waiting_runs", lambda: set(sent))
    return sent


def taken(account: Account, **how: Any) -> RunContext:
    run = runs.start(account, "import", trigger="button", actor="anna", **how)
    runs.take(run.id, "me")
    return RunContext(runs.find(run.id), "me")


def its_worker_is_killed(run_id: int) -> None:
    with transaction() as session:
        session.get_one(Run, run_id).lease_until = now() - timedelta(seconds=1)


def answer(status: int | None = 200) -> Exchange:
    return Exchange("shop", "GET", "https://shop.example/api", status, 1, now(), "", "", "", ())


def test_an_answer_an_order_and_a_list_are_progress_and_a_missing_answer_is_none(
    fake_account: Account, clock: Callable[[float], None]
) -> None:
    context = taken(fake_account)
    steps: list[tuple[Callable[[], object], bool]] = [
        (lambda: context.recorder.record(answer()), True),
        (lambda: context.recorder.record(answer(None)), False),
        (lambda: context.expect([]), True),
        (lambda: context.skip(keep_reading(fake_account, reading()).order_id), True),
    ]
    for act, is_progress in steps:
        clock(1000.0)
        assert context.progress.is_missing
        act()
        assert context.progress.is_missing is not is_progress


@pytest.mark.parametrize(("limit", "silent_after"), [(60.0, 150.0), (600.0, 1500.0), (1.0, 61.5)])
def test_one_request_may_take_its_whole_time_and_the_look_after_it_another(
    clock: Callable[[float], None], limit: float, silent_after: float
) -> None:
    progress = Progress(limit)
    clock(silent_after - 1)
    assert not progress.is_missing
    clock(2)
    assert progress.is_missing


def test_a_run_that_does_not_get_on_is_given_up_and_sends_nothing_more(
    fake_account: Account, clock: Callable[[float], None]
) -> None:
    order_id = keep_reading(fake_account, reading()).order_id
    context = taken(fake_account)
    committed(orders.claim, [order_id], "me", context.lease_seconds)
    with transaction() as session:
        context.put(session, order_id, "working")
    clock(151.0)
    until = order_of("A1").claim_until
    assert renew_once(context) is False
    run = runs.find(context.run_id)
    assert (run.state, run.open, run.error_code) == ("lost", False, "run.no_progress")
    assert order_of("A1").claim_until == until, "its claims run out by themselves"
    db.session.rollback()
    with pytest.raises(WrongStateError):
        context.recorder.sending()
    assert context.stopping()
    runs.close(context.run_id, "me", "finished")
    assert runs.find(context.run_id).state == "lost"


def test_a_beat_keeps_when_the_run_last_got_on(fake_account: Account, clock: Callable[[float], None]) -> None:
    context = taken(fake_account)
    clock(40.0)
    assert renew_once(context) is True
    progressed_at = runs.find(context.run_id).progressed_at
    assert progressed_at is not None
    assert timedelta(seconds=39) < now() - progressed_at < timedelta(seconds=60)


def test_what_a_killed_worker_left_is_started_anew_within_a_minute(fake_account: Account, queued: list[int]) -> None:
    first = taken(fake_account).run_id
    assert resume_lost_runs() == []
    its_worker_is_killed(first)
    (second,) = resume_lost_runs()
    run = runs.find(second)
    assert (run.operation, run.trigger, run.actor, run.wanted) == ("import", "button", "anna", None)
    assert run.options == {left_undone.GOES_ON_FROM: [first]}
    assert queued == [second]
    assert resume_lost_runs() == []
    assert runs.LEASE_SECONDS + 15 + 10 < 60  # of the lease, of the slowest look at it, and a while to begin


def test_of_chosen_orders_only_those_not_done_go_on(fake_account: Account, queued: list[int]) -> None:
    ids = [keep_reading(fake_account, reading(f"A{n}")).order_id for n in range(4)]
    context = taken(fake_account, order_ids=ids)
    context.expect(ids)
    for order_id, outcome in zip(ids, ("done", "problem", "working"), strict=False):
        context.skip(order_id, outcome=outcome)
    its_worker_is_killed(context.run_id)
    (second,) = resume_lost_runs()
    assert runs.find(second).wanted == ids[2:]


def test_a_run_that_did_all_its_chosen_orders_leaves_nothing(fake_account: Account, queued: list[int]) -> None:
    order_id = keep_reading(fake_account, reading()).order_id
    context = taken(fake_account, order_ids=[order_id])
    context.skip(order_id)
    its_worker_is_killed(context.run_id)
    assert resume_lost_runs() == []


def test_orders_that_had_to_wait_for_the_killed_request_go_on_when_that_is_over(
    fake_account: Account, queued: list[int]
) -> None:
    """No schedule comes for a quarter of an hour, and they wait a minute at most."""
    order_id = keep_reading(fake_account, reading()).order_id
    its_worker_is_killed(taken(fake_account).run_id)
    (second,) = resume_lost_runs()
    runs.take(second, "other")
    error = UnknownOutcomeError("shop.still_at_work", retry_after=30.0)
    with transaction() as session:
        session.add(RunOrder(run_id=second, order_id=order_id, outcome="waiting", code=error.code))
        orders.raise_problem(session, order_id, error, "import")
    runs.close(second, "other", "finished")
    assert resume_lost_runs() == []
    rewind("A1", next_try_at=now() - timedelta(seconds=1))
    (third,) = resume_lost_runs()
    assert runs.find(third).wanted == [order_id]


def test_an_order_that_kills_its_worker_each_time_does_not_do_so_for_ever(
    fake_account: Account, queued: list[int]
) -> None:
    its_worker_is_killed(taken(fake_account).run_id)
    for _again in range(left_undone.MOST_IN_A_ROW):
        (run_id,) = resume_lost_runs()
        runs.take(run_id, "another")
        its_worker_is_killed(run_id)
    assert resume_lost_runs() == []


@pytest.mark.parametrize(
    "why", ["stopped by a person", "was to stop", "a newer run", "its account rests", "long ago", "no Redis"]
)
def test_nothing_is_taken_up(
    fake_account: Account, queued: list[int], monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    context = taken(fake_account)
    its_worker_is_killed(context.run_id)
    if why == "stopped by a person":
        runs.close(context.run_id, "me", "stopped")
    elif why == "was to stop":
        runs.request_stop(context.run_id)
    elif why == "a newer run":
        newer = runs.start(fake_account, "import", trigger="cli")
        runs.close(newer.id, "", "failed")
    elif why == "its account rests":
        with transaction() as session:
            session.query(Account).update({"active": False})
    elif why == "long ago":
        with transaction() as session:
            session.get_one(Run, context.run_id).lease_until = now() - timedelta(hours=2)
    else:

        def away() -> set[int]:
            raise ConfigError("redis.away", host="here")

        monkeypatch.setattr(queue, "waiting_runs", away)
    assert resume_lost_runs() == []
    assert not runs.find(context.run_id).open


def test_the_process_of_a_lost_run_is_known_by_its_number(fake_account: Account, world: World) -> None:
    run = runs.start(fake_account, "lookup", trigger="cli")
    owner = runs.owner_token()
    process = int(owner.split(":")[1])
    runs.take(run.id, owner)
    assert not runs.is_lost_in(process)
    its_worker_is_killed(run.id)
    runs.close_lost()
    assert runs.is_lost_in(process)
    assert not runs.is_lost_in(process + 1)
    assert not runs.is_lost_in(process // 10)


def test_the_first_lease_is_as_short_as_every_other(fake_account: Account) -> None:
    run_id = taken(fake_account).run_id
    lease = runs.find(run_id).lease_until
    assert lease is not None
    assert lease - now() <= timedelta(seconds=runs.LEASE_SECONDS)

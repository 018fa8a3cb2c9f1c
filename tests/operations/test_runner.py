"""The runner takes a run once, keeps it alive, and closes it whatever happens."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest

from cdsync import orders, runs
from cdsync.db import db, now, transaction
from cdsync.models import Account, Run
from cdsync.operations import import_orders, runner
from cdsync.operations.running.lease import renew_once
from cdsync.operations.shared.context import RunContext
from cdsync.runs import left_undone
from tests.fakes import reading
from tests.worlds import committed, keep_reading, last_run, order_of


def test_a_job_delivered_twice_runs_once(fake_account, world):
    run = runs.start(fake_account, "lookup", trigger="cli")
    runner.execute(run.id)
    again = runner.execute(run.id)
    assert (again.state, len(world.called("orders"))) == ("finished", 1)


def test_the_answered_run_can_be_read_without_a_transaction(fake_account, world):
    run = runner.execute(runs.start(fake_account, "lookup", trigger="cli").id)
    assert (run.state, run.open, run.finished_at is not None) == ("finished", False, True)
    assert not db.session().in_transaction()


def test_the_report_is_the_command_lines_json(fake_account, world):
    world.add(reading("A1"))
    run = runner.execute(runs.start(fake_account, "lookup", trigger="cli").id)
    assert runs.report(run) == {
        "run": run.id,
        "operation": "lookup",
        "account": "main",
        "rehearsal": False,
        "state": "finished",
        "counts": {"new": 1, "done": 1},
        "problems": [],
    }


def test_settings_that_cannot_be_read_fail_the_run_with_their_reason(fake_account):
    with transaction() as session:
        row = session.query(Account).one()
        row.settings = row.settings | {"marketplace": {"connector": "gone"}}
    run = runner.execute(runs.start(db.session.query(Account).one(), "lookup", trigger="cli").id)
    assert (run.state, run.error_code, run.error_data) == ("failed", "connector.unknown", {"connector": "gone"})


@pytest.mark.parametrize(
    ("number", "by_worker", "code"),
    [(signal.SIGTERM, False, None), (signal.SIGINT, False, None), (signal.SIGTERM, True, "run.interrupted")],
)
def test_a_signal_ends_the_run_after_the_batch_at_hand(fake_account, world, number, by_worker, code, monkeypatch):
    monkeypatch.setattr(import_orders, "MOST_AT_ONCE", 3)
    world.add(*(reading(f"B{n:02}") for n in range(8)))
    runner.execute(runs.start(fake_account, "lookup", trigger="cli").id)
    sent = []

    def send_once(ref: str) -> None:
        if not sent:
            sent.append(ref)
            os.kill(os.getpid(), number)

    world.before_posting = send_once
    before = signal.getsignal(number)
    run = runner.execute(runs.start(fake_account, "import", trigger="cli").id, by_worker=by_worker)
    assert (run.state, run.counts, run.error_code) == ("stopped", {"done": 3}, code)
    assert [left.run_id for left in left_undone.left_behind()] == ([run.id] if by_worker else [])
    assert signal.getsignal(number) is before


def test_a_second_ctrl_c_ends_the_run_at_once_and_it_is_closed_all_the_same(fake_account, world):
    world.add(reading("A1"))
    runner.execute(runs.start(fake_account, "lookup", trigger="cli").id)

    def twice(ref: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    world.before_posting = twice
    with pytest.raises(KeyboardInterrupt):
        runner.execute(runs.start(fake_account, "import", trigger="cli").id)
    assert (last_run().state, last_run().open, order_of("A1").claim_owner) == ("stopped", False, None)


def taken(account) -> RunContext:
    run = runs.start(account, "import", trigger="cli")
    runs.take(run.id, "me", 30)
    return RunContext(runs.find(run.id), "me")


def test_a_beat_prolongs_the_run_and_its_claims(fake_account):
    order_id = keep_reading(fake_account, reading()).order_id
    context = taken(fake_account)
    committed(orders.claim, [order_id], "me", 10)
    assert renew_once(context) is True
    assert runs.find(context.run_id).lease_until > now() + timedelta(seconds=runs.LEASE_SECONDS - 5)
    assert order_of("A1").claim_until > now() + timedelta(seconds=runs.LEASE_SECONDS - 5)


def test_a_run_that_was_closed_as_lost_notices_at_its_next_beat_and_stops(fake_account):
    context = taken(fake_account)
    with transaction() as session:
        session.get_one(Run, context.run_id).lease_until = now() - timedelta(seconds=1)
    runs.close_lost()
    assert renew_once(context) is False
    assert context.stopping() is True


def test_no_thread_is_left_behind(fake_account, world):
    import threading

    before = threading.active_count()
    runner.execute(runs.start(fake_account, "lookup", trigger="cli").id)
    assert threading.active_count() == before


def test_a_locked_database_fails_the_run_and_loses_nothing(fake_account, world, monkeypatch):
    from cdsync.errors import TemporaryError

    world.add(reading("A1"))

    def locked(*args, **kwargs):
        raise TemporaryError("database.locked")

    with monkeypatch.context() as busy:
        for name in ("store", "store_new"):
            busy.setattr(orders, name, locked)
        run = runner.execute(runs.start(fake_account, "lookup", trigger="cli").id)
    assert (run.state, run.error_code) == ("failed", "database.locked")
    runner.execute(runs.start(fake_account, "lookup", trigger="cli").id)
    assert order_of("A1").state == "to_import"


def test_a_process_that_slept_past_its_lease_sends_nothing_more(fake_account, world):
    world.add(reading("A1"))
    runner.execute(runs.start(fake_account, "lookup", trigger="cli").id)
    order = order_of("A1")
    order_id, account_id = order.id, order.account_id
    db.session.rollback()

    def sleep(ref: str) -> None:
        with transaction() as session:
            session.query(Run).filter(Run.open).update({"lease_until": now() - timedelta(seconds=1)})
            session.get_one(type(order), order_id).claim_until = now() - timedelta(seconds=1)
        runs.start(session.get_one(Account, account_id), "import", trigger="cli")  # another host: closes the lost run
        committed(orders.claim, [order_id], "another host", 60)

    world.before_posting = sleep
    run = runner.execute(runs.start(fake_account, "import", trigger="cli").id)
    assert run.state == "lost"
    assert (world.called("post"), world.shop_orders) == ([], [])
    assert (order_of("A1").state, order_of("A1").problem_code, order_of("A1").claim_owner) == (
        "to_import",
        None,
        "another host",
    )

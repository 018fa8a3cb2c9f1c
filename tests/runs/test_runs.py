"""At most one open run per operation and account; a run whose worker is gone is closed, never left open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cdsync import accounts, runs
from cdsync.db import db, now, transaction
from cdsync.errors import ConfigError
from cdsync.models import Run
from tests.worlds import last_run


def start(account, operation="import", **changes):
    return runs.start(account, operation, trigger="cli", **changes)


def test_a_second_run_of_the_same_operation_names_the_first(fake_account):
    first = start(fake_account)
    with pytest.raises(ConfigError) as caught:
        start(fake_account)
    assert (caught.value.code, caught.value.data) == ("run.already_running", {"run": first.id})


def test_another_operation_or_account_may_run_beside(fake_account):
    start(fake_account)
    start(fake_account, "lookup")
    start(accounts.ensure("other"))
    assert db.session.query(Run).filter_by(open=True).count() == 3


def test_the_database_itself_refuses_a_second_open_run(fake_account):
    from sqlalchemy.exc import IntegrityError

    start(fake_account)
    account_id = fake_account.id
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(Run(account_id=account_id, operation="import", trigger="cli"))


def test_a_run_can_be_read_without_opening_a_transaction(fake_account):
    run = start(fake_account, order_ids=[3, 1, 3], options={"refuse": True})
    assert (run.state, run.wanted, run.options) == ("queued", [3, 1], {"refuse": True})
    assert not db.session().in_transaction()


def test_only_one_takes_a_queued_run(fake_account):
    run = start(fake_account)
    assert runs.take(run.id, "one", 60) is True
    assert runs.take(run.id, "two", 60) is False


def test_a_run_whose_lease_ran_out_is_closed_as_lost_and_makes_room(fake_account):
    run = start(fake_account)
    runs.take(run.id, "one", 60)
    assert runs.close_lost() == 0
    with transaction() as session:
        session.get_one(Run, run.id).lease_until = now() - timedelta(seconds=1)
    second = start(fake_account)
    assert second.id != run.id
    assert (runs.find(run.id).state, runs.find(run.id).open) == ("lost", False)


def test_a_lost_run_can_write_nothing_more(fake_account):
    run = start(fake_account)
    runs.take(run.id, "one", 60)
    with transaction() as session:
        session.get_one(Run, run.id).lease_until = now() - timedelta(seconds=1)
    runs.close_lost()
    runs.close(run.id, "one", "finished")
    with transaction() as session:
        assert runs.keep_alive(session, run.id, "one", 60, now()) is False
        runs.progress(session, run.id, "one", {"total": 9})
    assert (runs.find(run.id).state, runs.find(run.id).total) == ("lost", 0)
    assert runs.stop_requested(run.id, "one") is True


def test_a_queued_run_that_is_stopped_ends_at_once(fake_account):
    run = start(fake_account)
    runs.request_stop(run.id)
    assert (last_run().state, last_run().open) == ("stopped", False)
    assert runs.take(run.id, "one", 60) is False


def test_a_running_run_that_is_stopped_is_told(fake_account):
    run = start(fake_account)
    runs.take(run.id, "one", 60)
    assert runs.stop_requested(run.id, "one") is False
    runs.request_stop(run.id)
    assert runs.stop_requested(run.id, "one") is True
    assert last_run().state == "running"


def test_owner_names_are_short_and_never_the_same():
    tokens = {runs.owner_token() for _ in range(50)}
    assert len(tokens) == 50
    assert max(map(len, tokens)) <= 64


def test_a_queued_run_whose_job_is_gone_is_closed_and_others_are_not(fake_account):
    gone, waiting, fresh, taken = (start(fake_account, each) for each in ("import", "lookup", "ship", "accept"))
    with transaction() as session:
        for run in (gone, waiting, taken):
            session.get_one(Run, run.id).queued_at = now() - runs.TAKEN_WITHIN - timedelta(seconds=1)
    runs.take(taken.id, "one", 60)
    assert runs.close_vanished({waiting.id}) == 1
    assert [runs.find(each.id).state for each in (gone, waiting, fresh, taken)] == [
        "lost",
        "queued",
        "queued",
        "running",
    ]
    assert start(fake_account).id > taken.id

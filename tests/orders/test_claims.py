"""A claim is a lease in the database: one holder, renewed while work goes on, free again when it runs out."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from cdsync import orders, runs
from cdsync.db import now
from tests.fakes import reading
from tests.worlds import committed, keep_reading, order_of, rewind


@pytest.fixture
def ids(fake_account):
    return [keep_reading(fake_account, reading(f"A{n}")).order_id for n in range(1, 6)]


def test_what_one_owner_holds_another_does_not_get(ids):
    assert committed(orders.claim, ids[:3], "one", 60) == ids[:3]
    assert committed(orders.claim, ids, "two", 60) == ids[3:]
    assert set(orders.held_by_others(ids, "two")) == set(ids[:3])


def test_a_lease_that_ran_out_can_be_taken_over_and_its_holder_notices(ids):
    committed(orders.claim, ids[:1], "one", 60)
    rewind("A1", claim_until=now() - timedelta(seconds=1))
    assert committed(orders.claim, ids[:1], "two", 60) == ids[:1]
    assert committed(orders.renew, "one", 60) == 0


def test_what_ran_out_is_cleared_where_lost_runs_are_closed_and_nothing_else(ids):
    committed(orders.claim, ids[:1], "dead", 60)
    committed(orders.claim, ids[1:2], "alive", 60)
    rewind("A1", claim_until=now() - timedelta(seconds=1))
    runs.close_lost()
    assert (order_of("A1").claim_owner, order_of("A2").claim_owner) == (None, "alive")


def test_only_the_holder_gives_free(ids):
    committed(orders.claim, ids[:1], "one", 60)
    committed(orders.release, ids[0], "two")
    assert order_of("A1").claim_owner == "one"
    committed(orders.release, ids[0], "one")
    assert order_of("A1").claim_owner is None


def test_an_order_that_left_the_state_meanwhile_is_not_claimed(ids):
    committed(orders.move, ids[0], "to_import", "imported")
    assert committed(orders.claim, ids[:2], "one", 60, state="to_import") == ids[1:2]


def test_renewing_prolongs_every_claim_of_the_owner(ids):
    committed(orders.claim, ids, "one", 10)
    assert committed(orders.renew, "one", 600) == 5
    assert order_of("A5").claim_until > now() + timedelta(seconds=500)


def test_eight_workers_at_once_get_each_order_once(app, ids):
    got: list[list[int]] = [[] for _ in range(8)]
    start = threading.Barrier(8)

    def work(number: int) -> None:
        with app.app_context():
            start.wait()
            for order_id in ids:
                got[number] += committed(orders.claim, [order_id], f"worker {number}", 60)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each for mine in got for each in mine) == sorted(ids)

"""What a person dealt with by hand: left out of the import whatever lookups read, and taken back when they say so."""

from __future__ import annotations

import pytest

from cdsync import orders
from cdsync.errors import WrongStateError
from cdsync.models import Account
from tests.fakes import reading, sold
from tests.worlds import committed, keep_reading, kinds, order_of, rewind


def stored(account: Account, ref: str = "A1", state: str = "to_import") -> int:
    return keep_reading(account, reading(ref, state)).order_id


def test_a_left_out_order_is_not_imported_and_no_lookup_brings_it_back(fake_account, world, run):
    world.add(reading("A1"), reading("A2"))
    run(fake_account, "lookup")
    assert committed(orders.leave_out, [order_of("A1").id], orders.By(person="anna")) == [order_of("A1").id]
    run(fake_account, "lookup")
    world.add(reading("A1", raw="another text"))
    run(fake_account, "lookup")
    run(fake_account, "import")
    assert (order_of("A1").state, order_of("A2").state) == ("elsewhere", "imported")
    assert len(world.shop_orders) == 1
    event = order_of("A1").events[-1]
    assert (event.kind, event.actor, event.data["by"]) == ("order.moved", "anna", "person")


def test_it_ends_what_stopped_the_import_and_a_comparison_misses_nothing(fake_account, world, run):
    world.add(reading("A1", lines=(sold("NOPE"),)))
    world.unknown_skus.add("NOPE")
    run(fake_account, "lookup")
    committed(orders.leave_out, [order_of("A1").id], orders.By(person="anna"))
    assert order_of("A1").problem_code is None
    assert run(fake_account, "reconcile")["problems"] == []


def test_taken_back_it_is_imported_once(fake_account, world, run):
    world.add(reading("A1"))
    run(fake_account, "lookup")
    order_id = order_of("A1").id
    committed(orders.leave_out, [order_id], orders.By(person="anna"))
    assert committed(orders.take_back, [order_id], orders.By(person="ben")) == [order_id]
    run(fake_account, "import")
    run(fake_account, "import")
    assert order_of("A1").state == "imported"
    assert len(world.shop_orders) == 1


def test_an_order_whose_import_was_begun_is_not_left_out(fake_account, world, run):
    world.add(reading("A1"))
    world.fail["posted"] = [TimeoutError()]
    run(fake_account, "lookup")
    run(fake_account, "import")
    assert committed(orders.leave_out, [order_of("A1").id], orders.By(person="anna")) == []
    assert order_of("A1").state == "to_import"


def test_an_order_somebody_works_on_is_not_left_out(fake_account):
    order_id = stored(fake_account)
    committed(orders.claim, [order_id], "worker", 60)
    assert committed(orders.leave_out, [order_id], orders.By(person="anna")) == []


@pytest.mark.parametrize("state", ["to_accept", "accepted", "cancelled"])
def test_only_what_is_ready_to_import_is_left_out(fake_account, state):
    assert committed(orders.leave_out, [stored(fake_account, state=state)], orders.By(person="anna")) == []
    assert order_of("A1").state == state


def test_what_the_marketplace_no_longer_waits_for_is_not_taken_back(fake_account):
    order_id = stored(fake_account)
    committed(orders.leave_out, [order_id], orders.By(person="anna"))
    rewind("A1", marketplace_state="shipped")
    assert committed(orders.take_back, [order_id], orders.By(person="anna")) == []
    assert kinds("A1")[-1] == "order.moved"


def test_taking_back_is_a_move_that_only_a_person_makes(fake_account):
    order_id = stored(fake_account)
    committed(orders.leave_out, [order_id], orders.By(person="anna"))
    with pytest.raises(WrongStateError):
        committed(orders.move, order_id, "elsewhere", "to_import")


def test_a_cancellation_of_a_left_out_order_is_followed(fake_account):
    order_id = stored(fake_account)
    committed(orders.leave_out, [order_id], orders.By(person="anna"))
    keep_reading(fake_account, reading("A1", "cancelled"))
    assert order_of("A1").state == "cancelled"

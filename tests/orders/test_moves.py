"""`orders.move` is the only door: compare-and-set on the table's moves, with its event in the same commit."""

from __future__ import annotations

import pytest

from cdsync import orders
from cdsync.errors import RejectedError, TemporaryError, WrongStateError
from cdsync.models import Account
from tests.fakes import reading
from tests.worlds import committed, keep_reading, kinds, order_of


def stored(account: Account, ref: str = "A1", state: str = "to_import") -> int:
    return keep_reading(account, reading(ref, state)).order_id


def test_a_move_changes_the_state_and_tells_its_story(fake_account):
    order_id = stored(fake_account)
    committed(orders.move, order_id, "to_import", "imported", by=orders.By(person="anna"), data={"shop_order": "7"})
    order = order_of("A1")
    assert (order.state, order.imported_at is not None) == ("imported", True)
    event = order.events[-1]
    assert (event.kind, event.actor) == ("order.moved", "anna")
    assert event.data == {"from": "to_import", "to": "imported", "shop_order": "7"}


def test_the_second_of_two_equal_moves_is_refused_and_leaves_no_event(fake_account):
    order_id = stored(fake_account)
    committed(orders.move, order_id, "to_import", "imported")
    before = kinds("A1")
    with pytest.raises(WrongStateError) as caught:
        committed(orders.move, order_id, "to_import", "imported")
    assert (caught.value.code, caught.value.data) == ("order.moved_meanwhile", {"state": "imported"})
    assert kinds("A1") == before


def test_a_move_outside_the_table_is_refused(fake_account):
    order_id = stored(fake_account)
    with pytest.raises(WrongStateError):
        committed(orders.move, order_id, "to_import", "shipped")
    assert order_of("A1").state == "to_import"


def test_a_move_ends_the_problem_that_stopped_the_step_before(fake_account):
    order_id = stored(fake_account)
    committed(orders.raise_problem, order_id, TemporaryError("shop.timeout", host="x"), "import")
    committed(orders.move, order_id, "to_import", "imported")
    order = order_of("A1")
    assert (order.problem_code, order.attempts, order.next_try_at) == (None, 0, None)
    assert kinds("A1")[-2:] == ["problem.cleared", "order.moved"]


def test_a_cancellation_after_import_outlives_the_next_move(fake_account):
    order_id = stored(fake_account)
    committed(orders.move, order_id, "to_import", "imported")
    committed(orders.raise_problem, order_id, RejectedError("order.cancelled_after_import", shop_order="7"), "lookup")
    committed(orders.move, order_id, "imported", "shipped")
    assert order_of("A1").problem_code == "order.cancelled_after_import"


def test_a_note_is_an_event_of_its_own(fake_account):
    committed(orders.note, stored(fake_account), "support.note", {"text": "called"}, orders.By(person="anna"))
    assert kinds("A1") == ["order.found", "support.note"]

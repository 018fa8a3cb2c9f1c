"""An order follows the marketplace wherever the table lets it, and says what it cannot follow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cdsync import orders
from cdsync.db import now, transaction
from cdsync.errors import RejectedError
from cdsync.models import ImportStep, Order
from tests.fakes import reading, sold
from tests.worlds import committed, keep_reading, kinds, order_of, rewind


def store(account, *states, ref="A1", **changes):
    for state in states:
        keep_reading(account, reading(ref, state, **changes))
    return order_of(ref)


def imported(account, ref="A1"):
    order_id = keep_reading(account, reading(ref)).order_id
    committed(orders.move, order_id, "to_import", "imported")
    return order_id


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("announced", "to_accept", "accepted", "to_import"), "to_import"),
        (("announced", "to_import"), "to_import"),
        (("to_accept", "refused"), "refused"),
        (("to_import", "cancelled"), "cancelled"),
        (("accepted", "elsewhere"), "elsewhere"),
        (("elsewhere", "cancelled"), "cancelled"),
        (("to_import", "announced"), "to_import"),
        (("cancelled", "to_import"), "cancelled"),
        (("to_import", "shipped"), "elsewhere"),
        (("shipped",), "elsewhere"),
        (("cancelled",), "cancelled"),
    ],
)
def test_the_state_follows_the_readings(fake_account, states, expected):
    assert store(fake_account, *states).state == expected


def test_a_shipment_seen_at_the_marketplace_ends_an_imported_order(fake_account):
    imported(fake_account)
    order = store(fake_account, "shipped")
    assert (order.state, order.shipped_at is not None) == ("shipped", True)


def test_an_acceptance_has_half_an_hour_to_show(fake_account):
    order_id = keep_reading(fake_account, reading("A1", "to_accept")).order_id
    committed(orders.move, order_id, "to_accept", "accepted")
    assert store(fake_account, "to_accept").state == "accepted"
    rewind("A1", accepted_sent_at=now() - timedelta(minutes=31))
    assert store(fake_account, "to_accept").state == "to_accept"
    assert "accept.not_taken" in kinds("A1")


def test_an_unknown_status_is_kept_and_shown_and_never_guessed(fake_account):
    order = store(fake_account, None)
    assert (order.state, order.marketplace_status, order.status_known) == ("announced", "Peculiar", False)
    assert (order.problem_code, order.problem_data) == ("order.status_unknown", {"status": "Peculiar"})
    order = store(fake_account, "to_import")
    assert (order.state, order.status_known, order.problem_code) == ("to_import", True, None)


def test_an_order_whose_status_becomes_unknown_keeps_its_state(fake_account):
    order = store(fake_account, "to_import", None)
    assert (order.state, order.status_known, order.problem_code) == ("to_import", False, "order.status_unknown")


def test_a_cancellation_after_import_is_a_problem_and_no_move(fake_account):
    imported(fake_account)
    order = store(fake_account, "cancelled")
    assert (order.state, order.problem_code) == ("imported", "order.cancelled_after_import")


def test_a_cancellation_after_import_that_a_person_settled_stays_settled(fake_account):
    order_id = imported(fake_account)
    store(fake_account, "cancelled")
    committed(orders.dismiss_problem, order_id, by=orders.By(person="anna"))
    assert store(fake_account, "cancelled").problem_code is None


@pytest.mark.parametrize("changes", [{"lines": (sold("MUG", 3),)}, {"lines": (sold("MUG", unit_price="8.99"),)}])
def test_other_money_after_import_is_a_problem(fake_account, changes):
    imported(fake_account)
    order = store(fake_account, "to_import", **changes)
    assert (order.problem_code, order.problem_data) == ("order.changed_after_import", {"what": ["lines", "total"]})


def test_another_phone_number_after_import_is_no_problem(fake_account):
    from dataclasses import replace

    from tests.fakes import HOME

    imported(fake_account)
    assert store(fake_account, "to_import", shipping=replace(HOME, phone="0611111111")).problem_code is None


def test_an_order_under_import_is_not_taken_away_from_the_import(fake_account):
    order_id = keep_reading(fake_account, reading()).order_id
    committed(orders.claim, [order_id], "a run", 60)
    order = store(fake_account, "cancelled")
    assert (order.state, order.marketplace_state) == ("to_import", "cancelled")


def test_an_order_whose_import_was_begun_waits_for_the_import_to_look(fake_account):
    order_id = keep_reading(fake_account, reading()).order_id
    with transaction() as session:
        session.add(ImportStep(order_id=order_id, name="order", data={}))
    assert store(fake_account, "cancelled").state == "to_import"


def test_an_order_accepted_long_ago_raises_an_alarm_which_ends_when_it_moves(fake_account):
    store(fake_account, "accepted")
    rewind("A1", state_since=now() - timedelta(hours=25))
    with transaction() as session:
        order = session.query(Order).one()
        assert orders.raise_if_waiting_too_long(session, order, orders.NOBODY) is True
    order = order_of("A1")
    assert (order.problem_code, order.problem_kind) == ("order.waiting_too_long", "temporary")
    assert store(fake_account, "to_import").problem_code is None


def test_a_shipment_the_marketplace_did_not_take_shows_a_day_later(fake_account):
    order_id = imported(fake_account)
    committed(orders.move, order_id, "imported", "shipped")
    assert store(fake_account, "to_import").problem_code is None
    rewind("A1", shipped_at=now() - timedelta(hours=25))
    assert store(fake_account, "to_import").problem_code == "ship.not_taken"
    assert store(fake_account, "shipped").problem_code is None


def test_a_fault_that_stays_in_the_order_is_not_cleared_and_raised_again_and_again(fake_account):
    fault = RejectedError("order.unreadable", reason="line 1 has no sku")
    order_id = keep_reading(fake_account, reading(faults=(fault,))).order_id
    committed(orders.raise_problem, order_id, fault, "import", attempt=False)
    before = kinds("A1")
    store(fake_account, "to_import", faults=(fault,))
    assert kinds("A1") == before


def test_a_status_that_a_new_release_knows_is_taken_over_although_the_order_did_not_change(fake_account):
    store(fake_account, None, raw="{same}")
    order = store(fake_account, "to_import", raw="{same}")
    assert (order.status_known, order.state) == (True, "to_import")

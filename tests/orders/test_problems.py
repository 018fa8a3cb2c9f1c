"""A problem says why the next step did not happen, and when it is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cdsync import orders
from cdsync.db import now
from cdsync.errors import CdsyncError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError
from tests.fakes import reading
from tests.worlds import committed, keep_reading, kinds, order_of, rewind


@pytest.fixture
def order_id(fake_account):
    return keep_reading(fake_account, reading()).order_id


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RejectedError("product.unknown", sku="X", title=""), "rejected"),
        (TemporaryError("shop.timeout", host="x"), "temporary"),
        (UnknownOutcomeError("shop.order_unknown", cart="1"), "unknown"),
        (ConfigError("shop.key_refused", detail=""), "config"),
        (CdsyncError("internal", kind="KeyError"), "internal"),
    ],
)
def test_the_class_of_the_error_is_kept_as_its_kind(order_id, error, kind):
    committed(orders.raise_problem, order_id, error, "import")
    order = order_of("A1")
    assert (order.problem_code, order.problem_kind, order.problem_data) == (error.code, kind, error.data)
    assert (order.problem_operation, order.attempts) == ("import", 1)


def test_a_temporary_failure_is_tried_again_later_and_later(order_id):
    waits = []
    for _ in range(4):
        committed(orders.raise_problem, order_id, TemporaryError("shop.timeout", host="x"), "import")
        waits.append(round((order_of("A1").next_try_at - now()).total_seconds() / 5) * 5)
    assert waits == [5, 60, 300, 900]


def test_the_fifth_temporary_failure_is_left_to_a_person(order_id):
    for _ in range(5):
        committed(orders.raise_problem, order_id, TemporaryError("shop.timeout", host="x"), "import")
    order = order_of("A1")
    assert (order.problem_kind, order.next_try_at, order.problem_data["attempts"]) == ("rejected", None, 5)


def test_a_shop_that_is_away_uses_up_nobodys_tries(order_id):
    for _ in range(9):
        committed(orders.raise_problem, order_id, TemporaryError("shop.unreachable", host="x"), "import")
    order = order_of("A1")
    assert order.problem_kind == "temporary"
    assert timedelta(minutes=14) < order.next_try_at - now() < timedelta(minutes=16)


def test_the_other_sides_word_on_how_long_to_wait_counts(order_id):
    committed(orders.raise_problem, order_id, TemporaryError("shop.rate_limited", retry_after=240, host="x"), "import")
    assert 230 < (order_of("A1").next_try_at - now()).total_seconds() <= 240


def test_an_unknown_outcome_is_always_asked_again(order_id):
    for _ in range(9):
        committed(
            orders.raise_problem,
            order_id,
            UnknownOutcomeError("shop.order_unknown", cart="1", retry_after=60),
            "import",
        )
    order = order_of("A1")
    assert order.problem_kind == "unknown"
    assert 50 < (order.next_try_at - now()).total_seconds() <= 60


def test_what_was_found_by_looking_counts_no_attempt_and_is_told_once(order_id):
    for _ in range(3):
        committed(
            orders.raise_problem, order_id, RejectedError("product.unknown", sku="X", title=""), "import", attempt=False
        )
    order = order_of("A1")
    assert (order.attempts, order.next_try_at) == (0, None)
    assert kinds("A1") == ["order.found", "problem.raised"]


def test_clearing_leaves_nothing_behind(order_id):
    committed(orders.raise_problem, order_id, TemporaryError("shop.timeout", host="x"), "import")
    committed(orders.clear_problem, order_id, by=orders.By(person="anna"))
    order = order_of("A1")
    assert (order.problem_code, order.problem_data, order.problem_kind, order.attempts) == (None, None, None, 0)
    assert kinds("A1")[-1] == "problem.cleared"
    committed(orders.clear_problem, order_id)
    assert kinds("A1").count("problem.cleared") == 1


def test_the_story_keeps_what_each_problem_was_about_when_it_is_over(order_id):
    for mode in ("Relais Colis", "Drone"):
        committed(orders.raise_problem, order_id, RejectedError("carrier.unmapped", mode=mode), "import")
    committed(orders.move, order_id, "to_import", "cancelled")
    told = [(each.kind, each.data.get("data")) for each in order_of("A1").events[1:-1]]
    assert told == [
        ("problem.raised", {"mode": "Relais Colis"}),
        ("problem.raised", {"mode": "Drone"}),
        ("problem.cleared", {"mode": "Drone"}),
    ]


def test_a_dismissed_problem_is_not_found_again_but_can_still_be_met(order_id):
    error = RejectedError("order.cancelled_after_import", shop_order="7")
    committed(orders.raise_problem, order_id, error, "lookup", attempt=False)
    committed(orders.dismiss_problem, order_id, by=orders.By(person="anna"), reason="refunded by hand")
    committed(orders.raise_problem, order_id, error, "lookup", attempt=False)
    assert order_of("A1").problem_code is None
    told = {"code": error.code, "data": {"shop_order": "7"}, "reason": "refunded by hand"}
    assert order_of("A1").events[-1].data == told
    committed(orders.raise_problem, order_id, error, "import")
    assert order_of("A1").problem_code == error.code


def test_what_a_person_must_see_is_not_hidden_by_something_that_passes(order_id):
    committed(
        orders.raise_problem,
        order_id,
        RejectedError("order.changed_after_import", what=["total"]),
        "lookup",
        attempt=False,
    )
    committed(orders.raise_problem, order_id, TemporaryError("marketplace.timeout", host="x"), "ship")
    assert order_of("A1").problem_code == "order.changed_after_import"


def hours_ago(hours):
    return now() - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TemporaryError("shop.unreachable", host="x"), "temporary"),
        (TemporaryError("marketplace.rate_limited", host="x"), "temporary"),
        (UnknownOutcomeError("shop.outcome_unknown", host="x", method="POST"), "unknown"),
    ],
)
def test_what_does_not_pass_in_some_hours_is_a_persons_matter_and_is_tried_on(order_id, error, kind):
    committed(orders.raise_problem, order_id, error, "import")
    assert not orders.needs_a_person(*standing())
    rewind("A1", problem_since=hours_ago(5))
    assert orders.needs_a_person(
        *standing()
    )  # even where nothing tries it: a schedule that is off, a worker that is gone
    committed(orders.raise_problem, order_id, error, "import")
    order = order_of("A1")
    assert (order.problem_kind, order.problem_data["attempts"]) == (kind, 2)
    assert order.next_try_at is not None


def test_troubles_that_take_turns_are_one_wait(order_id):
    for code in ("shop.unreachable", "shop.rate_limited", "shop.unreachable"):
        committed(orders.raise_problem, order_id, TemporaryError(code, host="x"), "import")
        rewind("A1", problem_since=order_of("A1").problem_since - timedelta(hours=2))
    assert orders.needs_a_person(*standing())


def test_an_unknown_outcome_is_a_persons_matter_after_ten_tries(order_id):
    error = UnknownOutcomeError("shop.order_unknown", cart="1", retry_after=60)
    for _ in range(9):
        committed(orders.raise_problem, order_id, error, "import")
    assert not orders.needs_a_person(*standing())
    committed(orders.raise_problem, order_id, error, "import")
    assert orders.needs_a_person(*standing())
    assert order_of("A1").problem_kind == "unknown"  # and whoever tries again looks before he writes


def standing():
    order = order_of("A1")
    return order.problem_kind, order.problem_data, order.problem_since

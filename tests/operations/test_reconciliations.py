"""The verdict on each order when marketplace, own table and shop are laid side by side."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cdsync import accounts, reconciliations
from cdsync.db import db, now, transaction
from cdsync.models import ReconcileRow, Reconciliation
from cdsync.reconciliations import Facts, judge
from tests.fakes import shop_order

FACTS = Facts(1, "A1", "A1", "imported", None, False, Decimal("25.88"), "Cdiscount A1", ("7",))
MADE = shop_order("7", "Cdiscount A1", Decimal("25.88"))


def verdict(facts=FACTS, shop_orders=(MADE,), late=frozenset()):
    (found,) = judge([facts], list(shop_orders), set(late))
    return found.kind, found.why


@pytest.mark.parametrize(
    ("facts", "shop_orders", "expected"),
    [
        (FACTS, [MADE], ("imported_equal", "imported")),
        (replace(FACTS, state="shipped"), [MADE], ("imported_equal", "shipped")),
        (FACTS, [], ("missing", "shop_order_gone")),
        (
            FACTS,
            [MADE, replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8")],
            ("twice", "import.several_orders"),
        ),
        (
            FACTS,
            [MADE, replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8", status_ref="6", cancelled=True)],
            ("imported_equal", "imported"),
        ),
        (
            FACTS,
            [MADE, replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8", cancelled=True)],
            ("imported_equal", "imported"),
        ),
        (
            FACTS,
            [replace(MADE, cancelled=True), replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8")],
            ("imported_equal", "imported"),
        ),
        (FACTS, [replace(MADE, cancelled=True)], ("problem", "ship.shop_order_cancelled")),
        (replace(FACTS, state="shipped"), [replace(MADE, cancelled=True)], ("imported_equal", "shipped")),
        (FACTS, [replace(MADE, total_paid=Decimal("25.87"))], ("total_differs", "import.total_differs")),
        (FACTS, [replace(MADE, payment_text="renamed in the shop")], ("imported_equal", "imported")),
        (replace(FACTS, state="to_import", shop_refs=()), [], ("waiting", "to_import")),
        (replace(FACTS, state="to_import", problem_code="shop.timeout", waits=True), [], ("waiting", "shop.timeout")),
        (replace(FACTS, state="to_import", problem_code="product.unknown"), [], ("problem", "product.unknown")),
        (replace(FACTS, state="cancelled", shop_refs=()), [], ("dead", "cancelled")),
        (replace(FACTS, state="cancelled"), [MADE], ("problem", "order.cancelled_after_import")),
        (
            replace(FACTS, problem_code="order.cancelled_after_import"),
            [replace(MADE, status_ref="6", cancelled=True)],
            ("problem", "order.cancelled_after_import"),
        ),
    ],
)
def test_every_order_gets_its_verdict(facts, shop_orders, expected):
    assert verdict(facts, shop_orders) == expected


def test_an_order_that_only_the_comparison_found_is_missing():
    assert verdict(replace(FACTS, state="to_import", shop_refs=()), [], {1}) == ("missing", "not_looked_up")


def test_a_shop_order_nobody_knows_has_a_row_of_its_own():
    rows = judge([FACTS], [MADE, shop_order("9", "Cdiscount Z9", Decimal("5.00"))], set())
    assert [(row.kind, row.shop_refs) for row in rows] == [
        ("imported_equal", ("7",)),
        ("unknown_to_marketplace", ("9",)),
    ]


def kept(account, *shop_orders):
    facts = replace(FACTS, order_id=1)
    verdicts = [replace(each, order_id=None) for each in judge([facts], list(shop_orders), set())]
    reconciliations.keep(account.id, None, now(), verdicts)
    db.session.rollback()
    return db.session.query(Reconciliation).order_by(Reconciliation.id.desc()).first()


def test_an_alarm_is_raised_unless_everything_is_explained(fake_account):
    assert kept(fake_account, MADE).alarm is False
    found = kept(fake_account, MADE, replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8"))
    assert (found.alarm, found.counts) == (True, {"twice": 1})


def test_a_dismissed_row_no_longer_counts_also_the_next_day(fake_account):
    twice = kept(fake_account, MADE, replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8"))
    reconciliations.dismiss(twice.rows[0].id, reason="refunded", actor="anna")
    assert (twice.alarm, twice.counts) == (False, {})
    next_day = kept(fake_account, MADE, replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8"))
    assert (next_day.alarm, next_day.rows[0].dismissed_reason) == (False, "refunded")


def test_a_dismissal_does_not_cover_a_third_shop_order(fake_account):
    twice = kept(fake_account, MADE, replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8"))
    reconciliations.dismiss(twice.rows[0].id, reason="refunded", actor="anna")
    assert (
        kept(
            fake_account,
            MADE,
            replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8"),
            replace(MADE, shop_ref="9"),
        ).alarm
        is True
    )


def test_old_comparisons_are_forgotten(fake_account):
    first = kept(fake_account, MADE).id
    with transaction() as session:
        session.get_one(Reconciliation, first).at = now() - reconciliations.KEPT * 2
    kept(fake_account, MADE)
    assert db.session.query(Reconciliation).count() == 1
    assert db.session.query(ReconcileRow).count() == 1


def test_an_account_that_rests_keeps_its_last_comparison_and_what_was_dismissed_there(fake_account):
    other = accounts.ensure("rests")
    twice = (MADE, replace(MADE, shop_ref="8", reference="SHOP8", cart_ref="8"))
    last = kept(other, *twice)
    reconciliations.dismiss(last.rows[0].id, reason="refunded", actor="anna")
    with transaction() as session:
        session.get_one(Reconciliation, last.id).at = now() - reconciliations.KEPT * 2
    kept(fake_account, MADE)
    assert reconciliations.latest(db.session(), other.id).id == last.id
    taken_up = kept(other, *twice)
    assert (taken_up.alarm, taken_up.rows[0].dismissed_reason) == (False, "refunded")

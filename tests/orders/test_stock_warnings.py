"""Pieces that did not move as they must: kept on the order, counted by the comparison, settled by a person."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cdsync import orders, reconciliations
from cdsync.connectors.base import Imported
from cdsync.db import db, now, transaction
from cdsync.errors import RejectedError
from cdsync.models import ReconcileRow
from cdsync.reconciliations import Facts, judge
from tests.fakes import reading, shop_order
from tests.worlds import keep_reading, kinds, order_of

DATA = {"product": "Mug", "article": "1/0", "moved": 1, "expected": 2, "pieces": 1, "change": "-1", "stock": 9}
ODD = RejectedError("import.stock_differs", **DATA, right=8)
MADE = shop_order("7", "Cdiscount A1", Decimal("25.88"))


@pytest.fixture
def imported(fake_account):
    """An order that was imported while a piece was lost."""
    order_id = keep_reading(fake_account, reading("A1")).order_id
    with transaction() as session:
        orders.keep_imported(session, fake_account.id, order_id, Imported("A1", MADE, warnings=(ODD,)))
    return order_id


def facts(order_id, **changes):
    told = tuple(each["data"] for each in order_of("A1").warnings)
    plain = Facts(order_id, "A1", "A1", "imported", None, False, Decimal("25.88"), "Cdiscount A1", ("7",), told)
    return replace(plain, **changes)


def test_a_warning_of_the_import_is_kept_on_the_order(imported):
    assert [(each["code"], each["data"]["change"]) for each in order_of("A1").warnings] == [
        ("import.stock_differs", "-1")
    ]
    assert order_of("A1").state == "imported"
    assert order_of("A1").problem_code is None


def test_the_comparison_counts_it_and_is_an_alarm(imported, fake_account):
    (verdict,) = judge([facts(imported)], [MADE], set())
    assert (verdict.kind, verdict.why) == ("stock_differs", "import.stock_differs")
    assert verdict.data["stock"][0]["right"] == 8
    reconciliations.keep(fake_account.id, None, now(), [verdict])
    kept = reconciliations.latest(db.session(), fake_account.id)
    assert (kept.counts, kept.alarm) == ({"stock_differs": 1}, True)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"stock": ()}, "imported_equal"),
        ({"total": Decimal(1)}, "total_differs"),
        ({"state": "shipped"}, "stock_differs"),
    ],
)
def test_what_is_worse_comes_first(imported, changes, kind):
    (verdict,) = judge([facts(imported, **changes)], [MADE], set())
    assert verdict.kind == kind


def test_stock_that_was_put_right_is_no_warning_any_more(imported, fake_account):
    reconciliations.keep(fake_account.id, None, now(), judge([facts(imported)], [MADE], set()))
    row = db.session.query(ReconcileRow).one()
    reconciliations.dismiss(row.id, reason="counted on the shelf", actor="anna")
    db.session.expire_all()
    assert order_of("A1").warnings == []
    assert kinds("A1")[-1] == "stock.put_right"
    assert reconciliations.latest(db.session(), fake_account.id).alarm is False
    (verdict,) = judge([facts(imported)], [MADE], set())
    assert verdict.kind == "imported_equal"

"""Reconcile: three lists side by side, nothing lost, and an alarm unless everything is explained."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from cdsync import reconciliations, settings
from cdsync.cli.followed_run import exit_code, in_words
from cdsync.db import db, now
from cdsync.error_catalogue import CATALOGUE
from cdsync.errors import RejectedError
from cdsync.models import Reconciliation
from tests.fakes import change, reading, shop_order, sold
from tests.worlds import order_of


@pytest.fixture
def traded(fake_account, world, run):
    """A1 imported, A2 stopped by an unknown product, A3 waiting for its payment, A4 refused."""
    world.add(reading("A1"), reading("A2", lines=(sold("NOPE"),)), reading("A3", "accepted"), reading("A4", "refused"))
    world.unknown_skus.add("NOPE")
    run(fake_account, "lookup")
    run(fake_account, "import")


def compared() -> Reconciliation:
    db.session.rollback()
    return db.session.query(Reconciliation).order_by(Reconciliation.id.desc()).first()


def verdicts() -> dict[str, str]:
    return {row.ref or row.shop_refs[0]: row.kind for row in compared().rows}


def test_every_order_has_its_verdict_and_there_is_no_alarm(fake_account, world, run, traded):
    report = run(fake_account, "reconcile")
    assert verdicts() == {"A1": "imported_equal", "A2": "problem", "A3": "waiting", "A4": "dead"}
    assert (compared().alarm, report["state"], report["problems"]) == (False, "finished", [])
    row = compared().rows[0]
    assert (row.marketplace_total, row.shop_total) == (Decimal("25.88"), Decimal("25.88"))


def test_an_order_that_no_lookup_had_seen_is_said_to_have_been_missing_and_is_stored(fake_account, world, run, traded):
    world.add(reading("A9", updated_at=now() - timedelta(days=1)))
    report = run(fake_account, "reconcile")
    assert (verdicts()["A9"], compared().alarm) == ("missing", True)
    assert report["problems"] == [{"order": "A9", "code": "reconcile.missing"}]
    assert order_of("A9").state == "to_import"
    run(fake_account, "reconcile")
    assert verdicts()["A9"] == "waiting"


def test_an_order_that_came_since_the_last_lookup_is_not_missing(fake_account, world, run, traded):
    world.add(reading("A9"))
    run(fake_account, "reconcile")
    assert verdicts()["A9"] == "waiting"


def test_two_shop_orders_for_one_are_found(fake_account, world, run, traded):
    world.shop_orders.append(shop_order("2", "Cdiscount A1", Decimal("25.88")))
    run(fake_account, "reconcile")
    assert verdicts()["A1"] == "twice"


def test_another_total_is_found(fake_account, world, run, traded):
    change(world, "1", total_paid=Decimal("25.87"))
    run(fake_account, "reconcile")
    assert verdicts()["A1"] == "total_differs"


def test_a_shop_order_that_vanished_is_found(fake_account, world, run, traded):
    world.shop_orders.clear()
    run(fake_account, "reconcile")
    assert verdicts()["A1"] == "missing"


def test_a_shop_order_that_was_renamed_is_asked_for_by_its_number(fake_account, world, run, traded):
    change(world, "1", payment_text="renamed")
    run(fake_account, "reconcile")
    assert verdicts()["A1"] == "imported_equal"


def test_a_shop_order_that_the_marketplace_does_not_know_is_shown(fake_account, world, run, traded):
    world.shop_orders.append(shop_order("5", "Cdiscount Z9", Decimal("1.00")))
    run(fake_account, "reconcile")
    assert (verdicts()["5"], compared().alarm) == ("unknown_to_marketplace", True)


def test_a_shop_order_that_only_the_marketplace_still_knows_is_fetched(fake_account, world, run, traded, monkeypatch):
    from tests import fakes

    listed = fakes.FakeMarketplace.orders
    monkeypatch.setattr(
        fakes.FakeMarketplace,
        "orders",
        lambda self, since: (entry for entry in listed(self, since) if entry.ref != "A9"),
    )
    world.add(reading("A9"))
    world.shop_orders.append(shop_order("5", "Cdiscount A9", Decimal("25.88")))
    run(fake_account, "reconcile")
    assert (verdicts()["A9"], order_of("A9").state) == ("missing", "to_import")


def test_a_shop_that_is_away_makes_no_comparison(fake_account, world, run, traded):
    from cdsync.errors import TemporaryError

    world.fail["marketplace_orders"] = [TemporaryError("shop.unreachable", host="x")]
    report = run(fake_account, "reconcile")
    assert (report["state"], compared()) == ("failed", None)


@pytest.fixture
def doubled(fake_account, world, run, traded):
    """A1 has a second shop order; status 6 is the chosen one for cancelled orders."""
    settings.load({"orders": {"cancelled_status": "6"}})
    world.shop_orders.append(shop_order("2", "Cdiscount A1", Decimal("25.88")))


def test_the_second_order_a_person_chose_is_cancelled_and_the_comparison_shows_it(fake_account, world, run, doubled):
    run(fake_account, "reconcile", options={"cancel": "2"})
    assert world.called("set_status") == [("2", "6")]
    assert (verdicts()["A1"], compared().alarm) == ("imported_equal", False)
    assert order_of("A1").events[-1].data == {"shop_order": "2", "status": "6"}


def test_cancelling_the_one_that_was_imported_leaves_the_other_to_be_shipped(fake_account, world, run, doubled):
    run(fake_account, "reconcile", options={"cancel": "1"})
    change(world, "2", status_ref="4", tracking_number="6A2")
    run(fake_account, "ship")
    assert [call[1] for call in world.called("ship")] == ["6A2"]


def test_the_last_live_order_is_never_cancelled(fake_account, world, run, doubled):
    for ref in ("2", "1", "2", "99"):
        run(fake_account, "reconcile", options={"cancel": ref})
    assert world.called("set_status") == [("2", "6")]


def test_a_shop_that_refuses_to_cancel_is_a_warning_and_the_comparison_is_made(fake_account, world, run, doubled):
    world.fail["set_status"] = [RejectedError("shop.refused", resource="orders", field="", message="no", shop_code="1")]
    report = run(fake_account, "reconcile", options={"cancel": "2"})
    assert (report["state"], report["error"]["code"]) == ("finished", "shop.refused")
    assert verdicts()["A1"] == "twice"


def test_without_a_status_for_cancelled_orders_nothing_is_cancelled(fake_account, world, run, doubled):
    settings.load({"orders": {"cancelled_status": None}})
    report = run(fake_account, "reconcile", options={"cancel": "2"})
    assert report["error"]["data"] == {"fields": ["orders.cancelled_status"]}
    assert world.called("set_status") == []


def test_what_a_comparison_found_is_told_in_sentences(fake_account, world, run, traded):
    world.shop_orders.append(shop_order("2", "Cdiscount A1", Decimal("25.88")))
    world.shop_orders.append(shop_order("5", "Cdiscount Z9", Decimal("1.00")))
    report = run(fake_account, "reconcile")
    said = "\n".join(in_words(report))
    assert exit_code(report) == 1
    assert "  A1: The order has several live shop orders." in said
    assert "  Orders of your shop that name an order of Cdiscount that nobody knows: 1." in said


def test_every_bad_verdict_has_an_article():
    assert {f"reconcile.{kind}" for kind in reconciliations.ALARMING} <= set(CATALOGUE)


def test_a_dismissed_row_is_no_problem_of_the_next_comparison(fake_account, world, run, traded):
    world.shop_orders.append(shop_order("5", "Cdiscount Z9", Decimal("1.00")))
    assert exit_code(run(fake_account, "reconcile")) == 1
    (stranger,) = (row.id for row in compared().rows if row.kind == "unknown_to_marketplace")
    reconciliations.dismiss(stranger, reason="sold by telephone", actor="Camille")
    report = run(fake_account, "reconcile")
    assert (exit_code(report), report["problems"]) == (0, [])
    assert "unknown_to_marketplace" not in report["counts"]

"""Lookup over a world in memory: everything is stored, nothing is lost, one bad order costs nobody else anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import sqlalchemy
from sqlalchemy import select

from cdsync import accounts, orders, settings
from cdsync.connectors.base import Fee, UnreadableOrder
from cdsync.db import db, now
from cdsync.errors import ConfigError, RejectedError, TemporaryError
from cdsync.models import Order, Run, ShopOrder
from tests.fakes import change, reading, sold
from tests.worlds import committed, keep_reading, kinds, last_run, order_of, rewind


def test_the_window_is_the_chosen_days_and_two_hours(fake_account, world, run):
    run(fake_account, "lookup")
    since = datetime.fromisoformat(world.called("orders")[0][0])
    assert abs(datetime.now(UTC) - since - timedelta(days=7, hours=2)) < timedelta(minutes=1)


def window(world) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(world.called("orders")[-1][0])


def test_after_a_pause_longer_than_the_window_it_begins_as_long_before_the_last_whole_lookup(fake_account, world, run):
    run(fake_account, "lookup")
    was_away(timedelta(days=12))
    world.add(reading("A1"))
    run(fake_account, "lookup", order_ids=())
    run(fake_account, "lookup")
    assert abs(window(world) - timedelta(days=19, hours=2)) < timedelta(minutes=1)
    run(fake_account, "lookup")
    assert abs(window(world) - timedelta(days=7, hours=2)) < timedelta(minutes=1)


def test_a_lookup_that_failed_half_way_does_not_count_as_read(fake_account, world, run):
    run(fake_account, "lookup")
    was_away(timedelta(days=12))
    world.fail["orders"] = [TemporaryError("marketplace.unreadable", host="x", reason="y")]
    assert run(fake_account, "lookup")["state"] == "failed"
    run(fake_account, "lookup")
    assert abs(window(world) - timedelta(days=19, hours=2)) < timedelta(minutes=1)


def test_after_years_the_window_ends_somewhere(fake_account, world, run):
    run(fake_account, "lookup")
    was_away(timedelta(days=800))
    run(fake_account, "lookup")
    assert abs(window(world) - timedelta(days=99, hours=2)) < timedelta(minutes=1)


def test_a_clock_that_was_put_back_skips_nothing(fake_account, world, run):
    run(fake_account, "lookup")
    was_away(timedelta(days=-30))
    run(fake_account, "lookup")
    assert abs(window(world) - timedelta(days=7, hours=2)) < timedelta(minutes=1)


def was_away(time: timedelta) -> None:
    """As if the runs so far had been so long ago."""
    for each in db.session.scalars(select(Run)):
        each.started_at -= time
    db.session.commit()


def test_new_orders_are_counted_and_what_stops_them_is_known_at_once(fake_account, world, run):
    world.add(reading("A1"), reading("A2", lines=(sold("NOPE"),)))
    world.unknown_skus.add("NOPE")
    report = run(fake_account, "lookup")
    assert report["state"] == "finished"
    assert (report["counts"]["new"], report["counts"]["problem"]) == (2, 1)
    assert report["problems"] == [{"order": "A2", "code": "product.unknown"}]
    order = order_of("A2")
    assert (order.problem_operation, order.problem_kind, order.attempts) == ("import", "rejected", 0)


def test_matches_and_corrections_are_kept_for_the_order_page(fake_account, world, run):
    world.add(reading("A1"))
    run(fake_account, "lookup")
    order = order_of("A1")
    assert (order.lines[0].product_ref, order.lines[0].stock, order.lines[0].product_name) == ("7", 9, "Product MUG")
    assert order.corrections == [{"field": "delivery.phone", "before": "06 00", "after": "0600", "why": "no spaces"}]


def test_a_problem_that_was_repaired_in_the_shop_ends_at_the_next_lookup(fake_account, world, run):
    world.add(reading("A1", lines=(sold("NOPE"),)))
    world.unknown_skus.add("NOPE")
    run(fake_account, "lookup")
    world.unknown_skus.clear()
    report = run(fake_account, "lookup")
    assert order_of("A1").problem_code is None
    assert report["problems"] == []


def test_the_same_problem_is_told_once_and_not_at_every_lookup(fake_account, world, run):
    world.add(reading("A1", lines=(sold("NOPE"),)))
    world.unknown_skus.add("NOPE")
    run(fake_account, "lookup")
    report = run(fake_account, "lookup")
    assert report["problems"] == []
    assert kinds("A1").count("problem.raised") == 1


def test_a_problem_met_while_importing_is_not_cleared_by_the_checks(fake_account, world, run):
    world.add(reading("A1"))
    run(fake_account, "lookup")
    error = RejectedError("import.total_differs", expected="1", found="2", difference="1", shop_order="7")
    committed(orders.raise_problem, order_of("A1").id, error, "import")
    run(fake_account, "lookup")
    assert order_of("A1").problem_code == "import.total_differs"


def test_an_order_whose_import_was_begun_is_not_judged_by_the_checks(fake_account, world, run):
    world.add(reading("A1"))
    world.fail["posted"] = [TimeoutError()]
    run(fake_account, "lookup")
    run(fake_account, "import")
    world.calls.clear()
    run(fake_account, "lookup")
    assert world.called("examine") == []


def test_entries_that_are_no_orders_do_not_fail_the_run(fake_account, world, run):
    broken = UnreadableOrder("A9", "", "", "{", RejectedError("order.unreadable", reason="cut"))
    world.add(broken, reading("A1"))
    report = run(fake_account, "lookup")
    assert (report["state"], report["problems"]) == ("finished", [{"order": "A9", "code": "order.unreadable"}])
    assert order_of("A1").state == "to_import"


def test_an_order_that_nobody_foresaw_is_kept_and_the_others_go_on(fake_account, world, run):
    world.add(reading("A1", total="not money"), reading("A2"))
    report = run(fake_account, "lookup")
    assert (report["state"], report["error"]["code"]) == ("failed", "internal")
    assert order_of("A1").problem_code == "order.unreadable"
    assert order_of("A2").state == "to_import"


def test_what_was_read_before_the_marketplace_went_away_is_kept(fake_account, world, run):
    world.add(reading("A1"))
    world.fail["next page"] = [TemporaryError("marketplace.timeout", host="x")]
    report = run(fake_account, "lookup")
    assert (report["state"], report["error"]["code"]) == ("failed", "marketplace.timeout")
    assert order_of("A1").state == "to_import"


def test_a_refused_key_fails_the_run(fake_account, world, run):
    world.fail["orders"] = [ConfigError("marketplace.credentials_refused", detail="no")]
    report = run(fake_account, "lookup")
    assert (report["state"], report["error"]["code"]) == ("failed", "marketplace.credentials_refused")


def test_a_shop_that_is_away_costs_only_the_checks(fake_account, world, run):
    world.add(reading("A1"))
    world.fail["examine"] = [TemporaryError("shop.unreachable", host="x")]
    report = run(fake_account, "lookup")
    assert (report["state"], report["counts"]["warning"]) == ("finished", 1)
    assert report["error"]["code"] == "shop.unreachable"
    assert (order_of("A1").state, order_of("A1").problem_code) == ("to_import", None)


def test_open_orders_outside_the_window_are_read_one_by_one(fake_account, world, run):
    world.add(reading("A1", "accepted"))
    run(fake_account, "lookup")
    hidden = world.orders.pop("A1")
    world.add(reading("A2"))
    run(fake_account, "lookup")
    assert world.called("order") == [("A1",)]
    assert order_of("A1").problem_code == "order.gone"
    world.add(hidden)
    run(fake_account, "lookup")
    assert order_of("A1").problem_code is None


def test_orders_that_ended_are_not_read_again(fake_account, world, run):
    world.add(reading("A1", "refused"), reading("A2", "cancelled"))
    run(fake_account, "lookup")
    world.orders.clear()
    run(fake_account, "lookup")
    assert world.called("order") == []


def test_accepted_long_ago_raises_an_alarm(fake_account, world, run):
    world.add(reading("A1", "accepted"))
    run(fake_account, "lookup")
    rewind("A1", state_since=now() - timedelta(hours=25))
    report = run(fake_account, "lookup")
    assert report["problems"] == [{"order": "A1", "code": "order.waiting_too_long"}]


def test_a_cancellation_after_import_gives_the_shop_order_the_chosen_status_once(fake_account, world, run):
    settings.load({"account": "main", "orders": {"cancelled_status": "6"}})
    world.add(reading("A1"))
    run(fake_account, "lookup")
    run(fake_account, "import")
    world.add(reading("A1", "cancelled"))
    run(fake_account, "lookup")
    run(fake_account, "lookup")
    assert world.called("set_status") == [("1", "6")]
    assert world.shop_orders[0].status_ref == "6"
    (row,) = db.session.scalars(select(ShopOrder))
    assert (row.status_ref, row.status_name) == ("6", "Status 6")
    assert "shop.cancelled" in kinds("A1")
    assert order_of("A1").problem_code == "order.cancelled_after_import"


def test_without_a_chosen_status_the_shop_order_is_left_alone(fake_account, world, run):
    world.add(reading("A1"))
    run(fake_account, "lookup")
    run(fake_account, "import")
    world.add(reading("A1", "cancelled"))
    run(fake_account, "lookup")
    assert world.called("set_status") == []
    assert order_of("A1").problem_code == "order.cancelled_after_import"


def test_a_waiting_order_is_checked_without_its_address(fake_account, world, run):
    world.add(reading("A1", "to_accept", shipping=None, billing=None))
    run(fake_account, "lookup")
    assert order_of("A1").problem_code is None
    assert world.called("examine") == [("A1",)]


def test_a_stop_ends_the_lookup_between_two_pages(fake_account, world, run, monkeypatch):
    from cdsync import runs
    from cdsync.operations import lookup_orders

    world.add(*(reading(f"A{n}") for n in range(150)))
    kept = lookup_orders.keep_page

    def stop_after_the_first(*args, **kwargs):
        runs.request_stop(last_run().id)
        return kept(*args, **kwargs)

    monkeypatch.setattr(lookup_orders, "keep_page", stop_after_the_first)
    report = run(fake_account, "lookup")
    assert (report["state"], report["counts"]["new"], report["counts"]["done"]) == ("stopped", 100, 100)


def test_orders_that_cannot_be_kept_together_are_kept_one_by_one_and_counted_once(fake_account, world, run):
    world.add(*(reading(f"A{n}") for n in range(3)))
    run(fake_account, "lookup")
    world.add(reading("A1", total="not money"), reading("A2", "cancelled"), reading("A3"), reading("A4", total="none"))
    report = run(fake_account, "lookup")
    assert (report["state"], report["error"]["code"]) == ("failed", "internal")
    counts = {name: report["counts"][name] for name in ("new", "done", "problem")}
    assert counts == {"new": 2, "done": 3, "problem": 2}
    assert [order_of(f"A{n}").problem_code for n in (1, 4)] == ["order.unreadable"] * 2
    assert [order_of(f"A{n}").state for n in (0, 2, 3)] == ["to_import", "cancelled", "to_import"]
    assert kinds("A3") == ["order.found"]


def test_a_new_order_kept_beside_others_is_the_same_as_one_kept_by_itself(fake_account, world, run):
    world.add(reading("A1", fees=(Fee("cofidis", Decimal("1.50")),)), reading("A2", shipping=None, billing=None))
    world.fail["examine"] = [TemporaryError("shop.unreachable", host="x")]
    run(fake_account, "lookup")
    together = {ref: _told_of(ref) for ref in ("A1", "A2")}
    other = accounts.ensure("other")
    for ref, entry in world.orders.items():
        assert keep_reading(other, entry).is_new
        db.session.rollback()
        assert _told_of(ref, other.id) == together[ref]


def _told_of(ref: str, account_id: int | None = None) -> dict[str, object]:
    """Everything that is kept of an order but for when, where and under which numbers."""
    own = {
        "id",
        "account_id",
        "order_id",
        "seller",
        "found_at",
        "read_at",
        "read_digest",
        "state_since",
        "run_id",
        "at",
    }
    query = select(Order).where(Order.marketplace_ref == ref)
    if account_id is not None:
        query = query.where(Order.account_id == account_id)
    order = db.session.scalars(query.order_by(Order.id).limit(1)).one()

    def shown(row: object) -> dict[str, object]:
        named = [column.key for column in sqlalchemy.inspect(type(row)).columns]
        return {name: getattr(row, name) for name in named if name not in own}

    return {
        "order": shown(order),
        "lines": [shown(line) for line in order.lines],
        "events": [shown(event) for event in order.events],
    }


def test_a_shipped_order_seen_for_the_first_time_was_shipped_elsewhere(fake_account, world, run):
    world.add(reading("A1", "shipped"))
    run(fake_account, "lookup")
    assert order_of("A1").state == "elsewhere"
    change(world, "none")


def test_chosen_orders_are_read_and_checked_and_no_others(fake_account, world, run):
    world.add(reading("A1", "accepted"), reading("A2", "accepted"))
    run(fake_account, "lookup")
    world.add(reading("A1", lines=(sold("NOPE"),)), reading("A2"))
    world.unknown_skus.add("NOPE")
    world.calls.clear()
    report = run(fake_account, "lookup", order_ids=[order_of("A1").id])
    assert (world.called("orders"), world.called("order"), world.called("examine")) == ([], [("A1",)], [("A1",)])
    assert report["problems"] == [{"order": "A1", "code": "product.unknown"}]
    assert (order_of("A1").state, order_of("A2").state) == ("to_import", "accepted")


def test_a_chosen_order_that_the_marketplace_no_longer_knows_is_a_problem(fake_account, world, run):
    world.add(reading("A1"))
    run(fake_account, "lookup")
    world.orders.clear()
    report = run(fake_account, "lookup", order_ids=[order_of("A1").id])
    assert report["problems"] == [{"order": "A1", "code": "order.gone"}]


def test_a_fault_of_ours_in_keeping_a_page_costs_no_order_and_is_logged(fake_account, world, run, monkeypatch, caplog):
    def broken(*_args, **_more):
        raise ValueError("Ms Durand's address")

    world.add(reading("A1"), reading("A2"))
    monkeypatch.setattr(orders, "store_new", broken)
    run(fake_account, "lookup")
    assert last_run().state == "finished"
    assert {order_of(ref).state for ref in ("A1", "A2")} == {"to_import"}
    assert "keeping a page: ValueError" in caplog.text
    assert "Durand" not in caplog.text

"""Import over a world in memory: one shop order each, one bad order stops nobody, each failure goes its own way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cdsync import orders, runs, settings
from cdsync.db import db, now, transaction
from cdsync.errors import ConfigError, RejectedError, TemporaryError, UnknownOutcomeError, WrongStateError
from cdsync.models import ImportStep
from cdsync.operations import import_orders
from tests.fakes import reading, sold
from tests.worlds import committed, keep_reading, kinds, last_run, order_of, rewind


@pytest.fixture
def due(fake_account, world, run):
    """Three orders ready to import."""
    world.add(*(reading(f"A{n}") for n in (1, 2, 3)))
    run(fake_account, "lookup")
    world.calls.clear()
    return {ref: order_of(ref).id for ref in ("A1", "A2", "A3")}


def payments(world):
    return sorted(order.payment_text for order in world.shop_orders)


ALL = ["Cdiscount A1", "Cdiscount A2", "Cdiscount A3"]


def test_each_order_is_made_once_and_its_shop_order_kept(fake_account, world, run, due):
    report = run(fake_account, "import", actor="anna")
    assert (report["state"], report["counts"]) == ("finished", {"done": 3})
    assert payments(world) == ALL
    order = order_of("A1")
    assert (order.state, order.shop_orders[0].shop_ref, order.shop_orders[0].adopted) == ("imported", "1", False)
    assert order.shop_orders[0].total_paid == order.total
    assert kinds("A1")[-2:] == ["import.imported", "order.moved"]
    assert (order.claim_owner, order.lines[0].product_ref) == (None, "7")


def test_running_again_finds_nothing_to_do(fake_account, world, run, due):
    run(fake_account, "import")
    assert run(fake_account, "import")["counts"] == {}
    assert payments(world) == ALL


def test_an_order_found_in_the_shop_is_adopted(fake_account, world, run, due):
    from tests.fakes import shop_order

    world.shop_orders.append(shop_order("77", "Cdiscount A1", order_of("A1").total))
    run(fake_account, "import")
    assert payments(world) == ALL
    assert order_of("A1").shop_orders[0].adopted is True


@pytest.mark.parametrize(
    ("error", "outcome", "kind"),
    [
        (
            RejectedError("shop.refused", resource="customers", field="x", message="", shop_code="85"),
            "problem",
            "rejected",
        ),
        (TemporaryError("shop.timeout", host="x"), "waiting", "temporary"),
        (UnknownOutcomeError("shop.order_unknown", cart="4"), "waiting", "unknown"),
    ],
)
def test_a_failed_order_stops_nobody_else(fake_account, world, run, due, error, outcome, kind):
    world.refused["A2"] = error
    report = run(fake_account, "import")
    assert report["counts"] == {"done": 2, outcome: 1}
    order = order_of("A2")
    assert (order.state, order.problem_code, order.problem_kind) == ("to_import", error.code, kind)
    assert (order.claim_owner, order.attempts) == (None, 1)


def test_an_unknown_outcome_waits_out_the_shops_time_limit(fake_account, world, run, due):
    world.refused["A2"] = UnknownOutcomeError("shop.order_unknown", cart="4")
    run(fake_account, "import")
    assert 50 < (order_of("A2").next_try_at - now()).total_seconds() <= 60


def test_what_waits_is_tried_when_its_time_has_come_and_not_before(fake_account, world, run, due):
    world.refused["A2"] = TemporaryError("shop.timeout", host="x")
    run(fake_account, "import")
    assert run(fake_account, "import")["counts"] == {}
    rewind("A2", next_try_at=now() - timedelta(seconds=1))
    assert run(fake_account, "import")["counts"] == {"done": 1}
    assert payments(world) == ALL


def test_a_problem_is_tried_again_only_when_a_person_asks(fake_account, world, run, due):
    world.refused["A2"] = RejectedError("import.lines_differ", shop_order="7", what="x")
    run(fake_account, "import")
    assert run(fake_account, "import")["counts"] == {}
    report = run(fake_account, "import", order_ids=[due["A2"]])
    assert report["counts"] == {"done": 1}
    assert order_of("A2").problem_code is None


def test_a_person_need_not_wait_for_the_next_try(fake_account, world, run, due):
    world.refused["A2"] = TemporaryError("shop.timeout", host="x")
    run(fake_account, "import")
    assert run(fake_account, "import", order_ids=[due["A2"]])["counts"] == {"done": 1}


def test_what_the_checks_find_at_import_is_a_problem_before_any_write(fake_account, world, run, due):
    world.unknown_skus.add("MUG")
    report = run(fake_account, "import")
    assert {problem["code"] for problem in report["problems"]} == {"product.unknown"}
    assert world.shop_orders == []


def test_an_order_that_does_not_add_up_never_reaches_the_shop(fake_account, world, run, due):
    keep_reading(fake_account, reading("A1", total=order_of("A1").total + 1))
    report = run(fake_account, "import", order_ids=[due["A1"]])
    assert report["problems"] == [{"order": "A1", "code": "order.total_mismatch"}]
    assert world.called("import_orders") == []


def test_a_wrong_setting_ends_the_run_and_leaves_the_orders_as_they_were(fake_account, world, run, due):
    world.fail["import_orders"] = [ConfigError("shop.status_missing", status="2")]
    report = run(fake_account, "import")
    assert (report["state"], report["error"]["code"]) == ("failed", "shop.status_missing")
    assert [order_of(ref).problem_code for ref in due] == [None, None, None]
    assert [order_of(ref).claim_owner for ref in due] == [None, None, None]


def test_a_wrong_setting_met_by_one_order_ends_the_run_too(fake_account, world, run, due):
    world.refused["A2"] = ConfigError("shop.payment_module_missing", module="x")
    report = run(fake_account, "import")
    assert report["state"] == "failed"
    assert [order_of(ref).state for ref in due] == ["imported", "to_import", "to_import"]
    assert [order_of(ref).problem_code for ref in due] == [None, None, None]


def test_a_missing_setting_is_named(fake_account, world, run, due):
    account = order_of("A1").account_id
    from cdsync.models import Account

    with transaction() as session:
        row = session.get_one(Account, account)
        row.settings = row.settings | {"orders": {**row.settings["orders"], "imported_status": None}}
    report = run(fake_account, "import")
    assert report["error"] == {"code": "settings.incomplete", "data": {"fields": ["orders.imported_status"]}}


def test_a_bug_with_one_order_is_that_orders_problem_and_fails_the_run_at_its_end(fake_account, world, run, due):
    def crash(ref: str) -> None:
        if ref == "A2":
            raise KeyError("Camille Durand, 12 rue des Lilas")

    world.before_posting = crash
    report = run(fake_account, "import")
    assert (report["state"], report["error"]) == ("failed", {"code": "internal", "data": {"kind": "KeyError"}})
    assert payments(world) == ["Cdiscount A1", "Cdiscount A3"]
    assert (order_of("A2").problem_code, order_of("A2").problem_kind) == ("internal", "internal")


def test_a_bug_is_logged_without_personal_data(fake_account, world, run, due, caplog):
    def crash(ref: str) -> None:
        raise KeyError("Camille Durand, 12 rue des Lilas")

    world.before_posting = crash
    run(fake_account, "import")
    assert "KeyError" in caplog.text
    assert "Durand" not in caplog.text


def test_a_shop_that_is_away_ends_the_run_after_one_batch(fake_account, world, run, monkeypatch):
    monkeypatch.setattr(import_orders, "MOST_AT_ONCE", 3)
    world.add(*(reading(f"B{n:02}") for n in range(8)))
    run(fake_account, "lookup")
    world.calls.clear()
    world.fail["import_orders"] = [TemporaryError("shop.unreachable", host="x")]
    report = run(fake_account, "import")
    assert (report["state"], report["error"]["code"]) == ("failed", "shop.unreachable")
    assert report["counts"] == {"waiting": 3}
    assert len(world.called("import_orders")) == 1


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (TemporaryError("shop.server_error", host="x", status=500), "waiting"),
        (UnknownOutcomeError("shop.outcome_unknown", host="x", method="POST"), "waiting"),
        (RejectedError("shop.refused", resource="", field="", message="", shop_code="1"), "done"),
        (WrongStateError("order.claimed", owner=""), "done"),
    ],
)
def test_a_failure_of_the_whole_call_is_each_orders_own_and_counted_once(fake_account, world, run, due, error, outcome):
    world.fail["import_orders"] = [error]
    report = run(fake_account, "import")
    assert (report["state"], report["counts"]) == ("finished", {outcome: 3})


def test_an_order_under_somebody_elses_claim_is_skipped(fake_account, world, run, due):
    committed(orders.claim, [due["A1"]], "another host", 60)
    report = run(fake_account, "import")
    assert report["counts"] == {"done": 2, "skipped": 1}
    assert last_run().orders[0].code == "order.claimed"
    assert "Cdiscount A1" not in payments(world)


def test_a_claim_whose_holder_died_is_taken_over_after_its_lease_and_looked_at_first(fake_account, world, run, due):
    committed(orders.claim, [due["A1"]], "a dead worker", 60)
    from tests.fakes import shop_order

    world.shop_orders.append(shop_order("77", "Cdiscount A1", order_of("A1").total))  # it had posted before it died
    rewind("A1", claim_until=now() - timedelta(seconds=1))
    run(fake_account, "import")
    assert payments(world) == ALL
    assert order_of("A1").shop_orders[0].shop_ref == "77"


def test_an_order_whose_claim_is_lost_just_before_the_write_is_dropped_without_a_write(fake_account, world, run, due):
    def steal(ref: str) -> None:
        if ref == "A2":
            rewind("A2", claim_owner="another host", claim_until=now() + timedelta(seconds=60))

    world.before_posting = steal
    report = run(fake_account, "import")
    assert report["counts"] == {"done": 2, "skipped": 1}
    assert payments(world) == ["Cdiscount A1", "Cdiscount A3"]
    assert order_of("A2").claim_owner == "another host"


def test_a_worker_killed_after_the_shop_had_answered_makes_no_second_order(fake_account, world, run, due):
    world.fail["posted"] = [SystemExit()]
    with pytest.raises(SystemExit):
        run(fake_account, "import")
    assert last_run().state == "stopped"
    run(fake_account, "import")
    assert payments(world) == ALL
    assert order_of("A1").state == "imported"


def test_an_order_cancelled_while_its_import_was_under_way_is_looked_for_in_the_shop(fake_account, world, run, due):
    world.fail["posted"] = [SystemExit()]
    with pytest.raises(SystemExit):
        run(fake_account, "import", order_ids=[due["A1"]])
    keep_reading(fake_account, reading("A1", "cancelled"))
    assert order_of("A1").state == "to_import"
    run(fake_account, "import")
    assert order_of("A1").problem_code == "shop.order_unknown"  # the shop may still be making it
    rewind("A1", next_try_at=now())
    for step in order_of("A1").steps:
        step.begun_at = now() - timedelta(minutes=5)
    db.session.commit()
    run(fake_account, "import")
    order = order_of("A1")
    assert (order.state, order.problem_code) == ("imported", "order.cancelled_after_import")
    assert order.shop_orders[0].shop_ref == "1"


def test_an_order_cancelled_before_the_shop_made_it_waits_out_the_limit_and_is_cancelled(fake_account, world, run, due):
    with transaction() as session:
        session.add(ImportStep(order_id=due["A1"], name="order", data={"cart": "4"}, begun_at=now()))
    keep_reading(fake_account, reading("A1", "cancelled"))
    run(fake_account, "import", order_ids=[due["A1"]])
    assert (order_of("A1").state, order_of("A1").problem_kind) == ("to_import", "unknown")
    rewind("A1", next_try_at=now())
    order_of("A1").steps[0].begun_at = now() - timedelta(minutes=5)
    db.session.commit()
    run(fake_account, "import")
    assert order_of("A1").state == "cancelled"
    assert payments(world) == ALL[1:]


def test_a_cancelled_order_does_not_hang_on_the_problem_of_an_import_that_was_begun(fake_account, world, run, due):
    with transaction() as session:
        begun = now() - timedelta(hours=1)
        session.add(ImportStep(order_id=due["A1"], name="customer", data={}, begun_at=begun))
    committed(orders.raise_problem, due["A1"], RejectedError("address.incomplete", field="city"), "import")
    keep_reading(fake_account, reading("A1", "cancelled"))
    run(fake_account, "import")
    assert (order_of("A1").state, order_of("A1").problem_code) == ("cancelled", None)


def test_a_cancel_request_waits_until_a_person_decides(fake_account, world, run):
    world.add(reading("A1", lines=(sold(cancel_requested=True),)))
    run(fake_account, "lookup")
    assert order_of("A1").problem_code == "order.cancel_requested"
    assert run(fake_account, "import")["counts"] == {}
    rewind("A1", import_anyway=True)
    assert run(fake_account, "import", order_ids=[order_of("A1").id])["counts"] == {"done": 1}


def test_an_unknown_status_is_never_imported_even_when_asked(fake_account, world, run, due):
    keep_reading(fake_account, reading("A1", None))
    report = run(fake_account, "import", order_ids=[due["A1"]])
    assert report["counts"] == {"skipped": 1}
    assert world.shop_orders == []


def test_large_imports_go_in_batches_with_progress(fake_account, world, run, monkeypatch):
    monkeypatch.setattr(import_orders, "MOST_AT_ONCE", 3)
    world.add(*(reading(f"B{n:02}") for n in range(8)))
    run(fake_account, "lookup")
    world.calls.clear()
    report = run(fake_account, "import")
    assert [len(call) for call in world.called("import_orders")] == [3, 3, 2]
    assert report["counts"] == {"done": 8}
    assert (last_run().total, last_run().processed) == (8, 8)


def test_a_stop_ends_the_import_between_two_batches(fake_account, world, run, monkeypatch):
    monkeypatch.setattr(import_orders, "MOST_AT_ONCE", 3)
    world.add(*(reading(f"B{n:02}") for n in range(8)))
    run(fake_account, "lookup")
    world.before_posting = lambda ref: runs.request_stop(last_run().id)
    report = run(fake_account, "import")
    assert (report["state"], report["counts"]) == ("stopped", {"done": 3})
    world.before_posting = lambda ref: None
    assert run(fake_account, "import")["counts"] == {"done": 5}


def test_orders_with_the_nearest_shipping_deadline_come_first(fake_account, world, run):
    world.add(reading("B1"), reading("B2", ship_by=now() + timedelta(hours=2)), reading("B3", ship_by=now()))
    run(fake_account, "lookup")
    world.calls.clear()
    run(fake_account, "import")
    assert world.called("import_orders") == [("B3", "B2", "B1")]


def test_stock_policy_and_carriers_reach_the_shop(fake_account, world, run, due, monkeypatch):
    from tests import fakes

    seen = []
    original = fakes.FakeShop.import_orders

    def watch(self, drafts, policy, journal):
        seen.append(policy)
        return original(self, drafts, policy, journal)

    monkeypatch.setattr(fakes.FakeShop, "import_orders", watch)
    settings.load({"account": "main", "orders": {"import_without_stock": False, "fee_sku": "FEE"}})
    run(fake_account, "import")
    assert (seen[0].import_without_stock, seen[0].fee_sku, seen[0].carriers) == (
        False,
        "FEE",
        {"TrackedHomeDelivery": "2"},
    )

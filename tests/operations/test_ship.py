"""Ship: what the shop has shipped, with a number and a known carrier, is told to the marketplace once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cdsync import orders, settings
from cdsync.db import now
from cdsync.errors import RejectedError, TemporaryError, UnknownOutcomeError
from tests.fakes import change, reading
from tests.worlds import committed, keep_reading, kinds, last_run, order_of, rewind


@pytest.fixture
def imported(fake_account, world, run):
    world.add(reading("A1"), reading("A2"))
    run(fake_account, "lookup")
    run(fake_account, "import")
    world.calls.clear()


def test_a_shipped_order_with_a_number_is_told_with_the_marketplaces_carrier_name(fake_account, world, run, imported):
    change(world, "1", status_ref="4", tracking_number=" 6A123 ")
    report = run(fake_account, "ship")
    assert world.called("ship") == [("A1", "6A123", "Colissimo")]
    order = order_of("A1")
    assert (order.state, order.shipped_at is not None) == ("shipped", True)
    assert report["counts"] == {"done": 1}
    assert order.events[-1].data == {"from": "imported", "to": "shipped", "number": "6A123", "carrier": "Colissimo"}
    assert "ship.sending" in kinds("A1")


def test_an_order_not_yet_shipped_in_the_shop_is_left_alone(fake_account, world, run, imported):
    assert run(fake_account, "ship")["counts"] == {}
    assert world.called("ship") == []


def test_the_link_into_the_back_office_is_the_one_last_read(fake_account, world, run, imported):
    for url in (f"https://shop.example/{'a' * 1900}/index.php?id_order=1", ""):
        change(world, "1", url=url)
        run(fake_account, "ship")
        assert order_of("A1").shop_orders[0].url == url


def test_nothing_is_told_twice(fake_account, world, run, imported):
    change(world, "1", status_ref="4", tracking_number="6A123")
    run(fake_account, "ship")
    run(fake_account, "ship")
    assert len(world.called("ship")) == 1


def test_an_order_that_passed_the_chosen_status_counts_as_shipped(fake_account, world, run, imported):
    change(world, "1", status_ref="5", tracking_number="6A123")
    run(fake_account, "ship")
    assert order_of("A1").state == "shipped"


def test_a_status_the_shop_does_not_flag_as_shipped_does_not_count(fake_account, world, run, imported):
    change(world, "1", status_ref="9", tracking_number="6A123")
    run(fake_account, "ship")
    assert order_of("A1").state == "imported"


def test_without_a_number_it_waits_visibly(fake_account, world, run, imported):
    change(world, "1", status_ref="4")
    report = run(fake_account, "ship")
    assert report["counts"] == {"waiting": 1}
    assert last_run().orders[0].code == "ship.no_tracking"
    assert (order_of("A1").problem_code, order_of("A1").waiting_for_tracking_since is not None) == (None, True)
    assert kinds("A1").count("ship.waiting_for_tracking") == 1


def test_past_the_waiting_time_it_is_a_problem_and_nothing_is_sent(fake_account, world, run, imported):
    change(world, "1", status_ref="4")
    run(fake_account, "ship")
    rewind("A1", waiting_for_tracking_since=now() - timedelta(hours=25))
    report = run(fake_account, "ship")
    assert report["problems"] == [{"order": "A1", "code": "ship.no_tracking"}]
    assert order_of("A1").problem_data["hours"] == 24
    assert world.called("ship") == []


def test_a_number_that_comes_late_lets_it_go_on_by_itself(fake_account, world, run, imported):
    change(world, "1", status_ref="4")
    run(fake_account, "ship")
    rewind("A1", waiting_for_tracking_since=now() - timedelta(hours=25))
    run(fake_account, "ship")
    change(world, "1", tracking_number="6A123")
    run(fake_account, "ship")
    assert (order_of("A1").state, order_of("A1").problem_code) == ("shipped", None)


def test_a_carrier_without_a_name_at_the_marketplace_is_a_problem_until_it_has_one(fake_account, world, run, imported):
    change(world, "1", status_ref="4", tracking_number="6A123", carrier_ref="8")
    report = run(fake_account, "ship")
    assert report["problems"] == [{"order": "A1", "code": "ship.carrier_unmapped"}]
    settings.load({"account": "main", "orders": {"marketplace_carriers": {"2": "Colissimo", "8": "GLS"}}})
    run(fake_account, "ship")
    assert world.called("ship") == [("A1", "6A123", "GLS")]


def test_the_marketplaces_no_waits_for_a_person(fake_account, world, run, imported):
    change(world, "1", status_ref="4", tracking_number="6A123")
    world.fail["ship"] = [RejectedError("ship.refused", detail="unknown carrier")]
    run(fake_account, "ship")
    assert run(fake_account, "ship")["counts"] == {}
    assert order_of("A1").problem_code == "ship.refused"
    assert run(fake_account, "ship", order_ids=[order_of("A1").id])["counts"] == {"done": 1}


@pytest.mark.parametrize(
    "error",
    [
        UnknownOutcomeError("marketplace.outcome_unknown", host="x", method="POST"),
        TemporaryError("marketplace.timeout", host="x"),
    ],
)
def test_a_lost_answer_is_asked_again_when_its_time_has_come(fake_account, world, run, imported, error):
    change(world, "1", status_ref="4", tracking_number="6A123")
    world.fail["ship"] = [error]
    assert run(fake_account, "ship")["counts"] == {"waiting": 1}
    assert run(fake_account, "ship")["counts"] == {}
    rewind("A1", next_try_at=now())
    assert run(fake_account, "ship")["counts"] == {"done": 1}


def test_a_parcel_told_by_a_process_that_died_waits_visibly_before_it_is_told_again(fake_account, world, run, imported):
    change(world, "1", status_ref="4", tracking_number="6A123")
    committed(orders.note, order_of("A1").id, "ship.sending")
    assert run(fake_account, "ship")["counts"] == {"waiting": 1}
    waiting = order_of("A1")
    assert (waiting.problem_code, waiting.problem_kind) == ("marketplace.outcome_unknown", "unknown")
    assert now() < waiting.next_try_at <= now() + timedelta(minutes=2)
    assert world.called("ship") == []
    rewind("A1", next_try_at=now())
    assert run(fake_account, "ship")["counts"] == {"done": 1}
    assert (order_of("A1").state, order_of("A1").problem_code) == ("shipped", None)


def test_an_order_cancelled_at_the_marketplace_is_not_shipped(fake_account, world, run, imported):
    keep_reading(fake_account, reading("A1", "cancelled"))
    change(world, "1", status_ref="4", tracking_number="6A123")
    run(fake_account, "ship")
    assert world.called("ship") == []
    assert order_of("A1").problem_code == "order.cancelled_after_import"


def test_without_a_shipped_status_the_run_says_which_setting_is_missing(fake_account, world, run, imported):
    from cdsync.db import db
    from cdsync.models import Account

    row = db.session.get_one(Account, order_of("A1").account_id)
    row.settings = row.settings | {"orders": {**row.settings["orders"], "shipped_status": None}}
    db.session.commit()
    report = run(fake_account, "ship")
    assert report["error"] == {"code": "settings.incomplete", "data": {"fields": ["orders.shipped_status"]}}


def test_a_shop_that_does_not_answer_fails_the_run_and_blames_no_order(fake_account, world, run, imported):
    world.fail["find_orders"] = [TemporaryError("shop.timeout", host="x")]
    report = run(fake_account, "ship")
    assert (report["state"], report["error"]["code"]) == ("failed", "shop.timeout")
    assert order_of("A1").problem_code is None


def test_a_shop_order_cancelled_in_the_shop_is_a_problem_until_it_is_not(fake_account, world, run, imported):
    change(world, "1", cancelled=True, status_ref="6")
    report = run(fake_account, "ship")
    assert report["problems"] == [{"order": "A1", "code": "ship.shop_order_cancelled"}]
    order = order_of("A1")
    assert (order.state, order.problem_code, order.problem_data) == (
        "imported",
        "ship.shop_order_cancelled",
        {"shop_order": "SHOP1"},
    )
    change(world, "1", cancelled=False, status_ref="2")
    assert run(fake_account, "ship")["problems"] == []
    assert order_of("A1").problem_code is None


def test_the_status_chosen_for_cancelled_orders_counts_as_cancelled_too(fake_account, world, run, imported):
    settings.load({"orders": {"cancelled_status": "9"}})
    change(world, "1", status_ref="9")
    run(fake_account, "ship")
    assert order_of("A1").problem_code == "ship.shop_order_cancelled"


def test_the_order_that_took_the_place_of_a_cancelled_one_is_shipped(fake_account, world, run, imported):
    first = world.shop_orders[0]
    change(world, "1", cancelled=True, status_ref="6")
    world.shop_orders.append(replace(first, shop_ref="30", reference="SHOP30", status_ref="4", tracking_number="6A30"))
    run(fake_account, "ship")
    assert (order_of("A1").problem_code, world.called("ship")) == (None, [("A1", "6A30", "Colissimo")])
    assert [each.shop_ref for each in order_of("A1").shop_orders] == ["1", "30"]


def test_a_cancelled_order_beside_two_others_is_left_to_a_person(fake_account, world, run, imported):
    first = world.shop_orders[0]
    change(world, "1", cancelled=True, status_ref="6")
    world.shop_orders += [replace(first, shop_ref=ref, reference=f"SHOP{ref}") for ref in ("30", "31")]
    run(fake_account, "ship")
    assert order_of("A1").problem_code == "ship.shop_order_cancelled"
    assert world.called("ship") == []

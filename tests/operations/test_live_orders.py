"""Which shop order is live: one rule for every operation, also where the status for cancelled orders is the merchant's.

Played over HTTP with a status that the shop does not take for "cancelled" itself, beside the shop's own (6).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from cdsync import settings
from cdsync.db import db, now
from cdsync.order_lists import exporting
from cdsync.order_lists.order_filter import OrderFilter
from cdsync.orders import parts_of
from cdsync.orders.shop_side.money_proof import money_proof
from cdsync.sandbox.octopia import line_json, order_json
from cdsync.web.order_list.csv_file import HEAD, cells
from cdsync.web.shell.explaining import place
from tests.worlds import kinds, order_of

MUG = {"sku": "MUG-ARDOISE", "quantity": 2, "unit_price": "9.99", "shipping": "5.90"}
OWN = 20  # "Annulé par Cdiscount", the merchant's own: no sale, no mail, and not PS_OS_CANCELED


@pytest.fixture(params=[6, OWN], ids=["the shop's own status", "a status of the merchant's"])
def cancelled(request, account, shop) -> int:
    quiet = dict.fromkeys(("logable", "invoice", "paid", "shipped", "delivery", "send_email", "deleted"), "0")
    shop.shop.insert("order_states", quiet | {"name": "Annulé par Cdiscount", "color": "#2C3E50"}, OWN)
    settings.load({"orders": {"cancelled_status": str(request.param)}})
    return int(request.param)


def add(market, run, account) -> str:
    ref = str(market.add(order_json(lines=[line_json(**MUG)])))
    run(account, "lookup")
    return ref


def imported(market, run, account) -> str:
    ref = add(market, run, account)
    run(account, "import")
    return ref


def second(shop) -> int:
    """Somebody else's importer made the order once more."""
    first = shop.shop.store.table("orders").get(1)
    two = shop.shop.store.table("orders").insert({**first, "reference": "SECONDONE", "id_cart": "999"})
    for table in ("order_details", "order_carriers"):
        for row in shop.shop.store.table(table).where("id_order", "1"):
            shop.shop.store.table(table).insert({**row, "id_order": str(two)})
    payments = shop.shop.store.table("order_payments")
    payments.insert({**payments.get(1), "order_reference": "SECONDONE"})
    return int(two)


def forgotten(ref: str) -> None:
    """cdsync's database knows nothing of the import any more."""
    order = order_of(ref)
    for each in (*order.shop_orders, *order.steps):
        db.session.delete(each)
    order.state, order.imported_at = "to_import", None
    db.session.commit()


def states(shop) -> list[str]:
    return [row["current_state"] for row in shop.rows("orders")]


def test_import_takes_the_live_one_of_two(account, market, shop, run, cancelled):
    ref = imported(market, run, account)
    two = second(shop)
    shop.set_state(1, cancelled)
    forgotten(ref)
    run(account, "import")
    assert [each.shop_ref for each in order_of(ref).shop_orders] == [str(two)]
    assert states(shop) == [str(cancelled), "2"]


def test_import_begins_anew_when_spoiled_orders_were_cancelled_twice(account, market, shop, run, cancelled):
    ref = add(market, run, account)
    settings.load({"orders": {"put_away_spoiled": False}})
    shop.shop.automatic_discount = Decimal(10)
    for times in (1, 2):
        run(account, "import", order_ids=[order_of(ref).id])
        assert order_of(ref).problem_code == "import.lines_differ"
        assert len(shop.rows("orders")) == times
        shop.set_state(times, cancelled)
    shop.shop.automatic_discount = Decimal(0)
    run(account, "import", order_ids=[order_of(ref).id])
    assert (order_of(ref).state, order_of(ref).problem_code) == ("imported", None)
    assert states(shop) == [str(cancelled), str(cancelled), "2"]
    assert [each.shop_ref for each in order_of(ref).shop_orders] == ["3"]


def test_a_spoiled_order_beside_a_cancelled_one_is_the_only_one(account, market, shop, run, cancelled):
    ref = add(market, run, account)
    settings.load({"orders": {"put_away_spoiled": False}})
    shop.shop.automatic_discount = Decimal(10)
    run(account, "import")
    shop.set_state(1, cancelled)
    for _again in range(2):
        run(account, "import", order_ids=[order_of(ref).id])
        problem = order_of(ref)
        assert (problem.problem_code, problem.problem_data["shop_order"]) == ("import.lines_differ", "2")
    assert len(shop.rows("orders")) == 2


def test_an_order_that_the_marketplace_ended_goes_its_way_when_no_shop_order_is_live(
    account, market, shop, run, cancelled
):
    ref = add(market, run, account)
    settings.load({"orders": {"put_away_spoiled": False}})
    shop.shop.automatic_discount = Decimal(10)
    for number in (1, 2):
        run(account, "import", order_ids=[order_of(ref).id])
        shop.set_state(number, cancelled)
    market.cancel(ref)
    run(account, "lookup")
    for step in order_of(ref).steps:
        step.begun_at = now() - timedelta(minutes=5)
    db.session.commit()
    run(account, "import", order_ids=[order_of(ref).id])
    assert (order_of(ref).state, order_of(ref).shop_orders) == ("cancelled", [])


def test_ship_sees_that_the_order_was_cancelled_and_takes_the_live_one(account, market, shop, run, cancelled):
    ref = imported(market, run, account)
    shop.set_state(1, cancelled)
    run(account, "ship")
    assert order_of(ref).problem_code == "ship.shop_order_cancelled"
    two = second(shop)
    shop.shop.store.table("orders").update(two, {"current_state": "2"})
    run(account, "ship")
    assert order_of(ref).problem_code is None
    shop.set_tracking(two, "6A12345678901")
    shop.set_state(two, 4)
    run(account, "ship")
    assert order_of(ref).state == "shipped"


def test_ship_follows_the_order_that_a_person_gave_its_status_back(account, market, shop, run, cancelled):
    ref = imported(market, run, account)
    shop.set_state(1, cancelled)
    two = second(shop)
    shop.shop.store.table("orders").update(two, {"current_state": "2"})
    run(account, "ship")
    assert [each.shop_ref for each in parts_of(order_of(ref))] == [str(two)]
    shop.set_state(two, cancelled)
    shop.set_tracking(1, "6A12345678901")
    shop.set_state(1, 4)
    run(account, "ship")
    assert (order_of(ref).state, order_of(ref).problem_code) == ("shipped", None)


def test_pages_and_lists_count_the_live_one_only(app, account, market, shop, run, cancelled):
    ref = imported(market, run, account)
    shop.set_state(1, cancelled)
    two = second(shop)
    shop.shop.store.table("orders").update(two, {"current_state": "2", "total_paid_tax_incl": "25.88"})
    run(account, "ship")
    order = order_of(ref)
    assert [(each.shop_ref, each.cancelled) for each in order.shop_orders] == [("1", True), (str(two), False)]
    order.shop_orders[0].total_paid = Decimal("1.00")  # spoiled, which is why somebody cancelled it
    for number, each in enumerate(order.shop_orders):
        each.url = f"https://shop.example/admin/orders/{number}"
    with app.test_request_context():
        [exported] = exporting.each(order.account_id, OrderFilter())
        assert dict(zip(HEAD, cells(exported), strict=True))["shop_total"] == Decimal("25.88")
        assert place("shop.order", order) == "https://shop.example/admin/orders/1"
    assert money_proof(order).holds


def test_ship_leaves_two_cancelled_ones_to_a_person(account, market, shop, run, cancelled):
    ref = imported(market, run, account)
    two = second(shop)
    for number in (1, two):
        shop.set_state(number, cancelled)
    run(account, "ship")
    assert order_of(ref).problem_code == "ship.shop_order_cancelled"


def test_a_comparison_counts_the_live_one_only(account, market, shop, run, cancelled):
    imported(market, run, account)
    two = second(shop)
    assert run(account, "reconcile")["counts"]["twice"] == 1
    shop.set_state(two, cancelled)
    assert run(account, "reconcile")["counts"].get("twice", 0) == 0


def test_the_last_live_one_is_never_cancelled(account, market, shop, run, cancelled):
    imported(market, run, account)
    two = second(shop)
    run(account, "reconcile", options={"cancel": str(two)})
    run(account, "reconcile", options={"cancel": "1"})
    assert states(shop) == ["2", str(cancelled)]


def test_what_is_cancelled_in_the_shop_already_is_not_moved_to_another_status(account, market, shop, run, cancelled):
    ref = imported(market, run, account)
    shop.set_state(1, 6)  # by a person, before the marketplace said so
    shop.server.log.clear()
    market.cancel(ref)
    run(account, "lookup")
    run(account, "lookup")
    assert states(shop) == ["6"]
    assert {seen.method for seen in shop.server.log} == {"GET"}
    assert "shop.cancelled" not in kinds(ref)


def test_what_the_marketplace_cancels_is_cancelled_in_the_shop_once(account, market, shop, run, cancelled):
    ref = imported(market, run, account)
    market.cancel(ref)
    run(account, "lookup")
    shop.set_state(1, 2)  # somebody has a reason
    run(account, "lookup")
    assert (states(shop), kinds(ref).count("shop.cancelled")) == (["2"], 1)

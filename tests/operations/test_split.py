"""One cart becomes two shop orders: told as a split, and followed as one order with two parts by every operation."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cdsync import settings
from cdsync.db import db
from cdsync.models import ReconcileRow
from cdsync.orders.shop_side.money_proof import money_proof
from cdsync.sandbox.octopia import line_json, order_json
from tests.worlds import order_of


@pytest.fixture
def ref(account, market, shop, run) -> str:
    """Two products that no carrier brings together."""
    first, second = settings.read(account).orders.default_carrier or "2", str(shop.add_carrier("Autre transporteur"))
    products = {row["reference"]: int(row["id"]) for row in shop.rows("products")}
    shop.tie(products["MUG-ARDOISE"], int(first))
    shop.tie(products["MUG-SABLE"], int(second))
    settings.load({"orders": {"marketplace_carriers": {first: "Colissimo", second: "Chronopost"}}})
    lines = [
        line_json(sku="MUG-ARDOISE", unit_price="9.99", shipping="5.90"),
        line_json(sku="MUG-SABLE", unit_price="20.00"),
    ]
    ref = str(market.add(order_json(lines=lines)))
    run(account, "lookup")
    run(account, "import")
    return ref


def ship_part(shop, number: int, tracking: str) -> None:
    shop.set_tracking(number, tracking)
    shop.set_state(number, 4)


def test_it_is_imported_as_one_and_says_so(ref, shop):
    order = order_of(ref)
    assert (order.state, order.problem_code) == ("imported", None)
    assert [each.shop_ref for each in order.shop_orders] == ["1", "2"]
    assert len({row["reference"] for row in shop.rows("orders")}) == 1
    assert {"code": "import.split", "data": {"count": 2, "shop_orders": ["1", "2"]}} in order.warnings
    assert sum(Decimal(row["total_paid"]) for row in shop.rows("orders")) == Decimal("35.89")
    assert money_proof(order).holds


def test_a_comparison_finds_it_equal_and_not_twice(account, ref, run):
    report = run(account, "reconcile")
    assert report["problems"] == []
    row = db.session.query(ReconcileRow).one()
    assert (row.kind, row.shop_total) == ("imported_equal", Decimal("35.89"))


def test_a_comparison_sees_that_one_part_costs_something_else(account, ref, run, shop):
    shop.shop.store.table("orders").update(2, {"total_paid_tax_incl": "19.00"})
    run(account, "reconcile")
    assert db.session.query(ReconcileRow).one().kind == "total_differs"


def test_it_is_told_as_shipped_once_all_of_it_is(account, ref, run, shop, market):
    ship_part(shop, 1, "6A11111111111")
    run(account, "ship")
    assert (order_of(ref).state, market.shipments) == ("imported", [])
    ship_part(shop, 2, "XY222222222FR")
    run(account, "ship")
    ((_, parcels),) = market.shipments
    assert order_of(ref).state == "shipped"
    names = settings.read(account).orders.marketplace_carriers
    carrier = names[shop.rows("order_carriers")[0]["id_carrier"]]  # that of the part whose number is told
    assert [(each["parcelNumber"], each["carrierName"]) for each in parcels] == [("6A11111111111", carrier)]


@pytest.mark.parametrize("part", [1, 2])
def test_a_part_that_is_cancelled_is_said_and_half_the_goods_are_never_taken_for_the_order(
    account, ref, run, shop, market, part
):
    shop.set_state(part, 6)
    ship_part(shop, 3 - part, "6A11111111111")
    run(account, "ship")
    assert (order_of(ref).problem_code, market.shipments) == ("ship.shop_order_cancelled", [])


@pytest.mark.parametrize("part", [1, 2])
def test_a_part_that_is_gone_is_said(account, ref, run, shop, part):
    shop.shop.store.table("orders").delete(part)
    run(account, "ship")
    assert order_of(ref).problem_code == "ship.shop_order_gone"


def test_no_part_is_cancelled_as_if_it_were_a_second_order(account, ref, run, shop):
    run(account, "reconcile", options={"cancel": "2"})
    assert [row["current_state"] for row in shop.rows("orders")] == ["2", "2"]


def test_a_cancellation_by_the_marketplace_reaches_all_parts(account, ref, run, shop, market):
    market.cancel(ref)
    run(account, "lookup")
    assert [row["current_state"] for row in shop.rows("orders")] == ["6", "6"]

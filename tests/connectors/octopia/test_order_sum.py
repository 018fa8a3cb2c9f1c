"""The order must add up to its total; which reading of shipping and fees does, is found out per order."""

from __future__ import annotations

from decimal import Decimal

from cdsync.sandbox.octopia import line_json, order_json
from tests.connectors.octopia.account import codes, mapped

TWO_MUGS = {"sku": "MUG", "quantity": 2, "unit_price": "10.00", "shipping": "5.00"}


def test_shipping_is_for_the_whole_line() -> None:
    found = mapped(order_json(lines=[line_json(**TWO_MUGS)]))
    assert (found.total, found.lines[0].shipping, found.faults) == (Decimal("25.00"), Decimal("5.00"), ())


def test_shipping_per_unit_is_recognised_by_the_total() -> None:
    found = mapped(order_json(lines=[line_json(**TWO_MUGS), line_json(sku="B", shipping="1.00")], total="40.99"))
    assert [line.shipping for line in found.lines] == [Decimal("10.00"), Decimal("1.00")]
    assert found.faults == ()


def test_a_fee_outside_the_total_is_not_brought_into_the_shop() -> None:
    found = mapped(order_json(lines=[line_json(**TWO_MUGS)], fees=[("INTERETBCA", "1.20")], total="25.00"))
    assert (found.fees, found.faults) == ((), ())


def test_a_total_that_still_counts_cancelled_lines_is_understood() -> None:
    lines = [line_json(**TWO_MUGS), line_json(sku="B", unit_price="3.00", status="Cancelled")]
    assert mapped(order_json(lines=lines, total="28.00")).faults == ()


def test_lines_of_a_warehouse_count_in_the_sum() -> None:
    lines = [line_json(**TWO_MUGS), line_json(sku="B", unit_price="3.00", supply_mode="Fulfillment")]
    found = mapped(order_json(lines=lines))
    assert (found.total, found.faults) == (Decimal("28.00"), ())


def test_a_cent_of_difference_is_a_problem_with_the_numbers() -> None:
    found = mapped(order_json(lines=[line_json(**TWO_MUGS)], total="25.01"))
    assert codes(found) == ["order.total_mismatch"]
    assert found.faults[0].data == {"expected": "25.01", "found": "25.00", "difference": "-0.01"}
    assert found.lines[0].shipping == Decimal("5.00")

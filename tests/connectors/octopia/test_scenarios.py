"""Every kind of order of the rehearsal is read as its kind says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.scenarios import KINDS, add_orders
from tests.connectors.octopia.account import WEEK_AGO, account, rehearsal_market

FAULTS = {
    "no_sku": "order.unreadable",
    "wrong_total": "order.total_mismatch",
    "no_address": "order.no_address",
    "cancellation_asked": "order.cancel_requested",
    "malformed_status": "order.unreadable",
    "malformed_money": "order.amount_invalid",
    "zero_quantity": "order.quantity_invalid",
    "unknown_status": "order.status_unknown",
}


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    with rehearsal_market() as started:
        yield started


def test_every_kind_of_order_is_read_with_the_fault_of_its_kind_and_no_other(market: OctopiaSandbox) -> None:
    kinds = {ref: kind for kind in KINDS for ref in add_orders(market, kind, 2)}
    found = {order.ref: order for order in account(market).orders(WEEK_AGO - timedelta(days=90))}
    assert set(found) == set(kinds)
    wrong = []
    for ref, kind in kinds.items():
        order = found[ref]
        if kind == "malformed_lines":
            fine = isinstance(order, UnreadableOrder) or [fault.code for fault in order.faults] == ["order.no_lines"]
        else:
            expected = [FAULTS[kind]] if kind in FAULTS else []
            fine = isinstance(order, MarketplaceOrder) and [fault.code for fault in order.faults] == expected
        wrong += [] if fine else [f"{kind}: {order}"]
    assert wrong == []

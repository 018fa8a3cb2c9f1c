"""A list of orders as CSV, for a spreadsheet. Who the buyer is stands in it for those who may see that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask import Response, request

from cdsync.connectors.recording.masking import HIDDEN
from cdsync.db import db, now
from cdsync.models import Order
from cdsync.order_lists import exporting
from cdsync.order_lists.exporting import Exported
from cdsync.order_lists.order_filter import OrderFilter
from cdsync.orders import parts_of

from ..shell import frame
from ..shell.explaining import explain
from ..text.csv_answers import csv_answer
from .query import read_query

HEAD = (
    "reference", "marketplace_id", "state", "marketplace_status", "problem_code", "problem", "buyer", "place",
    "items", "pieces", "total", "currency", "purchased_at", "accept_by", "ship_by", "shop_orders", "shop_status",
    "shop_total", "imported_at", "shipped_at",
)  # fmt: skip
CENT = Decimal("0.01")


def export() -> Response:
    """GET /orders/export.csv: every order the filter matches, written while it is read."""
    wanted = read_query(request.args)
    name = f"orders-{wanted.tab}-{now():%Y-%m-%d}"
    of = frame.account()
    return csv_answer(name, HEAD, _rows(of.id, wanted.as_filter()), of)


def _rows(account_id: int, wanted: OrderFilter) -> Iterator[tuple[Any, ...]]:
    """Who may not see buyers is told a problem without them: for that the order itself is looked at."""
    for order in exporting.each(account_id, wanted):
        looked_at = order.problem_code and not wanted.buyers
        whole = db.session.get(Order, order.id) if looked_at else None
        yield cells(order, [whole] if whole else [], buyers=wanted.buyers)


def cells(order: Exported, about: Sequence[Order] = (), *, buyers: bool = True) -> tuple[Any, ...]:
    """One order's row; money with two decimals in the order's currency, tax included; times ISO 8601 in UTC.

    about: the order, where its problem may name its buyer to somebody who may not see that. buyers: whether the reader
    may see them, asked once for all orders.
    """
    code, lines, made = order.problem_code, order.lines, order.shop_orders
    return (
        order.reference,
        order.marketplace_ref,
        order.state,
        order.marketplace_status,
        code or "",
        explain(code, order.problem_data or {}, orders=about).title if code else "",
        order.buyer_name if buyers else _hidden(order.buyer_name),
        order.buyer_place if buyers else _hidden(order.buyer_place),
        "; ".join([f"{quantity} × {sku}" for quantity, sku in lines]),
        sum([quantity for quantity, _ in lines]),
        _money(order.total),
        order.currency,
        order.purchased_at,
        order.accept_by,
        order.ship_by,
        " ".join([each.reference or each.shop_ref for each in made]) if made else "",
        "; ".join([each.status_name or each.status_ref for each in made]) if made else "",
        _money(sum([each.total_paid for each in parts_of(order)], Decimal(0))) if made else None,
        order.imported_at,
        order.shipped_at,
    )


def _hidden(value: str) -> str:
    return HIDDEN if value else value


def _money(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(CENT)

"""A list of orders as CSV, for a spreadsheet. Who the buyer is stands in it for those who may see that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Response, request

from cdsync.connectors.recording.masking import HIDDEN
from cdsync.db import db, now
from cdsync.models import Order
from cdsync.order_lists import exporting
from cdsync.order_lists.exporting import Exported
from cdsync.order_lists.listing import OrderFilter
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


def export() -> Response:
    """GET /orders/export.csv: every order the filter matches, written while it is read."""
    wanted = read_query(request.args)
    name = f"orders-{wanted.tab}-{now():%Y-%m-%d}"
    of = frame.account()
    return csv_answer(name, HEAD, _rows(of.id, wanted.as_filter()), of)


def _rows(account_id: int, wanted: OrderFilter) -> Iterator[list[Any]]:
    """Who may not see buyers is told a problem without them: for that the order itself is looked at."""
    for order in exporting.each(account_id, wanted):
        looked_at = order.problem_code and not wanted.buyers
        whole = db.session.get(Order, order.id) if looked_at else None
        yield cells(order, [whole] if whole else [], buyers=wanted.buyers)


def cells(order: Order | Exported, about: Sequence[Order] = (), *, buyers: bool = True) -> list[Any]:
    """One order's row; money with two decimals in the order's currency, tax included; times ISO 8601 in UTC.

    about: the order, where its problem may name its buyer to somebody who may not see that. buyers: whether the reader
    may see them, asked once for all orders.
    """
    parts = parts_of(order)
    paid = sum((made.total_paid for made in parts), Decimal(0)) if parts else None
    return [
        order.reference,
        order.marketplace_ref,
        order.state,
        order.marketplace_status,
        order.problem_code,
        explain(order.problem_code, order.problem_data or {}, orders=about).title if order.problem_code else "",
        order.buyer_name if buyers else _hidden(order.buyer_name),
        order.buyer_place if buyers else _hidden(order.buyer_place),
        "; ".join(f"{line.quantity} × {line.sku}" for line in order.lines),
        sum(line.quantity for line in order.lines),
        _money(order.total),
        order.currency,
        *(_time(at) for at in (order.purchased_at, order.accept_by, order.ship_by)),
        " ".join(made.reference or made.shop_ref for made in order.shop_orders),
        "; ".join(made.status_name or made.status_ref for made in order.shop_orders),
        _money(paid),
        _time(order.imported_at),
        _time(order.shipped_at),
    ]


def _hidden(value: str) -> str:
    return HIDDEN if value else value


def _money(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal("0.01"))


def _time(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds")

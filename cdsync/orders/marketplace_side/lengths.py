"""Which texts of an order fit their columns: PostgreSQL refuses a longer one, SQLite takes it. Writes nothing.

What is only shown is cut. What tells orders, buyers, lines, products or carriers apart is never cut: two of them
could become one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from cdsync.connectors.base import MarketplaceOrder
from cdsync.errors import RejectedError
from cdsync.models import Order, OrderLine

Column = InstrumentedAttribute[str]


def cut(column: Column, text: str) -> str:
    """As much of the text as the column holds."""
    return text[: _room(column)]


def fits(column: Column, text: str) -> bool:
    return len(text) <= _room(column)


def too_long(reading: MarketplaceOrder) -> RejectedError | None:
    """The problem of an order whose numbers cannot be kept whole; None when all of them can."""
    for name, column, text in _kept_whole(reading):
        if not fits(column, text):
            reason = f"{name} has {len(text)} characters, at most {_room(column)} can be kept"
            return RejectedError("order.unreadable", reason=reason)
    return None


def _kept_whole(reading: MarketplaceOrder) -> Iterator[tuple[str, Column, str]]:
    yield "the order's id", Order.marketplace_ref, reading.ref
    yield "the reference", Order.reference, reading.reference
    yield "the customer's reference", Order.customer_ref, reading.customer_ref
    for line in reading.lines:
        yield "a line's id", OrderLine.line_ref, line.line_ref
        yield "a SKU", OrderLine.sku, line.sku
        yield "a delivery mode", OrderLine.delivery_mode, line.delivery_mode


@lru_cache(maxsize=64)
def _room(column: Column) -> int:
    """Kept in mind: SQLAlchemy looks for it in several places, each time, and it is asked for with each order."""
    kind: Any = column.type
    return int(kind.length)

"""Every order of a list as plain values, for files: rows of the database as they come, no objects. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import String, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from cdsync.db import Base, one_of
from cdsync.models import Order

from . import listing
from .long_lists import in_portions
from .order_filter import OrderFilter, searched


class Exported(NamedTuple):
    """What files say of an order; the names are those of `models.Order`. Times as text ("2026-11-29T18:00:00+00:00"),
    "" where there is none; lines: (quantity, SKU); shop_orders: rows with what `orders.parts_of` asks for."""

    id: int
    reference: str
    marketplace_ref: str
    state: str
    marketplace_status: str
    problem_code: str | None
    problem_data: dict[str, Any] | None
    buyer_name: str
    buyer_place: str
    currency: str
    total: Decimal | None
    purchased_at: str
    accept_by: str
    ship_by: str
    imported_at: str
    shipped_at: str
    lines: Sequence[tuple[int, str]]
    shop_orders: Sequence[Any]


class _Written(FunctionElement[str]):
    """A time as text, to whole seconds, made by the database: half of what a file costs else."""

    type = String()
    inherit_cache = True


@compiles(_Written)
def _as_sqlite_keeps_it(element: _Written, compiler: Any, **more: Any) -> str:
    at = compiler.process(element.clauses, **more)
    return f"coalesce(substr({at}, 1, 10) || 'T' || substr({at}, 12, 8) || '+00:00', '')"


@compiles(_Written, "postgresql")
def _of_a_timestamp(element: _Written, compiler: Any, **more: Any) -> str:
    at = compiler.process(element.clauses, **more)
    return f"""coalesce(to_char({at}, 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), '')"""


_ORDERS, _LINES, _MADE = (Base.metadata.tables[name].c for name in ("orders", "order_lines", "shop_orders"))
_TIMES = ("purchased_at", "accept_by", "ship_by", "imported_at", "shipped_at")


_OF_AN_ORDER = select(
    *(_Written(_ORDERS[name]) if name in _TIMES else _ORDERS[name] for name in Exported._fields if name in _ORDERS)
)
_OF_A_LINE = select(_LINES.order_id, _LINES.quantity, _LINES.sku)
_OF_A_SHOP_ORDER = select(
    _MADE.order_id, _MADE.reference, _MADE.shop_ref, _MADE.cart_ref, _MADE.status_ref, _MADE.status_name,
    _MADE.cancelled, _MADE.total_paid,
)  # fmt: skip


def each(account_id: int, wanted: OrderFilter) -> Iterator[Exported]:
    """Every matching order in the list's order."""
    wanted = searched(account_id, wanted)
    ids = select(Order.id).where(*listing.conditions(account_id, wanted)).order_by(*listing.sorting(wanted))
    return in_portions(ids, _read)


def _read(session: Session, ids: Sequence[int]) -> list[Exported]:
    connection = session.connection()
    lines: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    of_these = _OF_A_LINE.where(one_of(_LINES.order_id, ids)).order_by(_LINES.id)
    for order_id, quantity, sku in connection.execute(of_these).all():
        lines[order_id].append((quantity, sku))
    shop_orders: defaultdict[int, list[Any]] = defaultdict(list)
    for made in connection.execute(_OF_A_SHOP_ORDER.where(one_of(_MADE.order_id, ids)).order_by(_MADE.id)).all():
        shop_orders[made[0]].append(made)
    found = {row[0]: row for row in connection.execute(_OF_AN_ORDER.where(one_of(_ORDERS.id, ids))).all()}
    there = [each for each in ids if each in found]
    return [Exported._make((*found[each], lines.get(each, ()), shop_orders.get(each, ()))) for each in there]

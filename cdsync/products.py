"""SKUs that orders asked for, with what the shop made of them, and the merchant's own word on which product each is.

Searches nothing by itself; the shop is asked by whoever has it open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, case, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from .db import ROWS_ON_A_PAGE, db, page_of_items, transaction
from .error_catalogue import codes_where
from .models import Order, OrderLine, ProductMapping
from .states import ACCEPTED, ANNOUNCED, TO_ACCEPT, TO_IMPORT

UNMATCHED, SHORT, MAPPED, MATCHED = "unmatched", "short", "mapped", "matched"
FILTERS = (UNMATCHED, SHORT, MAPPED, MATCHED)
_OPEN = (ANNOUNCED, TO_ACCEPT, ACCEPTED, TO_IMPORT)
_OF_PRODUCT = Order.problem_code.in_(codes_where(lambda entry: entry.of_product))


@dataclass(frozen=True)
class SeenSku:
    """A SKU on orders: its last match, and how many pieces orders that are not in the shop still need."""

    sku: str
    title: str
    gtin: str
    orders: int
    needed: int
    product_ref: str
    combination_ref: str
    product_name: str
    matched_by: str
    stock: int | None
    matched_at: datetime | None
    problem: str  # code of a problem with the product, when orders have one
    problem_data: dict[str, Any]
    problem_orders: int
    mapping: ProductMapping | None

    @property
    def is_short(self) -> bool:
        return self.stock is not None and self.needed > self.stock


def seen(account_id: int, *, text: str = "", only: str = "", page: int = 1) -> tuple[Pagination, dict[str, int]]:
    """One page of the SKUs orders of an account asked for, each a SeenSku: those with a problem first, then the most
    ordered. And how many SKUs each filter shows; "" counts all.
    """
    known = _known(account_id)
    counted = {each: len([sku for sku in known if _shows(sku, each)]) for each in ("", *FILTERS)}
    wanted = None if not text else _holding(account_id, text)
    rows = [sku for sku in known if _shows(sku, only) and (wanted is None or sku.sku in wanted)]
    rows.sort(key=lambda sku: (-len(sku.stopped), -sku.orders, sku.sku))
    number = min(max(1, page), max(1, -(-len(rows) // ROWS_ON_A_PAGE)))
    shown = rows[(number - 1) * ROWS_ON_A_PAGE : number * ROWS_ON_A_PAGE]
    return page_of_items(_described(account_id, shown), number, len(rows)), counted


def accounts_knowing(sku: str) -> set[int]:
    """The accounts whose orders or mappings know a SKU."""
    ordered = select(Order.account_id).join(OrderLine, OrderLine.order_id == Order.id).where(OrderLine.sku == sku)
    by_mapping = select(ProductMapping.account_id).where(ProductMapping.sku == sku)
    return set(db.session.scalars(ordered.union(by_mapping)))


def mapped(account_id: int, sku: str) -> ProductMapping | None:
    """The merchant's own word on a SKU."""
    mine = (ProductMapping.account_id == account_id, ProductMapping.sku == sku)
    return db.session.scalar(select(ProductMapping).where(*mine))


def orders_waiting_for(account_id: int, sku: str) -> list[int]:
    """Ids of the orders to import that a problem with this SKU's product stops."""
    with_sku = select(OrderLine.order_id).where(OrderLine.sku == sku)
    stopped = (Order.account_id == account_id, Order.state == TO_IMPORT, _OF_PRODUCT)
    return list(db.session.scalars(select(Order.id).where(*stopped, Order.id.in_(with_sku)).order_by(Order.id)))


def remember(account_id: int, sku: str, product_ref: str, combination_ref: str, *, actor: str) -> None:
    """Stores which product of the shop a SKU is, in place of an earlier word on it. Commits."""
    with transaction() as session:
        row = mapped(account_id, sku)
        if row is None:
            row = ProductMapping(account_id=account_id, sku=sku)
            session.add(row)
        row.product_ref, row.combination_ref, row.created_by = product_ref, combination_ref, actor


def forget(account_id: int, sku: str) -> bool:
    """Drops the merchant's word on a SKU: the shop is searched again. Commits; False when there was none."""
    with transaction() as session:
        mine = (ProductMapping.account_id == account_id, ProductMapping.sku == sku)
        gone = session.scalars(delete(ProductMapping).where(*mine).returning(ProductMapping.id)).all()
    return bool(gone)


@dataclass(frozen=True)
class _Known:
    """What lines of all orders say of a SKU. newest: its last line that was matched, else its last. least_stock: the
    least ever found. stopped: the orders that a problem with this very SKU stops."""

    sku: str
    orders: int
    newest: int
    is_matched: bool
    least_stock: int | None
    needed: int
    stopped: frozenset[int]
    is_mapped: bool


def _known(account_id: int) -> list[_Known]:
    """Every SKU. Lines are gone through once; what is open or stopped are a few orders, found by their indexes."""
    matched = func.max(case((OrderLine.product_ref != "", OrderLine.id)))
    lines = (
        select(
            OrderLine.sku,
            func.count(func.distinct(OrderLine.order_id)),
            func.max(OrderLine.id),
            matched,
            func.min(OrderLine.stock),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.account_id == account_id, *_COUNTED)
        .group_by(OrderLine.sku)
    )
    needed, stopped, mappings = _needed(account_id), _stopped(account_id), set(_mapped_skus(account_id))
    return [
        _Known(sku, orders, matched or last, matched is not None, least, needed.get(sku, 0),
               frozenset(stopped.get(sku, ())), sku in mappings)
        for sku, orders, last, matched, least in db.session.execute(lines)
    ]  # fmt: skip


def _needed(account_id: int) -> dict[str, int]:
    """Pieces that orders which are not in the shop still need, by SKU."""
    open_lines = select(OrderLine.sku, func.sum(OrderLine.quantity)).join(Order, Order.id == OrderLine.order_id)
    mine = (Order.account_id == account_id, Order.state.in_(_OPEN), *_COUNTED)
    return {sku: int(pieces) for sku, pieces in db.session.execute(open_lines.where(*mine).group_by(OrderLine.sku))}


def _stopped(account_id: int) -> dict[str, set[int]]:
    """The orders that a problem with a SKU's product stops, by SKU."""
    mine = (Order.account_id == account_id, _OF_PRODUCT, *_COUNTED)
    named = Order.problem_data.contains(OrderLine.sku)
    rows = select(OrderLine.sku, Order.id).join(Order, Order.id == OrderLine.order_id).where(*mine, named)
    found: dict[str, set[int]] = {}
    for sku, order in db.session.execute(rows):
        found.setdefault(sku, set()).add(order)
    return found


def _mapped_skus(account_id: int) -> Iterable[str]:
    return db.session.scalars(select(ProductMapping.sku).where(ProductMapping.account_id == account_id))


def _shows(sku: _Known, only: str) -> bool:
    """Whether a filter shows it; "" shows all."""
    known = {
        UNMATCHED: not sku.is_matched or bool(sku.stopped),
        MATCHED: sku.is_matched,
        MAPPED: sku.is_mapped,
        SHORT: sku.least_stock is not None and sku.needed > sku.least_stock,
    }
    return known.get(only, True)


def _holding(account_id: int, text: str) -> set[str]:
    """The SKUs that a line holds this of: in its number, its names or its code."""
    lines = select(OrderLine.sku).join(Order, Order.id == OrderLine.order_id).distinct()
    holds = or_(*(_holds(column, text) for column in _SEARCHED))
    return set(db.session.scalars(lines.where(Order.account_id == account_id, *_COUNTED, holds)))


_COUNTED = (OrderLine.sku != "", OrderLine.live.is_(True))
_SEARCHED = (OrderLine.sku, OrderLine.title, OrderLine.gtin, OrderLine.product_name)


def _holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.ilike(f"%{escaped}%", escape="\\")


def _described(account_id: int, rows: list[_Known]) -> list[SeenSku]:
    """The page's SKUs with what each was called and matched with last."""
    newest = select(OrderLine).where(OrderLine.id.in_([row.newest for row in rows]))
    lines = {line.id: line for line in db.session.scalars(newest)}
    of_skus = (ProductMapping.account_id == account_id, ProductMapping.sku.in_([row.sku for row in rows]))
    mappings = {row.sku: row for row in db.session.scalars(select(ProductMapping).where(*of_skus))}
    codes = _codes(account_id, [row.sku for row in rows if row.stopped])
    return [_sku(row, lines[row.newest], mappings.get(row.sku), codes.get(row.sku, ("", {}))) for row in rows]


def _codes(account_id: int, skus: list[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """The problem each SKU causes: code and data, by SKU."""
    if not skus:
        return {}
    rows = db.session.execute(
        select(Order.problem_code, Order.problem_data).where(Order.account_id == account_id, _OF_PRODUCT)
    )
    return {str((data or {}).get("sku")): (code, data or {}) for code, data in rows}


def _sku(row: _Known, line: OrderLine, mapping: ProductMapping | None, problem: tuple[str, dict[str, Any]]) -> SeenSku:
    return SeenSku(
        sku=line.sku,
        title=line.title,
        gtin=line.gtin,
        orders=row.orders,
        needed=row.needed,
        product_ref=line.product_ref,
        combination_ref=line.combination_ref,
        product_name=line.product_name,
        matched_by=line.matched_by,
        stock=line.stock,
        matched_at=line.matched_at,
        problem=problem[0],
        problem_data=problem[1],
        problem_orders=len(row.stopped),
        mapping=mapping,
    )

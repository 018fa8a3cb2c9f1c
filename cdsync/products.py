"""SKUs that orders asked for, with what the shop made of them, and the merchant's own word on which product each is.

Searches nothing by itself; the shop is asked by whoever has it open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select
from sqlalchemy.orm import Bundle, InstrumentedAttribute
from sqlalchemy.sql import Select

from .db import db, page_of, transaction
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


def seen(account_id: int, *, text: str = "", only: str = "", page: int = 1) -> Pagination:
    """One page of the SKUs orders of an account asked for, each a SeenSku: those with a problem first, then the most
    ordered.
    """
    grouped = _grouped(account_id, text, only)
    order = (grouped.selected_columns.problem_orders.desc(), grouped.selected_columns.orders.desc())
    found = page_of(grouped.order_by(*order, OrderLine.sku), page)
    found.items = _described(account_id, found.items)
    return found


def counts(account_id: int) -> dict[str, int]:
    """How many SKUs each filter shows; "" counts all."""
    return {
        only: db.session.scalar(select(func.count()).select_from(_grouped(account_id, "", only).subquery())) or 0
        for only in ("", *FILTERS)
    }


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


def _grouped(account_id: int, text: str, only: str) -> Select[Any]:
    """A row per SKU: orders, pieces still needed, orders a problem with this very SKU stops."""
    stopped = and_(_OF_PRODUCT, Order.problem_data.contains(OrderLine.sku))
    query: Select[Any] = (
        select(
            Bundle(
                "seen",
                OrderLine.sku,
                func.count(func.distinct(Order.id)).label("orders"),
                func.sum(case((Order.state.in_(_OPEN), OrderLine.quantity), else_=0)).label("needed"),
                func.count(func.distinct(case((stopped, Order.id)))).label("problem_orders"),
            )
        )
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(
            ProductMapping, and_(ProductMapping.account_id == Order.account_id, ProductMapping.sku == OrderLine.sku)
        )
        .where(Order.account_id == account_id, OrderLine.sku != "", OrderLine.live.is_(True))
        .group_by(OrderLine.sku)
    )
    if text:
        query = query.where(or_(*(_holds(column, text) for column in _SEARCHED)))
    return _only(query, only, stopped)


_SEARCHED = (OrderLine.sku, OrderLine.title, OrderLine.gtin, OrderLine.product_name)


def _holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.ilike(f"%{escaped}%", escape="\\")


def _only(query: Select[Any], only: str, stopped: ColumnElement[bool]) -> Select[Any]:
    if only == UNMATCHED:
        return query.having(or_(func.max(OrderLine.product_ref) == "", func.max(case((stopped, 1), else_=0)) == 1))
    if only == MATCHED:
        return query.having(func.max(OrderLine.product_ref) != "")
    if only == MAPPED:
        return query.where(ProductMapping.id.is_not(None))
    if only == SHORT:
        needed = func.sum(case((Order.state.in_(_OPEN), OrderLine.quantity), else_=0))
        return query.having(needed > func.min(OrderLine.stock))
    return query


def _described(account_id: int, rows: Iterable[Any]) -> list[SeenSku]:
    """The page's SKUs with the newest line of each: what it was called and matched with last."""
    counted = {row.sku: row for row in rows}
    newest = (
        select(func.max(OrderLine.id))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.account_id == account_id, OrderLine.sku.in_(counted), OrderLine.live.is_(True))
        .group_by(OrderLine.sku, OrderLine.product_ref != "")
    )
    lines: dict[str, OrderLine] = {}
    for line in db.session.scalars(select(OrderLine).where(OrderLine.id.in_(newest)).order_by(OrderLine.id)):
        before = lines.get(line.sku)
        if before is None or line.product_ref or not before.product_ref:
            lines[line.sku] = line
    mappings = {
        row.sku: row
        for row in db.session.scalars(
            select(ProductMapping).where(ProductMapping.account_id == account_id, ProductMapping.sku.in_(counted))
        )
    }
    codes = _codes(account_id, [sku for sku, row in counted.items() if row.problem_orders])
    return [_sku(row, lines[sku], mappings.get(sku), codes.get(sku, ("", {}))) for sku, row in counted.items()]


def _codes(account_id: int, skus: list[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """The problem each SKU causes: code and data, by SKU."""
    if not skus:
        return {}
    rows = db.session.execute(
        select(Order.problem_code, Order.problem_data).where(Order.account_id == account_id, _OF_PRODUCT)
    )
    return {str((data or {}).get("sku")): (code, data or {}) for code, data in rows}


def _sku(row: Any, line: OrderLine, mapping: ProductMapping | None, problem: tuple[str, dict[str, Any]]) -> SeenSku:
    return SeenSku(
        sku=line.sku,
        title=line.title,
        gtin=line.gtin,
        orders=row.orders,
        needed=row.needed or 0,
        product_ref=line.product_ref,
        combination_ref=line.combination_ref,
        product_name=line.product_name,
        matched_by=line.matched_by,
        stock=line.stock,
        matched_at=line.matched_at,
        problem=problem[0],
        problem_data=problem[1],
        problem_orders=row.problem_orders,
        mapping=mapping,
    )

"""SKUs that orders asked for, with what the shop made of them, and the merchant's own word on which product each is.

Searches nothing by itself; the shop is asked by whoever has it open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from . import sku_figures
from .db import db, one_of, transaction
from .error_catalogue import codes_where
from .list_pages import ROWS_ON_A_PAGE, page_of_items
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
        """Whether orders need more than there was when it was last looked for."""
        return bool(self.needed) and self.stock is not None and self.needed > self.stock


def seen(account_id: int, *, text: str = "", only: str = "", page: int = 1) -> tuple[Pagination, dict[str, int]]:
    """One page of the SKUs orders of an account asked for, each a SeenSku: those with a problem first, then the most
    ordered. And how many SKUs each filter shows; "" counts all.
    """
    skus = _skus(account_id)
    counted = {each: len(skus.shown(each)) for each in ("", *FILTERS)}
    wanted = None if not text else _holding(text, skus.known.values())
    rows = skus.sorted([sku for sku in skus.shown(only) if wanted is None or sku in wanted])
    number = min(max(1, page), max(1, -(-len(rows) // ROWS_ON_A_PAGE)))
    shown = [skus.listed(sku) for sku in rows[(number - 1) * ROWS_ON_A_PAGE : number * ROWS_ON_A_PAGE]]
    return page_of_items(_described(shown), number, len(rows)), counted


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


@dataclass
class _Stopped:
    """The orders that a problem with a SKU's product stops, and the problem, where it is with this very SKU."""

    orders: set[int] = field(default_factory=set)
    problem: tuple[str, dict[str, Any]] = ("", {})


@dataclass(frozen=True, slots=True)
class _Listed:
    """A SKU of the list."""

    sku: str
    orders: int
    line_id: int
    needed: int
    stopped: _Stopped | None
    mapping: ProductMapping | None


@dataclass(frozen=True)
class _Skus:
    """All SKUs of an account by what filters ask for; what is open or stopped are a few orders, found by indexes."""

    known: dict[str, sku_figures.Sku]
    needed: dict[str, int]
    stopped: dict[str, _Stopped]
    mapped: dict[str, ProductMapping]
    short: frozenset[str]

    def shown(self, only: str) -> Collection[str]:
        """Those that a filter shows; "" shows all."""
        skus = self.known
        if only == MATCHED:
            return [sku for sku, each in skus.items() if each.matched]
        if only == UNMATCHED:
            return [sku for sku, each in skus.items() if not each.matched or sku in self.stopped]
        few: Collection[str] = {MAPPED: self.mapped, SHORT: self.short}.get(only, skus)
        return [sku for sku in few if sku in skus]

    def sorted(self, skus: Collection[str]) -> list[str]:
        """Those that stop orders first, then the most ordered."""
        known = self.known
        stopping = [sku for sku in skus if sku in self.stopped]
        stopping.sort(key=lambda sku: (-len(self.stopped[sku].orders), -known[sku].orders, sku))
        others = sorted([(-known[sku].orders, sku) for sku in skus if sku not in self.stopped])
        return stopping + [sku for _orders, sku in others]

    def listed(self, sku: str) -> _Listed:
        each = self.known[sku]
        needed, stopped = self.needed.get(sku, 0), self.stopped.get(sku)
        return _Listed(sku, each.orders, each.line_id or 0, needed, stopped, self.mapped.get(sku))


def _skus(account_id: int) -> _Skus:
    known, needed = sku_figures.known(account_id), _needed(account_id)
    mine = select(ProductMapping).where(ProductMapping.account_id == account_id)  # by hand: not so many
    mapped = {each.sku: each for each in db.session.scalars(mine)}
    return _Skus(known, needed, _stopped(account_id), mapped, _short(known, needed))


def _short(known: dict[str, sku_figures.Sku], needed: dict[str, int]) -> frozenset[str]:
    """SKUs of which orders need more than there was when last looked: as a row says it (`SeenSku.is_short`)."""
    lines = {known[sku].line_id or 0: sku for sku in needed if sku in known}
    found = db.session.execute(select(OrderLine.id, OrderLine.stock).where(one_of(OrderLine.id, lines)))
    return frozenset(lines[line] for line, stock in found if stock is not None and needed[lines[line]] > stock)


def _needed(account_id: int) -> dict[str, int]:
    """Pieces that orders which are not in the shop still need, by SKU."""
    open_lines = select(OrderLine.sku, func.sum(OrderLine.quantity)).join(Order, Order.id == OrderLine.order_id)
    mine = (Order.account_id == account_id, Order.state.in_(_OPEN), *_COUNTED)
    return {sku: int(pieces) for sku, pieces in db.session.execute(open_lines.where(*mine).group_by(OrderLine.sku))}


def _stopped(account_id: int) -> dict[str, _Stopped]:
    """What a problem with its product stops, by SKU."""
    mine = (Order.account_id == account_id, _OF_PRODUCT, *_COUNTED)
    named = Order.problem_data.contains(OrderLine.sku)
    columns = (OrderLine.sku, Order.id, Order.problem_code, Order.problem_data)
    rows = select(*columns).join(Order, Order.id == OrderLine.order_id).where(*mine, named).order_by(Order.id)
    found: defaultdict[str, _Stopped] = defaultdict(_Stopped)
    for sku, order, code, data in db.session.execute(rows):
        found[sku].orders.add(order)
        if str((data or {}).get("sku")) == sku:
            found[sku].problem = (code, data or {})
    return dict(found)


def _holding(text: str, skus: Iterable[sku_figures.Sku]) -> set[str]:
    """Those SKUs whose number, or the names or code of whose last line, hold this."""
    holds = or_(*(_holds(column, text) for column in _SEARCHED))
    lines = one_of(OrderLine.id, (each.line_id or 0 for each in skus))
    return set(db.session.scalars(select(OrderLine.sku).where(lines, holds)))


_COUNTED = (OrderLine.sku != "", OrderLine.live.is_(True))
_SEARCHED = (OrderLine.sku, OrderLine.title, OrderLine.gtin, OrderLine.product_name)


def _holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.ilike(f"%{escaped}%", escape="\\")


def _described(rows: list[_Listed]) -> list[SeenSku]:
    """The page's SKUs with what each was called and matched with last."""
    newest = select(OrderLine).where(OrderLine.id.in_([row.line_id for row in rows]))
    lines = {line.id: line for line in db.session.scalars(newest)}
    return [_sku(row, lines[row.line_id], row.stopped or _Stopped()) for row in rows]


def _sku(row: _Listed, line: OrderLine, stopped: _Stopped) -> SeenSku:
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
        problem=stopped.problem[0],
        problem_data=stopped.problem[1],
        problem_orders=len(stopped.orders),
        mapping=row.mapping,
    )

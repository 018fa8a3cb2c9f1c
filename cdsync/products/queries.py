"""What is asked of the database about an account's SKUs (`lists`). Reads only.

What was summed up is read where it is kept; SKUs that changed since (`changed`) are left out there, and known already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from ..db import db, one_of
from ..error_catalogue import codes_where
from ..models import Order, OrderLine, ProductMapping, SkuChange, SkuFigure
from ..order_lists import tabs
from ..sku_figures import Sku

OF_PRODUCT = Order.problem_code.in_(codes_where(lambda entry: entry.of_product))
_COUNTED = (OrderLine.sku != "", OrderLine.live.is_(True))
_SEARCHED = (OrderLine.sku, OrderLine.title, OrderLine.gtin, OrderLine.product_name)
STOPPED, CHANGE, KEPT = "stopped", "change", "kept"
_FIGURE = (SkuFigure.sku, SkuFigure.orders, SkuFigure.line_id, SkuFigure.matched)


@dataclass(frozen=True)
class Few:
    """figures: of what is stopped or mapped, as summed up. number, matched: of all that did not change since."""

    figures: dict[str, Sku]
    mapped: frozenset[str]
    number: int
    matched: int


def stopped_and_changed(account_id: int) -> Any:
    """(STOPPED, order, SKU, code, data) of what a problem with its product stops; of the SKUs that changed since they
    were summed up (CHANGE, line, SKU, how many more orders, None) for each change and (KEPT, line, SKU, orders, whether
    it was matched) as they were."""
    mine = (Order.account_id == account_id, OF_PRODUCT, *_COUNTED, Order.problem_data.contains(OrderLine.sku))
    columns = (literal(STOPPED), Order.id, OrderLine.sku, Order.problem_code, Order.problem_data)
    stopped = select(*columns).join(Order, Order.id == OrderLine.order_id).where(*mine)
    changes = SkuChange.account_id == account_id
    change = select(literal(CHANGE), SkuChange.line_id, SkuChange.sku, cast(SkuChange.orders, String), null())
    matched = case((SkuFigure.matched, "true"), else_="false")
    kept = select(literal(KEPT), SkuFigure.line_id, SkuFigure.sku, cast(SkuFigure.orders, String), matched)
    known = (SkuFigure.account_id == account_id, SkuFigure.sku.in_(select(SkuChange.sku).where(changes)))
    return union_all(stopped, change.where(changes), kept.where(*known))


def few(account_id: int, stopped: Collection[str], changed: Collection[str]) -> Few:
    """Of these and of what is mapped, and how many there are: one query."""
    matched = case((SkuFigure.matched, 1), else_=0)
    mine = SkuFigure.account_id == account_id
    by_hand = ProductMapping.account_id == account_id
    figure = select(literal("figure"), SkuFigure.sku, SkuFigure.orders, SkuFigure.line_id, matched).where(mine)
    of_all = select(literal("all"), null(), func.count(), null(), func.coalesce(func.sum(matched), 0))
    rows = union_all(
        figure.where(one_of(SkuFigure.sku, stopped)),
        figure.where(SkuFigure.sku.in_(select(ProductMapping.sku).where(by_hand))),
        of_all.where(mine, SkuFigure.orders != 0, *_unchanged(changed)),
        select(literal("mapped"), ProductMapping.sku, literal(0), null(), literal(0)).where(by_hand),
    )
    found = db.session.execute(rows).all()
    [(number, matched_number)] = [(orders, matched) for what, _sku, orders, _line, matched in found if what == "all"]
    figures = {sku: Sku(orders, line, bool(matched)) for what, sku, orders, line, matched in found if what == "figure"}
    names = frozenset(sku for what, sku, *_more in found if what == "mapped")
    return Few(figures, names, int(number), int(matched_number))


def some_of_the_others(
    account_id: int, matched: bool | None, known: Collection[str], leave_out: int, most: int
) -> list[tuple[str, Sku]]:
    """The most ordered first; without the known ones. matched: whether they are to be, None: either."""
    which = () if matched is None else (SkuFigure.matched.is_(matched),)
    byte_by_byte = SkuFigure.sku.collate("C" if db.engine.dialect.name == "postgresql" else "BINARY")  # as Python sorts
    mine = select(*_FIGURE).where(SkuFigure.account_id == account_id, SkuFigure.orders != 0, *_unchanged(known), *which)
    rows = db.session.execute(mine.order_by(SkuFigure.orders.desc(), byte_by_byte).offset(leave_out).limit(most))
    return [(sku, Sku(orders, line, matched)) for sku, orders, line, matched in rows]


def holding(account_id: int, text: str, changed: Mapping[str, Sku]) -> dict[str, Sku]:
    """Those whose number, or the names or code of whose last line, hold this: one query, and one where some changed."""
    holds = or_(*(column.icontains(text, autoescape=True) for column in _SEARCHED))
    mine = (SkuFigure.account_id == account_id, SkuFigure.orders != 0, *_unchanged(changed))
    rows = db.session.execute(select(*_FIGURE).join(OrderLine, OrderLine.id == SkuFigure.line_id).where(*mine, holds))
    found = {sku: Sku(orders, line, matched) for sku, orders, line, matched in rows}
    lines = [each.line_id for each in changed.values() if each.orders and each.line_id is not None]
    if lines:
        again = select(OrderLine.sku).where(one_of(OrderLine.id, lines), holds)
        found |= {sku: changed[sku] for sku in db.session.scalars(again)}
    return found


def needed_and_short(
    account_id: int, skus: Collection[str], changed: Mapping[str, Sku]
) -> tuple[dict[str, int], dict[str, Sku]]:
    """Pieces that orders which are not in the shop still need of these SKUs and of what is short, by SKU; and those of
    which they need more than there was when it was last looked for. One query."""
    mine = (Order.account_id == account_id, tabs.NOT_YET, *_COUNTED)
    needed = (
        select(OrderLine.sku, cast(func.sum(OrderLine.quantity), Integer).label("pieces"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(*mine)
        .group_by(OrderLine.sku)
        .subquery()
    )
    last, now = aliased(OrderLine), aliased(OrderLine)
    asked = or_(last.stock < needed.c.pieces, one_of(needed.c.sku, {*skus, *changed}))
    kept = and_(SkuFigure.account_id == account_id, SkuFigure.sku == needed.c.sku)
    lines = [each.line_id for each in changed.values() if each.line_id is not None]
    query = (
        select(needed.c.sku, needed.c.pieces, *_FIGURE[1:], last.stock, now.stock if lines else null())
        .outerjoin_from(needed, SkuFigure, kept)
        .outerjoin(last, last.id == SkuFigure.line_id)
    )
    if lines:
        query = query.outerjoin(now, and_(one_of(now.id, lines), now.sku == needed.c.sku))
    pieces, short = {}, {}
    for sku, count, orders, line, matched, stock, stock_now in db.session.execute(query.where(asked)):
        pieces[sku] = count
        each = changed.get(sku) or Sku(orders or 0, line, bool(matched))
        there = stock_now if sku in changed else stock
        if each.orders and there is not None and there < count:
            short[sku] = each
    return pieces, short


def _unchanged(changed: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (not_(one_of(SkuFigure.sku, changed)),) if changed else ()

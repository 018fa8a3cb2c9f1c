"""SKUs that orders asked for, a page at a time, with what the shop made of each. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import and_, select

from ..db import db
from ..list_pages import ROWS_ON_A_PAGE, number_within, page_of_items
from ..models import OrderLine, ProductMapping
from . import lists
from .lists import Stopped


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
    skus = lists.of_account(account_id)
    listed = skus.searched(text, only) if text else skus.shown(only)
    number = number_within(page, listed.total)
    shown = listed.some((number - 1) * ROWS_ON_A_PAGE, ROWS_ON_A_PAGE)
    return page_of_items(_described(skus, shown), number, listed.total), skus.counts


def _described(skus: lists.Skus, shown: list[lists.Row]) -> list[SeenSku]:
    """These SKUs with what each was called and matched with last."""
    by_hand = and_(ProductMapping.account_id == skus.account_id, ProductMapping.sku == OrderLine.sku)
    newest = select(OrderLine, ProductMapping).outerjoin(ProductMapping, by_hand)
    rows = db.session.execute(newest.where(OrderLine.id.in_([each.line_id for _sku, each in shown])))
    lines = {line.id: (line, mapping) for line, mapping in rows}
    needed = skus.needed_of([sku for sku, _each in shown])
    return [
        _seen(*lines[each.line_id or 0], each.orders, needed.get(sku, 0), skus.stopped.get(sku, Stopped()))
        for sku, each in shown
    ]


def _seen(line: OrderLine, mapping: ProductMapping | None, orders: int, needed: int, stopped: Stopped) -> SeenSku:
    return SeenSku(
        sku=line.sku,
        title=line.title,
        gtin=line.gtin,
        orders=orders,
        needed=needed,
        product_ref=line.product_ref,
        combination_ref=line.combination_ref,
        product_name=line.product_name,
        matched_by=line.matched_by,
        stock=line.stock,
        matched_at=line.matched_at,
        problem=stopped.problem[0],
        problem_data=stopped.problem[1],
        problem_orders=len(stopped.orders),
        mapping=mapping,
    )

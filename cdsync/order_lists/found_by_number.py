"""Orders by whole numbers, upper and lower case alike: of the marketplace, of the shop, SKUs. By index. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from cdsync.db import db
from cdsync.models import Order, OrderLine, ShopOrder

from .found_order import COLUMNS, FoundOrder

A_NUMBER = 8  # signs of what is taken for a whole number of an order, and not looked for inside others


@dataclass(frozen=True)
class ByNumber:
    """orders: those found, by id. of_orders: those found by a number of their own, not by a SKU. all_are_numbers: every
    word is the whole number of an order."""

    orders: dict[int, FoundOrder]
    of_orders: set[int]
    all_are_numbers: bool

    @property
    def ids(self) -> set[int]:
        return set(self.orders)


def ids(session: Session, account_id: int, words: Sequence[str], most: int) -> ByNumber:
    """The account's orders that one of the words is a number or SKU of; of a SKU on more than `most`, so many.

    A SKU typed alone is left to the search by words, whose index gives the newest first, unless that is not asked.
    """
    lowered = [word.lower() for word in words]
    numbers, by_sku = _numbers(account_id, words, lowered), _by_sku(account_id, lowered, most)
    rows = session.execute(union_all(*numbers, *([by_sku] if len(words) > 1 else []))).all()
    whole = {number for number, *_order in rows if number and len(number) >= A_NUMBER}
    if len(words) == 1 and whole:
        rows = [*rows, *session.execute(by_sku)]
    found = [(number, FoundOrder(*order)) for number, *order in rows]
    return ByNumber(
        orders={order.id: order for _number, order in found},
        of_orders={order.id for number, order in found if number is not None},
        all_are_numbers=whole.issuperset(lowered),
    )


def _numbers(account_id: int, words: Sequence[str], lowered: Sequence[str]) -> list[Select[Any]]:
    """By each kind of number an order has: the number and the order."""
    mine = _of(account_id)
    own = [
        select(func.lower(column), *COLUMNS).where(mine, func.lower(column).in_(lowered))
        for column in (Order.reference, Order.marketplace_ref)
    ]
    in_shop = select(func.lower(ShopOrder.reference), *COLUMNS).join(Order, Order.id == ShopOrder.order_id)
    by_id = select(literal(""), *COLUMNS).join_from(ShopOrder, Order, Order.id == ShopOrder.order_id)
    of_account = ShopOrder.account_id == account_id
    return [
        *own,
        in_shop.where(of_account, func.lower(ShopOrder.reference).in_(lowered)),
        by_id.where(of_account, ShopOrder.shop_ref.in_(words)),
    ]


def _by_sku(account_id: int, lowered: Sequence[str], most: int) -> Any:
    """No number and the order. A part of a union has no limit of its own, hence the query inside."""
    mine, of_sku = _of(account_id), func.lower(OrderLine.sku).in_(lowered)
    ids = select(OrderLine.order_id).join(Order, Order.id == OrderLine.order_id).where(mine, of_sku)
    newest = ids.group_by(OrderLine.order_id).order_by(OrderLine.order_id.desc()).limit(most).subquery()
    return select(literal(None), *COLUMNS).where(Order.id.in_(select(newest.c.order_id)))


def _of(account_id: int) -> ColumnElement[bool]:
    """That an order is the account's, which decides among few. As it is SQLite would go by it, through all orders of
    the account; PostgreSQL would, where it cannot tell how many those are."""
    sqlite = db.engine.dialect.name == "sqlite"
    return Order.account_id + 0 == account_id if sqlite else Order.account_id == account_id

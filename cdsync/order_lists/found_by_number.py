"""Orders by whole numbers, upper and lower case alike: of the marketplace, of the shop, SKUs. By index. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

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
    numbers = _numbers(account_id, words, lowered)
    by_sku = _by_sku(account_id, lowered, most)
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
    mine = Order.account_id + 0 == account_id  # as it is, SQLite would go by it, through all orders of the account
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


def _by_sku(account_id: int, lowered: Sequence[str], most: int) -> Select[Any]:
    """No number and the order, of so many lines: a part of a union has no limit of its own."""
    mine = Order.account_id + 0 == account_id
    lines = select(literal(None), *COLUMNS).join_from(OrderLine, Order, Order.id == OrderLine.order_id).where(mine)
    some = lines.where(func.lower(OrderLine.sku).in_(lowered)).order_by(OrderLine.order_id.desc()).limit(most)
    return select(some.subquery())

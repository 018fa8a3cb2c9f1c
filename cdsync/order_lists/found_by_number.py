"""Orders by whole numbers, upper and lower case alike: of the marketplace, of the shop, SKUs. By index. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from cdsync.models import Order, OrderLine, ShopOrder

A_NUMBER = 8  # signs of what is taken for a whole number of an order, and not looked for inside others


@dataclass(frozen=True)
class ByNumber:
    """ids: orders found. of_orders: those found by a number of their own, not by a SKU. all_are_numbers: every word is
    the whole number of an order."""

    ids: set[int]
    of_orders: set[int]
    all_are_numbers: bool


def ids(session: Session, account_id: int, words: Sequence[str], most: int) -> ByNumber:
    """The account's orders that one of the words is a number or SKU of; of a SKU on more than `most`, so many.

    A SKU typed alone is left to the search by words, whose index gives the newest first, unless that is not asked.
    """
    lowered = [word.lower() for word in words]
    mine = Order.account_id + 0 == account_id  # as it is, SQLite would go by it, through all orders of the account
    in_shop = select(ShopOrder.order_id, func.lower(ShopOrder.reference)).where(ShopOrder.account_id == account_id)
    by_id = select(ShopOrder.order_id, literal("")).where(ShopOrder.account_id == account_id)
    of_sku = select(OrderLine.order_id, literal(None)).join(Order, Order.id == OrderLine.order_id).where(mine)
    by_sku = _some(of_sku.where(func.lower(OrderLine.sku).in_(lowered)), most)
    rows = session.execute(
        union_all(
            *(
                select(Order.id, func.lower(column)).where(mine, func.lower(column).in_(lowered))
                for column in (Order.reference, Order.marketplace_ref)
            ),
            in_shop.where(func.lower(ShopOrder.reference).in_(lowered)),
            by_id.where(ShopOrder.shop_ref.in_(words)),
            *([by_sku] if len(words) > 1 else []),
        )
    ).all()
    numbers = {number for _id, number in rows if number and len(number) >= A_NUMBER}
    if len(words) == 1 and numbers:
        rows = [*rows, *session.execute(by_sku)]
    return ByNumber(
        ids={order for order, _number in rows},
        of_orders={order for order, number in rows if number is not None},
        all_are_numbers=numbers.issuperset(lowered),
    )


def _some(query: Any, most: int) -> Any:
    """So many of its rows: a part of a union has no limit of its own."""
    return select(query.order_by(OrderLine.order_id.desc()).limit(most).subquery())

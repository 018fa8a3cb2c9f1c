"""All orders of a list, however long, in its order: their ids at once, the orders by some hundreds. Reads only."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session, defer, joinedload, load_only, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from cdsync.db import db
from cdsync.models import Order, OrderLine, ShopOrder

T = TypeVar("T")

READ_AT_ONCE = 500
UNSHOWN = (Order.addresses, Order.faults, Order.corrections)  # by a row: long, or asked of one order only


_SHOWN = (
    Order.account_id, Order.marketplace_ref, Order.reference, Order.state, Order.state_since, Order.status_known,
    Order.currency, Order.total, Order.buyer_name, Order.buyer_place, Order.buyer_note, Order.purchased_at,
    Order.marketplace_created_at, Order.found_at, Order.accept_by, Order.ship_by, Order.problem_code,
    Order.problem_data, Order.problem_operation, Order.problem_kind, Order.problem_since, Order.next_try_at,
    Order.warnings, Order.imported_at, Order.shipped_at, Order.waiting_for_tracking_since,
)  # fmt: skip
_SHOWN_OF_LINES = (OrderLine.order_id, OrderLine.sku, OrderLine.title, OrderLine.quantity, OrderLine.live)
_SHOWN_OF_SHOP_ORDERS = (ShopOrder.order_id, ShopOrder.shop_ref, ShopOrder.reference, ShopOrder.url)


def with_a_pages_columns(query: Select[Order]) -> Select[Order]:
    """Orders with their lines and shop orders, and of each what the row of a page shows; the rest comes when asked."""
    return query.options(*_a_pages_columns())


@lru_cache(maxsize=1)
def _a_pages_columns() -> tuple[ORMOption, ...]:
    lines = selectinload(Order.lines).load_only(*_SHOWN_OF_LINES)
    shop_orders = joinedload(Order.shop_orders).load_only(*_SHOWN_OF_SHOP_ORDERS)  # one at most, but for a few
    return load_only(*_SHOWN), lines, shop_orders


def orders_of(session: Session, ids: Select[int], query: Select[Order]) -> Iterator[Order]:
    """The orders of `ids` in that order, each read once; eight bytes an order and some hundred orders stay in memory.

    query: which orders may be read, with what each is to bring along. One gone meanwhile is left out.
    """
    for part in _portions(session, ids):
        found = {order.id: order for order in session.scalars(query.where(Order.id.in_(part)))}
        yield from (found[each] for each in part if each in found)
        for order in found.values():
            session.expunge(order)  # a long list must not keep every order in memory


def in_portions(ids: Select[int], read: Callable[[Session, Sequence[int]], list[T]]) -> Iterator[T]:
    """What `read` makes of the rows of `ids`, some hundred at once, each in the session of the moment it is asked for.

    read: answers values in the order of the ids it is given, without what is gone. Eight bytes a row stay in memory.
    """
    for part in _portions(db.session(), ids):
        yield from read(db.session(), part)


def _portions(session: Session, ids: Select[int]) -> Iterator[Sequence[int]]:
    """All ids, asked for at once, by some hundreds."""
    wanted = array("q", session.scalars(ids.execution_options(yield_per=10_000)))
    return (wanted[start : start + READ_AT_ONCE] for start in range(0, len(wanted), READ_AT_ONCE))


def with_what_rows_show(query: Select[Order]) -> Select[Order]:
    """Orders with their lines and shop orders, and without what is long and no row shows."""
    unread = (defer(each) for each in UNSHOWN)
    return query.options(*unread, selectinload(Order.lines), selectinload(Order.shop_orders))

"""All orders of a list, however long, in its order: their ids at once, the orders by some hundreds. Reads only."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session, defer, selectinload

from cdsync.db import db
from cdsync.models import Order

T = TypeVar("T")

READ_AT_ONCE = 500
UNSHOWN = (Order.addresses, Order.faults, Order.corrections)  # by a row: long, or asked of one order only


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

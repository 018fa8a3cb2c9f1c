"""Which readings of the marketplace tell anything new: most of a window has been read before. Reads only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, select

from cdsync import states
from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.db import reading
from cdsync.models import Order

from .following import AFTER_IMPORT, OF_READING

Entry = MarketplaceOrder | UnreadableOrder
_COLUMNS = (
    Order.id,
    Order.marketplace_ref,
    Order.state,
    Order.marketplace_state,
    Order.raw,
    Order.faults,
    Order.problem_code,
)


def news(account_id: int, entries: Sequence[Entry]) -> tuple[list[Entry], list[int]]:
    """The entries that `store` may have something to do for, in their order, and the orders of all the others.

    The others are known word for word, stand where the marketplace says, and have no problem that a reading ends.
    One query, no lock.
    """
    refs = [entry.ref for entry in entries if isinstance(entry, MarketplaceOrder)]
    with reading() as session:
        mine = (Order.account_id == account_id, Order.marketplace_ref.in_(refs))
        known = {row.marketplace_ref: row for row in session.execute(select(*_COLUMNS).where(*mine))}
    left: list[Entry] = []
    settled: list[int] = []
    for entry in entries:
        row = known.get(entry.ref)
        if row is None or isinstance(entry, UnreadableOrder) or says_more(entry, row) or not _in_step(entry, row):
            left.append(entry)
        else:
            settled.append(row.id)
    return left, settled


def says_more(entry: MarketplaceOrder, order: Order | Row[tuple[object, ...]]) -> bool:
    """Whether there is anything to write: another text, or the same one understood otherwise (after an upgrade)."""
    known = (order.raw, order.marketplace_state, [fault["code"] for fault in order.faults or []])
    return known != (entry.raw, entry.state or "", [fault.code for fault in entry.faults])


def _in_step(entry: MarketplaceOrder, order: Row[tuple[object, ...]]) -> bool:
    """Whether `following` has neither a move nor an alarm for this state, and no alarm to end."""
    if entry.state is None or order.problem_code in OF_READING:
        return False
    if order.state in AFTER_IMPORT:
        as_it_should = states.TO_IMPORT if order.state == states.IMPORTED else states.SHIPPED
        return order.problem_code is None and entry.state == as_it_should
    dead = order.state in states.DEAD and not states.may_move(order.state, entry.state)
    return dead or order.state == entry.state

"""Which orders of the marketplace have changed since they were last read: most of a window has not. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from cdsync import states
from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.db import reading
from cdsync.error_catalogue import entry_of
from cdsync.models import Order

from ..life.belonging import seller_of
from ..life.following import AFTER_IMPORT

Entry = MarketplaceOrder | UnreadableOrder
_COLUMNS = (
    Order.id,
    Order.marketplace_ref,
    Order.seller,
    Order.state,
    Order.marketplace_state,
    Order.raw,
    Order.faults,
    Order.problem_code,
)


def split_changed(
    account_id: int, entries: Sequence[Entry], seller: str | None = None
) -> tuple[list[Entry], list[int]]:
    """The entries that `store` may have something to do for, in their order, and the ids of the unchanged orders.

    Unchanged: known word for word from the same seller (by default the account's own), where the marketplace says it
    is, and without a problem that a reading ends. One query, no lock.
    """
    where = seller_of(account_id) if seller is None else seller
    refs = [entry.ref for entry in entries if isinstance(entry, MarketplaceOrder)]
    with reading() as session:
        mine = (Order.account_id == account_id, Order.marketplace_ref.in_(refs))
        known = {row.marketplace_ref: row for row in session.execute(select(*_COLUMNS).where(*mine))}
    changed: list[Entry] = []
    unchanged: list[int] = []
    for entry in entries:
        row = known.get(entry.ref)
        if row is not None and row.seller == where and _is_unchanged(entry, row):
            unchanged.append(row.id)
        else:
            changed.append(entry)
    return changed, unchanged


def _is_unchanged(entry: Entry, row: Row[Any]) -> bool:
    return isinstance(entry, MarketplaceOrder) and not differs(entry, row) and _in_step(entry, row)


def differs(entry: MarketplaceOrder, order: Order | Row[tuple[object, ...]]) -> bool:
    """Whether there is anything to write: another text, or the same one understood otherwise (after an upgrade)."""
    known = (order.raw, order.marketplace_state, [fault["code"] for fault in order.faults or []])
    return known != (entry.raw, entry.state or "", [fault.code for fault in entry.faults])


def _in_step(entry: MarketplaceOrder, order: Row[tuple[object, ...]]) -> bool:
    """Whether `following` has neither a move nor an alarm for this state, and no alarm to end."""
    if entry.state is None or entry_of(order.problem_code).ended_by_reading:
        return False
    if order.state in AFTER_IMPORT:
        as_it_should = states.TO_IMPORT if order.state == states.IMPORTED else states.SHIPPED
        return order.problem_code is None and entry.state == as_it_should
    dead = order.state in states.DEAD and not states.may_move(order.state, entry.state)
    return dead or order.state == entry.state

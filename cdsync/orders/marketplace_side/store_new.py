"""Keeps many new orders at once: a few statements for all of them. What becomes of each is what `store` makes of it.

Only for orders that nothing is to be found out about; the others are `store`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from cdsync.connectors.base import MarketplaceOrder
from cdsync.db import Base, one_of
from cdsync.many_rows import add_rows
from cdsync.models import Order
from cdsync.models.order_text import written_once

from ..life.moves import NOBODY, By
from .changed import Told
from .from_marketplace import columns, line_columns
from .lengths import too_long
from .store import UNREADABLE, Stored, first_state

# Rows without objects: the columns are the models', and so are their defaults.
_TABLES = ("orders", "order_raws", "order_lines", "order_events")
_ORDERS, _RAWS, _LINES, _EVENTS = (Base.metadata.tables[each] for each in _TABLES)
_Entry = tuple[MarketplaceOrder, str]  # and the digest of its reading
_UNTOLD = {"buyer_name": "", "buyer_place": "", "buyer_note": ""}  # of a reading without an address


def plainly_new(session: Session, account_id: int, told: Iterable[Told]) -> list[Told]:
    """Those that `store` would only add: unknown, understood, of lengths that can be kept, each once, and not known
    by its other number from an entry that came without its id. One query."""
    found: dict[str, Told] = {}
    for each in told:
        entry = each.entry
        if each.order_id is None and isinstance(entry, MarketplaceOrder) and entry.state and too_long(entry) is None:
            found.setdefault(entry.ref, each)
    numbers = [each.entry.reference for each in found.values() if each.entry.reference]
    mine = (Order.account_id == account_id, Order.reference.in_(numbers))
    unread = Order.marketplace_ref.startswith(UNREADABLE)
    known = set(session.scalars(select(Order.reference).where(*mine, unread))) if numbers else set()
    return [each for each in found.values() if each.entry.reference not in known]


def store_new(session: Session, account_id: int, told: Sequence[Told], by: By = NOBODY, *, seller: str) -> list[Stored]:
    """Adds orders that are `plainly_new`, in their order. Raises IntegrityError when another run has stored one of
    them a moment ago, and whatever a value that no column takes raises: then none of them is added."""
    entries = [(each.entry, each.digest) for each in told if isinstance(each.entry, MarketplaceOrder)]
    if not entries:
        return []
    connection = session.connection()
    with written_once(connection):
        ids = _add(connection, account_id, entries, by, seller)
    return [Stored(ids[entry.ref], is_new=True, moved=True, changed=True) for entry, _ in entries]


def _add(connection: Connection, account_id: int, entries: Sequence[_Entry], by: By, seller: str) -> dict[str, int]:
    """Their rows in every table; the order's number by the marketplace's."""
    add_rows(connection, _ORDERS, [_row(account_id, entry, digest, seller) for entry, digest in entries])
    added = select(_ORDERS.c.marketplace_ref, _ORDERS.c.id).where(
        _ORDERS.c.account_id == account_id, one_of(_ORDERS.c.marketplace_ref, [entry.ref for entry, _ in entries])
    )
    ids = {row.marketplace_ref: row.id for row in connection.execute(added)}
    add_rows(connection, _RAWS, [{"order_id": ids[entry.ref], "text": entry.raw} for entry, _ in entries])
    lines = [{"order_id": ids[entry.ref], **line} for entry, _ in entries for line in line_columns(entry)]
    add_rows(connection, _LINES, lines)
    add_rows(connection, _EVENTS, [_found(ids[entry.ref], entry, by) for entry, _ in entries])
    return ids


def _row(account_id: int, entry: MarketplaceOrder, digest: str, seller: str) -> dict[str, Any]:
    known = {"account_id": account_id, "marketplace_ref": entry.ref, "seller": seller, "state": first_state(entry)}
    return {**known, **_UNTOLD, **columns(entry), "read_digest": digest}


def _found(order_id: int, entry: MarketplaceOrder, by: By) -> dict[str, Any]:
    """The event that `store` notes."""
    data = {"status": entry.status, "state": first_state(entry)}
    return {"order_id": order_id, "kind": "order.found", "data": data, "run_id": by.run, "actor": by.person}

"""Which orders of the marketplace's list have changed since they were last read: most of them have not. Reads only.

An order is known word for word by a digest of its text and of how that was understood; only where that is another one
is the text read, and compared as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.connectors.base import ListedOrder, MarketplaceOrder, UnreadableOrder
from cdsync.db import Base, one_of, reading
from cdsync.error_catalogue import entry_of
from cdsync.models import Order, OrderRaw

from ..life.belonging import seller_of
from ..life.following import AFTER_IMPORT

Entry = MarketplaceOrder | UnreadableOrder
_ORDERS = Base.metadata.tables["orders"].c  # columns, not the model: a hundred rows a page need nothing of the ORM
_STANDING = select(
    _ORDERS.id,
    _ORDERS.marketplace_ref,
    _ORDERS.seller,
    _ORDERS.state,
    _ORDERS.marketplace_state,
    _ORDERS.problem_code,
    _ORDERS.read_digest,
)
_UNDERSTOOD = (Order.id, OrderRaw.text.label("raw"), Order.marketplace_state, Order.faults)
_Known = Any  # a row of either


@dataclass(frozen=True)
class Told:
    """A reading that there may be something to do for. order_id: None for an order that nobody knows."""

    entry: Entry
    digest: str
    order_id: int | None = None


@dataclass
class Compared:
    """A part of the list beside what is known. digests: by the id of orders that are known word for word after all."""

    unchanged: list[int] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    digests: dict[int, str] = field(default_factory=dict)


def compare(account_id: int, entries: Sequence[ListedOrder], seller: str | None = None) -> Compared:
    """What of these `store` may have something to do for, in their order, and which are unchanged.

    Unchanged: known word for word from the same seller (by default the account's own), where the marketplace says it
    is, and without a problem that a reading ends. Two queries, no lock.
    """
    compared = Compared()
    if not entries:
        return compared
    where = seller_of(account_id) if seller is None else seller
    with reading() as session:
        mine = (_ORDERS.account_id == account_id, one_of(_ORDERS.marketplace_ref, {each.ref for each in entries}))
        rows = session.connection().execute(_STANDING.where(*mine))
        known: dict[str, _Known] = {row.marketplace_ref: row for row in rows}
        unsure: list[tuple[ListedOrder, str, _Known | None]] = []
        for each in entries:
            row, digest = known.get(each.ref), _digest(each)
            if row is not None and _stands(row, where) and row.read_digest == digest:
                compared.unchanged.append(row.id)
            else:
                unsure.append((each, digest, row))
        texts = _texts(session, [row.id for _, _, row in unsure if row is not None and _stands(row, where)])
    for each, digest, row in unsure:
        entry, text = each.read(), texts.get(row.id) if row is not None else None
        if row is not None and text is not None and isinstance(entry, MarketplaceOrder) and not differs(entry, text):
            compared.unchanged.append(row.id)
            compared.digests[row.id] = digest
        else:
            compared.told.append(Told(entry, digest, None if row is None else row.id))
    return compared


def remember(session: Session, digests: dict[int, str]) -> None:
    """Keeps the digests of unchanged orders, so that the next comparison needs no text."""
    if digests:
        session.execute(update(Order), [{"id": key, "read_digest": digest} for key, digest in digests.items()])


def differs(entry: MarketplaceOrder, order: Order | Row[tuple[object, ...]]) -> bool:
    """Whether there is anything to write: another text, or the same one understood otherwise (after an upgrade)."""
    known = (order.raw, order.marketplace_state, [fault["code"] for fault in order.faults or []])
    return known != (entry.raw, entry.state or "", [fault.code for fault in entry.faults])


def _digest(entry: ListedOrder) -> str:
    text = f"{entry.understood_as}\0{entry.raw}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _texts(session: Session, order_ids: Sequence[int]) -> dict[int, _Known]:
    """What those were understood from, and as, whose digest says nothing."""
    if not order_ids:
        return {}
    query = select(*_UNDERSTOOD).outerjoin(OrderRaw, OrderRaw.order_id == Order.id).where(Order.id.in_(order_ids))
    return {row.id: row for row in session.execute(query)}


def _stands(order: _Known, seller: str) -> bool:
    """Whether it is this seller's, and `following` has neither a move nor an alarm for it, and no alarm to end."""
    told = order.marketplace_state
    if order.seller != seller or not told or entry_of(order.problem_code).ended_by_reading:
        return False
    if order.state in AFTER_IMPORT:
        as_it_should = states.TO_IMPORT if order.state == states.IMPORTED else states.SHIPPED
        return bool(order.problem_code is None and told == as_it_should)
    dead = order.state in states.DEAD and not states.may_move(order.state, told)
    return dead or order.state == told

"""What the marketplace says of an order, read and kept: once for all operations, one commit for each order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdsync import orders
from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.db import transaction
from cdsync.errors import CdsyncError, RejectedError, TemporaryError

from .context import RunContext
from .outcome import Outcome
from .unexpected import of_one_order

Entry = MarketplaceOrder | UnreadableOrder
Also = Callable[[Session, orders.Stored], None]


@dataclass(frozen=True)
class Kept:
    """What became of a reading. bug: storing it failed, and it was kept as one that could not be read."""

    stored: orders.Stored
    bug: CdsyncError | None = None

    @property
    def outcome(self) -> Outcome:
        """For the run: a bug fails it at its end."""
        return Outcome(bug=self.bug)


def _nothing(_session: Session, _stored: orders.Stored) -> None:
    return None


def read_again(context: RunContext, ref: str, also: Also = _nothing) -> Kept:
    """Asks the marketplace for one order and keeps what it says. Raises what `Marketplace.order` raises."""
    return keep(context, context.marketplace.order(ref), also)


def keep(context: RunContext, entry: Entry, also: Also = _nothing) -> Kept:
    """Keeps a reading, whatever is wrong with it: one bad order never stops the others.

    also: called in the same commit with what became of it, to count it. What nobody foresaw becomes a problem of that
    order. Raises TemporaryError("database.locked"): then nothing more can be kept.
    """
    try:
        return Kept(_stored(context, entry, also))
    except TemporaryError:
        raise
    except Exception as exc:
        bug = of_one_order(exc, context.run_id, "reading an order")
        unread = RejectedError("order.unreadable", reason=f"internal: {bug.data.get('kind', bug.code)}")
        unreadable = UnreadableOrder(entry.ref, entry.reference, entry.status, entry.raw, unread)
        return Kept(_stored(context, unreadable, also), bug)


def _stored(context: RunContext, entry: Entry, also: Also) -> orders.Stored:
    try:
        return _commit(context, entry, also)
    except IntegrityError:  # another run stored the same new order a moment ago
        return _commit(context, entry, also)


def _commit(context: RunContext, entry: Entry, also: Also) -> orders.Stored:
    with transaction() as session:
        stored = orders.store(session, context.account_id, entry, context.found_by, seller=context.seller_home.seller)
        also(session, stored)
    return stored

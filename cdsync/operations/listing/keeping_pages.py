"""What the marketplace lists, kept page by page: one commit for a page that tells anything new, none for any other.

One bad order never stops the others: what cannot be kept beside them is kept by itself, whatever is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdsync import orders
from cdsync.connectors.base import ListedOrder
from cdsync.database_errors import DatabaseLockedError
from cdsync.db import transaction
from cdsync.models import Order

from ..shared.context import RunContext
from ..shared.outcome import WELL, Outcome
from ..shared.reading_again import Entry, keep
from ..shared.unexpected import of_one_order

Also = Callable[[Session, Sequence[orders.Stored]], None]


@dataclass
class KeptPage:
    """What became of a page. unchanged: ids of orders known word for word; stored: the others, with what was read."""

    unchanged: list[int] = field(default_factory=list)
    stored: list[tuple[Entry, orders.Stored]] = field(default_factory=list)
    outcome: Outcome = WELL


def _nothing(_session: Session, _stored: Sequence[orders.Stored]) -> None:
    return None


def keep_page(context: RunContext, page: Sequence[ListedOrder], also: Also = _nothing) -> KeptPage:
    """Keeps a page of the list. also: called in the same commit with what became of its orders.

    Raises TemporaryError("database.locked"): then nothing more can be kept.
    """
    compared = orders.compare(context.account_id, page, context.seller_home.seller)
    kept = KeptPage(compared.unchanged)
    together = _kept_together(context, compared, also) if compared.told or compared.digests else []
    kept.stored = [(told.entry, each) for told, each in together]
    done = {id(told) for told, _ in together}
    for told in compared.told:
        if id(told) not in done:
            one = keep(context, told.entry, lambda session, stored: also(session, [stored]))
            kept.stored.append((told.entry, one.stored))
            kept.outcome += one.outcome
    return kept


def _kept_together(
    context: RunContext, compared: orders.Compared, also: Also
) -> list[tuple[orders.Told, orders.Stored]]:
    """What could be kept in one commit; where that failed, nothing: each of them by itself shows which it was."""
    try:
        with transaction() as session:
            stored = list(_stored(context, session, compared))
            also(session, [each for _, each in stored])
            return stored
    except (DatabaseLockedError, IntegrityError):
        return []  # perhaps it was too much at once, or another run stored one of them a moment ago
    except Exception as exc:
        of_one_order(exc, context.run_id, "keeping a page")
        return []


def _stored(
    context: RunContext, session: Session, compared: orders.Compared
) -> Iterator[tuple[orders.Told, orders.Stored]]:
    account, by, seller = context.account_id, context.found_by, context.seller_home.seller
    new = orders.plainly_new(session, account, compared.told)
    yield from zip(new, orders.store_new(session, account, new, by, seller=seller), strict=True)
    known = {each.order_id: each for each in compared.told if each.order_id is not None}
    free = _free(session, [*known, *compared.digests])
    for told in (known[order_id] for order_id in free if order_id in known):
        try:
            with session.begin_nested():
                one = orders.store(session, account, told.entry, by, seller=seller, digest=told.digest)
        except Exception as exc:
            of_one_order(exc, context.run_id, "keeping an order of a page")
        else:
            yield told, one
    orders.remember(session, {each: compared.digests[each] for each in free if each in compared.digests})


def _free(session: Session, order_ids: Sequence[int]) -> Sequence[int]:
    """Those that nobody holds in a transaction, locked now: who waits for nobody holds nobody up in a circle."""
    if not order_ids:
        return ()
    locked = select(Order.id).where(Order.id.in_(order_ids)).order_by(Order.id).with_for_update(skip_locked=True)
    return session.scalars(locked).all()

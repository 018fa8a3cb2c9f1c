"""Imported orders kept as they come through: those that came together in one commit, where nothing is odd about them.

One bad order never stops the others: what cannot be kept beside them is kept by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy.exc import IntegrityError

from cdsync import orders
from cdsync.connectors.base import Imported, NotImported
from cdsync.database_errors import DatabaseLockedError
from cdsync.db import transaction
from cdsync.errors import WrongStateError

from .shared.context import DONE, RunContext
from .shared.needed_later import warn_of, warn_of_all, warn_of_split
from .shared.unexpected import of_one_order

Result = Imported | NotImported


def in_bursts(results: Iterable[Result]) -> Iterator[Sequence[Result]]:
    """Results that are there at once, together; also those before an error."""
    burst: list[Result] = []
    try:
        for result in results:
            burst.append(result)
            if not result.more_follow:
                yield burst
                burst = []
    except Exception:
        if burst:
            yield burst
        raise
    if burst:
        yield burst


def keep_together(context: RunContext, made: Mapping[int, Imported]) -> Sequence[int]:
    """Those that could be kept in one commit; where that failed, none: each of them by itself shows which it was."""
    try:
        with transaction() as session:
            account, owner = context.account_id, context.owner
            plain = orders.plainly_imported(session, account, made, context.home, owner)
            kept = {order_id: made[order_id] for order_id in plain}
            orders.keep_imported_together(session, account, kept, context.by)
            warn_of_all(session, context, {order_id: result.order for order_id, result in kept.items()})
            orders.release_together(session, plain, owner)
            context.put_all(session, plain, DONE)
            return plain
    except (DatabaseLockedError, IntegrityError, WrongStateError):
        return ()  # perhaps somebody else wrote to one of them a moment ago
    except Exception as exc:
        of_one_order(exc, context.run_id, "keeping imported orders")
        return ()


def keep_one(context: RunContext, order_id: int, result: Imported) -> None:
    """One order in a commit of its own, whatever is odd about it. Raises RejectedError."""
    home = context.home
    with transaction() as session:
        orders.bind(session, [order_id], home)  # one that was adopted had no first write of ours
        orders.keep_imported(session, context.account_id, order_id, result, context.by)
        warn_of(session, context, order_id, result.order)
        warn_of_split(session, order_id, (result.order, *result.parts))
        orders.release(session, order_id, context.owner)
        context.put(session, order_id, DONE)

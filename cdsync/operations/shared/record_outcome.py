"""Records what a try of an order came to, in one commit: the problem or the skip, the claim given back, the count."""

from __future__ import annotations

from cdsync import orders
from cdsync.connectors.base import NotImported
from cdsync.db import transaction
from cdsync.error_catalogue import entry_of
from cdsync.errors import CdsyncError, ConfigError, WrongStateError

from .context import PROBLEM, SKIPPED, WAITING, RunContext
from .outcome import WELL, Outcome


def record_failure(context: RunContext, order_id: int, error: CdsyncError, found: NotImported | None = None) -> Outcome:
    """The error's class decides: wrong state is a skip, what is tried again by itself waits, the rest is a problem.

    A ConfigError is no order's fault: the order is given back untouched, and the error is raised again. An order
    that somebody else took over meanwhile (this process slept past its lease) is theirs: nothing is said of it.
    found: what the shop connector found out about it, kept as well. Answers whether a whole side is away.
    """
    context.wait_for_shop(error)
    with transaction() as session:
        if found is not None:
            orders.keep_not_imported(session, order_id, found)
        ours = orders.release(session, order_id, context.owner)
        if not ours:
            context.put(session, order_id, SKIPPED, "order.claimed")
        elif isinstance(error, WrongStateError | ConfigError):
            context.put(session, order_id, SKIPPED, error.code)
        else:
            kind = orders.raise_problem(session, order_id, error, context.operation, context.by)
            waits = kind in orders.RETRIED_KINDS and not orders.is_overdue(session, order_id, error.code)
            context.put(session, order_id, WAITING if waits else PROBLEM, error.code)
    if isinstance(error, ConfigError):
        raise error
    return Outcome(away=error) if entry_of(error.code).side_away else WELL


def give_back(context: RunContext, order_id: int, code: str | None = None) -> None:
    """Nothing was tried: the order is free again and counted as skipped."""
    with transaction() as session:
        orders.release(session, order_id, context.owner)
        context.put(session, order_id, SKIPPED, code)

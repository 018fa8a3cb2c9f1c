"""Orders that belong to another seller or another shop than the account is tied to now: said, counted, left alone."""

from __future__ import annotations

from collections.abc import Sequence

from cdsync import orders
from cdsync.db import transaction
from cdsync.errors import ConfigError, TemporaryError

from .context import PROBLEM, RunContext
from .outcome import WELL, Outcome


def sort_strangers(context: RunContext) -> Outcome:
    """At the start of every run: who belongs here again has its problem no longer, and is due like any other.

    The shop is asked for its name only when an order waits for that; one that cannot say it is a warning on the run.
    """
    home, outcome = context.seller_home, WELL
    if orders.waits_for_its_shop(context.account_id):
        try:
            home = context.home
        except (ConfigError, TemporaryError) as exc:
            outcome = context.warn(exc)
    with transaction() as session:
        orders.mark_strangers(session, context.account_id, home, context.found_by)
    return outcome


def leave_strangers(context: RunContext, due: Sequence[int], home: orders.Home) -> list[int]:
    """Those of the orders that belong here, in their order; the others have their problem and count as one.

    Brings the problems of all open orders of the account in step on the way: what belongs here again goes on.
    """
    with transaction() as session:
        orders.mark_strangers(session, context.account_id, home, context.found_by)
    apart = orders.strangers(due, home)
    for order_id, error in apart.items():
        context.skip(order_id, error.code, PROBLEM)
    return [order_id for order_id in due if order_id not in apart]

"""Takes orders for a run, or says of each why it cannot have it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from cdsync import orders, runs

from .context import SKIPPED, RunContext


def claim_or_say_why(
    session: Session, context: RunContext, order_ids: Sequence[int], state: str, home: orders.Home
) -> list[int]:
    """The orders that are the run's from now on, and shown as being worked on; the others are skipped, with the reason.

    An order has to be in `state` and to belong to `home` in the very moment it is claimed.
    """
    claimed = orders.claim(session, order_ids, context.owner, context.lease_seconds, state=state, home=home)
    refused = [order_id for order_id in order_ids if order_id not in claimed]
    held = orders.held_by_others(refused, context.owner) if refused else {}
    for order_id in refused:
        context.put(session, order_id, SKIPPED, "order.claimed" if order_id in held else "order.moved_meanwhile")
    runs.put_all(session, context.run_id, claimed, "working")
    return claimed


def skip_others(context: RunContext, due: Sequence[int], code: str = "order.moved_meanwhile") -> None:
    """Orders a person asked for that are not in the operation's state: counted, not failed."""
    for order_id in context.wanted or ():
        if order_id not in due:
            context.skip(order_id, code)

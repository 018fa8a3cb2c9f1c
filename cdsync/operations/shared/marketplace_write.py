"""One write to the marketplace about one order: claim, intent, call, move. The recipe of accept, refuse and ship.

The intent is committed before the request leaves; the marketplace connector looks before it repeats a write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cdsync import orders
from cdsync.db import transaction

from .claiming import claim_or_say_why
from .context import DONE, RunContext
from .outcome import WELL, Outcome
from .record_outcome import record_failure
from .unexpected import of_one_order


@dataclass(frozen=True)
class MarketplaceWrite:
    """What is told of an order, and where it goes then. `kind`: first word of the events, "accept" → accept.sending.

    home: where the order has to belong, in the very moment it is claimed.
    """

    order_id: int
    kind: str
    old: str
    new: str
    call: Callable[[], None]
    home: orders.Home
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """Whether the order moved; a side that is away is in the outcome."""

    moved: bool
    outcome: Outcome = WELL


def carry_out(context: RunContext, write: MarketplaceWrite) -> Written:
    """Tells the marketplace and moves the order. Raises ConfigError, which ends the run.

    Somebody else's claim, or a state that changed meanwhile, is a skip. Claim and intent are one commit.
    """
    order_id = write.order_id
    with transaction() as session:
        claimed = claim_or_say_why(session, context, [order_id], write.old, write.home)
        if claimed:
            orders.note(session, order_id, f"{write.kind}.sending", write.data, context.by)
    if not claimed:
        return Written(moved=False)
    try:
        write.call()
        _moved(context, write)
    except Exception as exc:
        error = of_one_order(exc, context.run_id, f"order {order_id}")
        return Written(moved=False, outcome=record_failure(context, order_id, error))
    return Written(moved=True)


def _moved(context: RunContext, write: MarketplaceWrite) -> None:
    with transaction() as session:
        orders.move(session, write.order_id, write.old, write.new, context.by, data=write.data)
        orders.release(session, write.order_id, context.owner)
        context.put(session, write.order_id, DONE)

"""One write to the marketplace about one order: claim, intent, call, move. The recipe of accept, refuse and ship.

The intent is committed before the request leaves; the marketplace connector looks before it repeats a write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cdsync import orders
from cdsync.db import transaction

from .claiming import claim_or_say_why
from .context import DONE, RunContext
from .outcome import WELL, Outcome
from .recording import record_failure
from .unexpected import of_one_order


@dataclass(frozen=True)
class Telling:
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
class Told:
    """Whether the order moved; a side that is away is in the outcome."""

    moved: bool
    outcome: Outcome = WELL


def tell(context: RunContext, telling: Telling) -> Told:
    """Tells the marketplace and moves the order. Raises ConfigError, which ends the run.

    Somebody else's claim, or a state that changed meanwhile, is a skip. Claim and intent are one commit.
    """
    order_id = telling.order_id
    with transaction() as session:
        claimed = claim_or_say_why(session, context, [order_id], telling.old, telling.home)
        if claimed:
            orders.note(session, order_id, f"{telling.kind}.sending", telling.data, context.by)
    if not claimed:
        return Told(moved=False)
    try:
        telling.call()
        _moved(context, telling)
    except Exception as exc:
        error = of_one_order(exc, context.run_id, f"order {order_id}")
        return Told(moved=False, outcome=record_failure(context, order_id, error))
    return Told(moved=True)


def _moved(context: RunContext, telling: Telling) -> None:
    with transaction() as session:
        orders.move(session, telling.order_id, telling.old, telling.new, context.by, data=telling.data)
        orders.release(session, telling.order_id, context.owner)
        context.put(session, telling.order_id, DONE)


def skip_others(context: RunContext, due: Sequence[int], code: str = "order.moved_meanwhile") -> None:
    """Orders a person asked for that are not in the operation's state: counted, not failed."""
    for order_id in context.wanted or ():
        if order_id not in due:
            context.skip(order_id, code)

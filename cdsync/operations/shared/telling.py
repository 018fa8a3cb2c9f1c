"""One write to the marketplace about one order: claim, intent, call, move. The recipe of accept, refuse and ship.

The intent is committed before the request leaves; the marketplace connector looks before it repeats a write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cdsync import orders
from cdsync.db import transaction

from .bugs import of_one_order
from .context import DONE, RunContext
from .recording import record_failure


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


def tell(context: RunContext, telling: Telling) -> bool:
    """Tells the marketplace and moves the order; whether it moved. Raises ConfigError, which ends the run.

    Somebody else's claim, or a state that changed meanwhile, is a skip.
    """
    order_id = telling.order_id
    lease = (context.owner, context.lease_seconds)
    with transaction() as session:
        taken = orders.claim(session, [order_id], *lease, state=telling.old, home=telling.home)
    if not taken:
        held = orders.held_by_others([order_id], context.owner)
        context.skip(order_id, "order.claimed" if held else "order.moved_meanwhile")
        return False
    context.working([order_id])
    with transaction() as session:
        orders.note(session, order_id, f"{telling.kind}.sending", telling.data, context.by)
    try:
        telling.call()
        _moved(context, telling)
    except Exception as exc:
        record_failure(context, order_id, of_one_order(exc, context.run_id, f"order {order_id}"))
        return False
    return True


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

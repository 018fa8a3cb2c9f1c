"""Settles an order that the marketplace ended while its import was under way: is there a shop order or not?

Looks into the shop before anything else; writes nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cdsync import orders, states
from cdsync.connectors.base import ANSWERED, Imported, apart, live
from cdsync.db import now, reading, transaction
from cdsync.errors import RejectedError, UnknownOutcomeError
from cdsync.models import ImportStep, Order

from .shared.context import DONE, RunContext
from .shared.outcome import WELL, Outcome
from .shared.record_outcome import record_failure
from .shared.unexpected import of_one_order


@dataclass(frozen=True)
class _Begun:
    ref: str
    payment_text: str
    wanted: str
    last_step: datetime | None
    last_open: datetime | None  # begun, and its answer not seen


def settle_ended(context: RunContext, order_id: int) -> Outcome:
    """A live shop order: kept, and the cancellation becomes a problem on it. None, and the shop's time limit has
    passed: the order goes where the marketplace has put it. Else it waits. Raises ConfigError.
    """
    begun = _begun(context, order_id)
    try:
        found = live(context.shop.find_orders(payment_texts=[begun.payment_text]))
        if len(apart(found)) > 1:
            raise RejectedError("import.several_orders", shop_orders=[each.shop_ref for each in found])
        left = _seconds_left(context, begun.last_open if found else begun.last_step)
        if left > 0:
            raise UnknownOutcomeError("shop.order_unknown", cart="", retry_after=left)
        with transaction() as session:
            if found:
                result = Imported(begun.ref, found[0], adopted=True, parts=tuple(found[1:]))
                orders.bind(session, [order_id], context.home)
                orders.keep_imported(session, context.account_id, order_id, result, context.found_by)
            else:
                orders.move(session, order_id, states.TO_IMPORT, begun.wanted, context.found_by)
            orders.release(session, order_id, context.owner)
            context.put(session, order_id, DONE)
    except Exception as exc:
        return record_failure(context, order_id, of_one_order(exc, context.run_id, f"settling order {order_id}"))
    return WELL


def _begun(context: RunContext, order_id: int) -> _Begun:
    with reading() as session:
        order = session.get_one(Order, order_id)
        text = orders.payment_text(context.account_settings, order.reference, order.marketplace_ref)
        steps = session.scalars(select(ImportStep).where(ImportStep.order_id == order_id)).all()
        unseen = [s.begun_at for s in steps if s.done_at is None and not (s.data or {}).get(ANSWERED)]
        wanted = states.ELSEWHERE if order.marketplace_state == states.SHIPPED else order.marketplace_state
        last = max((step.begun_at for step in steps), default=None)
        return _Begun(order.marketplace_ref, text, wanted, last, max(unseen, default=None))


def _seconds_left(context: RunContext, last_step: datetime | None) -> float:
    if last_step is None:
        return 0.0
    return context.shop_timeout - (now() - last_step).total_seconds()

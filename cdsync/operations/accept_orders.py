"""Accept: tells the marketplace which waiting orders the seller takes (or, when a person says so, refuses).

1. Chosen by a person: exactly those. Otherwise by policy: `importable` checks each in the shop first and leaves those
   with a problem; `all` takes all; `manual` takes none.
2. Each: claim, intent, approval, move to `accepted`. Nothing is written to the shop; the lookup brings the paid,
   addressed order later.
Refusing needs chosen orders and {"refuse": true}; nothing is ever refused by schedule.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cdsync import orders, states
from cdsync.connectors.base import UnreadableOrder
from cdsync.db import now, reading
from cdsync.errors import CdsyncError
from cdsync.models import Order

from .shared.claiming import skip_others
from .shared.context import DONE, PROBLEM, RunContext
from .shared.examination import examine
from .shared.marketplace_write import MarketplaceWrite, carry_out
from .shared.outcome import STOPPED, WELL, Outcome
from .shared.reading_again import Kept, keep
from .shared.strangers import leave_strangers


def run(context: RunContext) -> Outcome:
    """Raises ConfigError, and TemporaryError when the shop cannot be asked under the policy `importable`."""
    refuse = bool(context.options.get("refuse"))
    due, outcome = _due(context, refuse)
    context.expect(due)
    skip_others(context, due)
    for order_id in leave_strangers(context, due, context.seller_home):
        if context.stopping():
            return outcome + STOPPED
        outcome += _decide(context, order_id, refuse)
        if outcome.away:
            return outcome
    return outcome


def _decide(context: RunContext, order_id: int, refuse: bool) -> Outcome:
    ref, uncertain = _facts(order_id)
    if uncertain and (kept := _settled_meanwhile(context, order_id, ref)) is not None:
        return kept.outcome
    call = context.marketplace.refuse if refuse else context.marketplace.accept
    kind, new = ("refuse", states.REFUSED) if refuse else ("accept", states.ACCEPTED)
    write = MarketplaceWrite(order_id, kind, states.TO_ACCEPT, new, partial(call, ref), context.seller_home)
    written = carry_out(context, write)
    return written.outcome if written.moved else written.outcome + _read_again_if_moved(context, order_id, ref)


def _settled_meanwhile(context: RunContext, order_id: int, ref: str) -> Kept | None:
    """An earlier try got no answer: looks at the marketplace before it is told again. None: it is to be told."""
    try:
        entry = context.marketplace.order(ref)
    except CdsyncError:
        return None  # the approval itself will say what is wrong
    if isinstance(entry, UnreadableOrder) or entry.state == states.TO_ACCEPT:
        return None

    def count(session: Session, stored: orders.Stored) -> None:
        if stored.moved:
            context.put(session, order_id, DONE)

    kept = keep(context, entry, count)
    if kept.bug:
        context.skip(order_id, kept.stored.problem, PROBLEM)
    return kept if kept.stored.moved or kept.bug else None


def _read_again_if_moved(context: RunContext, order_id: int, ref: str) -> Outcome:
    """The marketplace said it no longer waits: takes over what it says now, so that the page does not lag behind."""
    with reading() as session:
        code = session.scalar(select(Order.problem_code).where(Order.id == order_id))
        state = session.scalar(select(Order.state).where(Order.id == order_id))
    if state != states.TO_ACCEPT or code is not None:
        return WELL
    try:
        entry = context.marketplace.order(ref)
    except CdsyncError:
        return WELL  # the next lookup reads it
    return keep(context, entry).outcome


def _facts(order_id: int) -> tuple[str, bool]:
    with reading() as session:
        order = session.get_one(Order, order_id)
        return order.marketplace_ref, order.problem_kind == "unknown"


def _due(context: RunContext, refuse: bool) -> tuple[list[int], Outcome]:
    """The orders to decide on now, and what came of checking them."""
    if context.wanted is not None:
        return _wanted(context), WELL
    policy = context.orders_settings.acceptance
    if refuse or policy == "manual":
        return [], WELL
    waiting = _waiting(context)
    if policy == "all" or not waiting:
        return waiting, WELL
    found = examine(context, waiting)
    due = [each for each in waiting if each in found.codes and not _stopped_by_checks(found.codes[each])]
    return due, found.outcome


def _wanted(context: RunContext) -> list[int]:
    with reading() as session:
        chosen = (Order.account_id == context.account_id, Order.id.in_(context.wanted or ()))
        return list(session.scalars(select(Order.id).where(*chosen, Order.state == states.TO_ACCEPT)))


def _stopped_by_checks(code: str | None) -> bool:
    return code is not None and orders.found_by_checks(code)


def _waiting(context: RunContext) -> list[int]:
    """Waiting orders, nearest deadline first, without those whose next try is not due or that need a person."""
    with reading() as session:
        query = select(Order).where(
            Order.account_id == context.account_id,
            Order.state == states.TO_ACCEPT,
            Order.status_known.is_(True),
            context.seller_home.is_here,
            or_(Order.next_try_at.is_(None), Order.next_try_at <= now()),
        )
        waiting = session.scalars(query.order_by(Order.accept_by.is_(None), Order.accept_by, Order.id))
        return [order.id for order in waiting if order.problem_code is None or _is_no_persons_matter(order)]


def _is_no_persons_matter(order: Order) -> bool:
    return order.problem_kind in orders.RETRIED_KINDS or orders.found_by_checks(order.problem_code or "")

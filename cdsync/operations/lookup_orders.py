"""Lookup: reads the marketplace's orders of the last days, stores them, and finds out what would stop their import.

1. All pages of the window (the chosen days; more after a pause): one commit per page that tells anything new; a bad
   order is a problem, not a failure. Where the last lookup did not come to the end of them, this one goes on there.
2. Open orders that the window no longer shows are read one by one, longest unread first, so that none is lost.
3. Orders accepted long ago and still waiting raise an alarm; shop orders of cancelled ones get the chosen status.
4. The shop's checks run over what could be imported or accepted. A shop that is away costs only these checks.
One that began because the marketplace said that orders came reads and checks only what changed since the last lookup.
Writes nothing to the marketplace; to the shop only the status of step 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdsync import orders, runs, states
from cdsync.connectors.powers import pages_of
from cdsync.db import reading, transaction
from cdsync.errors import RejectedError, TemporaryError
from cdsync.models import Order

from .listing.keeping_pages import KeptPage, keep_page
from .listing.one_reading import OneReading
from .shared.cancelling import cancel_in_shop
from .shared.context import DONE, PROBLEM, RunContext
from .shared.examination import examine_open_orders
from .shared.outcome import STOPPED, WELL, Outcome
from .shared.reading_again import Also, read_again
from .shared.strangers import leave_strangers

REREAD_AT_MOST = 100
STILL_OPEN = (states.ANNOUNCED, states.TO_ACCEPT, states.ACCEPTED, states.TO_IMPORT, states.IMPORTED)


@dataclass(frozen=True)
class Window:
    """The orders that the marketplace's list named, by their id."""

    seen: frozenset[int]
    outcome: Outcome
    only: frozenset[int] | None = None  # the orders to check; None: all open ones


def run(context: RunContext) -> Outcome:
    """Raises what the marketplace raises; what was read until then is kept. Chosen orders: only these, one by one."""
    if context.wanted is not None:
        return read_chosen(context)
    window = read_window(context)
    outcome = window.outcome
    if window.only is None and not context.stopping():
        outcome += read_unseen(context, window.seen)
    leave_strangers(context, (), context.seller_home)
    raise_alarms(context)
    if context.stopping():
        return outcome + STOPPED
    outcome += cancel_in_shop(context)
    return outcome + examine_open_orders(context, window.only)


def read_chosen(context: RunContext) -> Outcome:
    """Reads and checks the orders a person asked for, and no others."""
    chosen = _chosen(context)
    context.expect([order_id for order_id, _ in chosen])
    here = leave_strangers(context, [order_id for order_id, _ in chosen], context.seller_home)
    outcome = WELL
    for order_id, ref in chosen:
        if order_id not in here:
            continue
        outcome += _read_one(context, order_id, ref, partial(_count_chosen, context, order_id))
        if context.stopping():
            return outcome + STOPPED
    return outcome + examine_open_orders(context)


def _count_chosen(context: RunContext, order_id: int, session: Session, stored: orders.Stored) -> None:
    context.put(session, order_id, PROBLEM if stored.problem and stored.changed else DONE, stored.problem)


def read_window(context: RunContext) -> Window:
    """Stores every order changed since, page by page. What is known word for word is only counted."""
    seen: set[int] = set()
    outcome = WELL
    one = OneReading(context)
    with context.recorder.page_by_page() as told:
        for page in pages_of(context.marketplace, one.begun.since, one.begun.place):
            kept = keep_page(context, page.entries, partial(_put, context))
            told(bool(kept.stored))
            _count_page(context, kept, seen)
            outcome += kept.outcome
            one.kept(page, kept)
            if context.stopping():
                return Window(frozenset(seen), outcome + STOPPED)
    one.end()
    return Window(frozenset(seen), outcome, frozenset(one.told) if one.is_short else None)


def _put(context: RunContext, session: Session, stored: Sequence[orders.Stored]) -> None:
    """Only those that changed get a row of their own."""
    named = {each.order_id: (_outcome(each), each.problem) for each in stored if _outcome(each)}
    runs.put_outcomes(session, context.run_id, named)


def _outcome(stored: orders.Stored) -> str:
    """What a run tells of an order, "" where it tells nothing."""
    return PROBLEM if stored.problem and stored.changed else DONE if stored.moved else ""


def _count_page(context: RunContext, kept: KeptPage, seen: set[int]) -> None:
    """Every order read counts, once, however often the list named it."""
    outcomes: Counter[str] = Counter()
    for order_id in kept.unchanged:
        outcomes[DONE] += order_id not in seen
        seen.add(order_id)
    for _, stored in kept.stored:
        if stored.is_new:
            context.counts["new"] += 1
        outcomes[_outcome(stored) or DONE] += stored.order_id not in seen
        seen.add(stored.order_id)
    context.count_all(outcomes)


def _count(context: RunContext, session: Session, stored: orders.Stored) -> None:
    """The same of an order that was read by itself."""
    if stored.is_new:
        context.count(session, "new", processed=False)
    _put(context, session, [stored])
    context.count(session, _outcome(stored) or DONE)


def read_unseen(context: RunContext, seen: Set[int]) -> Outcome:
    """Reads open orders that are outside the window, longest unread first, a bounded number each run."""
    outcome = WELL
    for order_id, ref in _unseen(context, seen):
        try:
            outcome += _read_one(context, order_id, ref, partial(_count, context))
        except TemporaryError as exc:
            return outcome + context.warn(exc)
        finally:
            with transaction() as session:
                orders.mark_read(session, order_id)
        if context.stopping():
            return outcome + STOPPED
    return outcome


def _read_one(context: RunContext, order_id: int, ref: str, also: Also) -> Outcome:
    """An order that the marketplace does not tell of any more has that as its problem."""
    try:
        return read_again(context, ref, also).outcome
    except RejectedError as exc:
        with transaction() as session:
            orders.raise_problem(session, order_id, exc, "lookup", context.found_by, attempt=False)
            context.put(session, order_id, PROBLEM, exc.code)
    return WELL


def raise_alarms(context: RunContext) -> None:
    """Accepted, and the marketplace does not bring it: an alarm on the order."""
    with transaction() as session:
        mine = (Order.account_id == context.account_id, context.seller_home.is_here, orders.may_wait_too_long())
        for order in session.scalars(select(Order).where(*mine)):
            if orders.raise_if_waiting_too_long(session, order, context.found_by):
                context.put(session, order.id, PROBLEM, "order.waiting_too_long")


def _unseen(context: RunContext, seen: Set[int]) -> list[tuple[int, str]]:
    with reading() as session:
        query = select(Order.id, Order.marketplace_ref).where(
            Order.account_id == context.account_id,
            Order.state.in_(STILL_OPEN),
            context.seller_home.is_here,
            ~Order.marketplace_ref.startswith(orders.UNREADABLE),
        )
        rows = session.execute(query.order_by(Order.read_at), execution_options={"yield_per": 500})
        unseen = ((row.id, row.marketplace_ref) for row in rows if row.id not in seen)
        return list(islice(unseen, REREAD_AT_MOST))


def _chosen(context: RunContext) -> list[tuple[int, str]]:
    with reading() as session:
        chosen = (Order.account_id == context.account_id, Order.id.in_(context.wanted or ()))
        readable = ~Order.marketplace_ref.startswith(orders.UNREADABLE)
        rows = session.execute(select(Order.id, Order.marketplace_ref).where(*chosen, readable).order_by(Order.id))
        return [(row.id, row.marketplace_ref) for row in rows]

"""Ship: tells the marketplace what the shop has shipped.

1. The shop orders of all imported orders are read again: status, tracking number, carrier. One that was cancelled in
   the shop, or is gone from it, is a problem, unless another of the same payment text took its place.
2. Not at the shipped status yet: nothing. There, without a number: it waits visibly, then it is a problem; nothing is
   sent, since the marketplace asks for a parcel number. There, with a number: the carrier's name there is looked up.
3. Claim, intent, shipment (the connector looks first and reads back), move to `shipped`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdsync import orders, states
from cdsync.connectors.base import Parcel, apart, live
from cdsync.db import now, reading, transaction
from cdsync.error_catalogue import entry_of
from cdsync.errors import CdsyncError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError
from cdsync.models import Order, OrderEvent

from .shared.claiming import claim_or_say_why, skip_others
from .shared.context import DONE, PROBLEM, WAITING, RunContext
from .shared.marketplace_write import MarketplaceWrite, carry_out
from .shared.needed_later import carrier_trouble
from .shared.outcome import STOPPED, WELL, Outcome
from .shared.reading_again import keep
from .shared.strangers import leave_strangers
from .ship_due import Shippable, shippable_orders, watch_shop
from .shipped_statuses import reached

SHOWS_WITHIN = timedelta(minutes=2)  # a parcel that was taken may take so long to show at the marketplace


def run(context: RunContext) -> Outcome:
    """Raises ConfigError, and TemporaryError when the shop does not answer."""
    if not context.orders_settings.shipped_status:
        raise ConfigError("settings.incomplete", fields=["orders.shipped_status"])
    strangers = _leave_strangers(context)
    imported = shippable_orders(context)
    fallen = watch_shop(context, imported)
    for each in imported:
        if each.order_id in fallen:
            _does_not_stand(context, each, fallen[each.order_id])
    dead = {each.shop_refs for each in imported if each.order_id in fallen}
    left = [each for each in shippable_orders(context) if each.shop_refs not in dead]
    shipped = reached(context, {status for each in left for status in each.statuses})
    ready = [each for each in left if each.statuses <= shipped.statuses]  # of one that the shop split: all of its parts
    context.expect([each.order_id for each in ready])
    skip_others(context, [*strangers, *(each.order_id for each in ready)], "ship.wrong_state")
    outcome = shipped.outcome
    for each in ready:
        if context.stopping():
            return outcome + STOPPED
        outcome += _one(context, each)
        if outcome.away:
            return outcome
    return outcome


def _leave_strangers(context: RunContext) -> list[int]:
    """Imported orders of another seller or shop: their numbers mean other orders in this one. Asks nobody if there are
    no imported orders."""
    due = [each.order_id for each in shippable_orders(context, strangers=True)]
    here = leave_strangers(context, due, context.home) if due else []
    return [order_id for order_id in due if order_id not in here]


def _does_not_stand(context: RunContext, each: Shippable, code: str) -> None:
    """Watches the one live shop order of the same payment text from now on; without one a person has to decide."""
    found = live(context.shop.find_orders(payment_texts=[each.payment_text]))
    others = [other for other in found if other.shop_ref not in each.shop_refs]  # the rest of a split is no other
    if len(found) == len(others) and len(apart(others)) == 1:
        with transaction() as session:
            for other in others:
                orders.keep_shop_order(session, context.account_id, each.order_id, other, adopted=True)
            if entry_of(each.problem_code).shop_order_is:
                orders.clear_problem(session, each.order_id, context.found_by)
        return
    _stop(context, each, RejectedError(code, shop_order=each.number))


def _one(context: RunContext, each: Shippable) -> Outcome:
    if not each.tracking_number:
        _wait_for_number(context, each)
        return WELL
    if trouble := carrier_trouble(context, each.carrier_ref, each.number):
        _stop(context, each, trouble)
        return WELL
    carrier = context.orders_settings.marketplace_carriers[each.carrier_ref]
    on_its_way_until = _may_be_on_its_way(each.order_id)
    if on_its_way_until is not None:
        return _look_only(context, each, on_its_way_until)
    parcel = Parcel(number=each.tracking_number, carrier_name=carrier, line_refs=each.line_refs)
    write = MarketplaceWrite(
        each.order_id,
        "ship",
        states.IMPORTED,
        states.SHIPPED,
        partial(context.marketplace.ship, each.ref, parcel),
        context.home,
        {"number": parcel.number, "carrier": parcel.carrier_name},
    )
    return carry_out(context, write).outcome


def _may_be_on_its_way(order_id: int) -> datetime | None:
    """Until when a parcel told without a known outcome may still show up: told again it could be shipped twice.

    That is until the next try of an unknown outcome is due, whoever asks, and for a while after a try that left no
    outcome at all (its process died). None: nothing is on its way.
    """
    with reading() as session:
        order = session.get_one(Order, order_id)
        until = None
        if order.problem_code is None:
            sent = (OrderEvent.order_id == order_id, OrderEvent.kind == "ship.sending")
            told = session.scalar(select(func.max(OrderEvent.at)).where(*sent))
            until = told + SHOWS_WITHIN if told is not None else None
        elif order.problem_kind == "unknown":
            until = order.next_try_at
        return until if until is not None and until > now() else None


def _look_only(context: RunContext, each: Shippable, until: datetime) -> Outcome:
    """Takes over what the marketplace says now; an order that does not count as shipped there waits, visibly.

    Claimed meanwhile: the parcel may be on its way because another run tells of it this very moment.
    """
    home = context.home
    with transaction() as session:
        claimed = claim_or_say_why(session, context, [each.order_id], states.IMPORTED, home)
    if not claimed:
        return WELL
    try:
        return _take_over(context, each, until)
    finally:
        with transaction() as session:
            orders.release(session, each.order_id, context.owner)


def _take_over(context: RunContext, each: Shippable, until: datetime) -> Outcome:
    def count(session: Session, stored: orders.Stored) -> None:
        if stored.moved:
            context.put(session, each.order_id, DONE)
        elif stored.problem:
            context.put(session, each.order_id, WAITING, stored.problem)
        else:
            _wait_for_outcome(session, context, each, until)

    try:
        entry = context.marketplace.order(each.ref)
    except (RejectedError, TemporaryError) as exc:
        context.skip(each.order_id, exc.code, WAITING)
        return WELL
    return keep(context, entry, count).outcome


def _wait_for_outcome(session: Session, context: RunContext, each: Shippable, until: datetime) -> None:
    left = max((until - now()).total_seconds(), 0.0)
    error = UnknownOutcomeError("marketplace.outcome_unknown", retry_after=left)
    orders.raise_problem(session, each.order_id, error, "ship", context.found_by)
    context.put(session, each.order_id, WAITING, error.code)


def _wait_for_number(context: RunContext, each: Shippable) -> None:
    since = each.waiting_since or now()
    hours = context.orders_settings.wait_for_tracking_hours
    if now() - since >= timedelta(hours=hours):
        _stop(context, each, RejectedError("ship.no_tracking", since=since.isoformat(), hours=hours))
        return
    with transaction() as session:
        if each.waiting_since is None:
            orders.wait_for_tracking(session, each.order_id, since, context.by)
        context.put(session, each.order_id, WAITING, "ship.no_tracking")


def _stop(context: RunContext, each: Shippable, error: CdsyncError) -> None:
    """Found by looking, nothing was sent: the order goes on by itself once the reason is gone."""
    with transaction() as session:
        orders.raise_problem(session, each.order_id, error, "ship", context.found_by, attempt=False)
        context.put(session, each.order_id, PROBLEM, error.code)

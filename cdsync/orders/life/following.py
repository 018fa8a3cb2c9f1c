"""How an order follows the marketplace: which move a reading asks for, and which problem it raises or ends.

Works inside the caller's transaction. The table of moves is `cdsync.states`; nothing here goes past it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.connectors.base import MarketplaceOrder
from cdsync.db import now
from cdsync.error_catalogue import entry_of
from cdsync.errors import CdsyncError, RejectedError
from cdsync.models import ImportStep, Order, ShopOrder

from .moves import By, move, note
from .problems import clear_problem, raise_problem

ACCEPT_GRACE = timedelta(minutes=30)  # the marketplace may still say "waiting" for a while after an acceptance
WAITS_TOO_LONG = timedelta(hours=24)
AFTER_IMPORT = frozenset({states.IMPORTED, states.SHIPPED})


def follow(session: Session, order: Order, reading: MarketplaceOrder, changed: list[str], by: By) -> bool:
    """Moves the order where the reading says and keeps its problems in step; whether it moved."""
    if reading.state is None:
        if order.state not in states.ENDED:
            _raise(session, order, _why_unknown(reading), by)
        return False
    still_there = order.problem_code in {fault.code for fault in reading.faults}
    if entry_of(order.problem_code).ended_by_reading and not still_there:
        clear_problem(session, order.id, by)
    if order.state in AFTER_IMPORT:
        return _follow_imported(session, order, reading, changed, by)
    wanted = states.ELSEWHERE if reading.state == states.SHIPPED else reading.state
    if wanted == order.state or not states.may_move(order.state, wanted):
        return False
    if order.state == states.ACCEPTED and wanted == states.TO_ACCEPT:
        if _still_in_grace(order.accepted_sent_at or order.state_since):
            return False
        note(session, order.id, "accept.not_taken", by=by)
    if order.state == states.TO_IMPORT and import_under_way(session, order):
        return False
    move(session, order.id, order.state, wanted, by, data={"status": reading.status})
    return True


def import_under_way(session: Session, order: Order) -> bool:
    """Whether a shop order may be about to exist: somebody holds the order, or steps of an import were begun.

    Such an order leaves `to_import` by the import operation only, which looks into the shop first.
    """
    held = order.claim_owner is not None and order.claim_until is not None and order.claim_until > now()
    return held or session.scalar(select(ImportStep.id).where(ImportStep.order_id == order.id).limit(1)) is not None


def may_wait_too_long() -> ColumnElement[bool]:
    """The condition for orders that `raise_if_waiting_too_long` may have an alarm for."""
    since = Order.state_since <= now() - WAITS_TOO_LONG
    return and_(Order.state == states.ACCEPTED, since, Order.problem_code.is_(None))


def raise_if_waiting_too_long(session: Session, order: Order, by: By) -> bool:
    """An accepted order that the marketplace does not bring: an alarm, not a failure; whether it was raised now."""
    if order.state != states.ACCEPTED or now() - order.state_since < WAITS_TOO_LONG or order.problem_code:
        return False
    error = RejectedError("order.waiting_too_long", since=order.state_since.isoformat())
    raise_problem(session, order.id, error, "lookup", by, attempt=False, kind="temporary")
    session.refresh(order)
    return order.problem_code is not None


def _follow_imported(session: Session, order: Order, reading: MarketplaceOrder, changed: list[str], by: By) -> bool:
    if reading.state in (states.CANCELLED, states.REFUSED):
        numbers = session.scalars(select(ShopOrder.reference).where(ShopOrder.order_id == order.id)).all()
        shop_order = ", ".join(number for number in numbers if number)
        _raise(session, order, RejectedError("order.cancelled_after_import", shop_order=shop_order), by)
        return False
    if reading.state in entry_of(order.problem_code).ends_with:
        clear_problem(session, order.id, by)
    if order.state == states.SHIPPED:
        _watch_shipment(session, order, reading, by)
        return False
    if changed:
        _raise(session, order, RejectedError("order.changed_after_import", what=changed), by)
    if reading.state == states.SHIPPED:
        data = {"status": reading.status, "by": "marketplace"}
        move(session, order.id, states.IMPORTED, states.SHIPPED, by, data=data)
        return True
    if reading.state == states.ELSEWHERE:
        _raise(session, order, RejectedError("order.shipped_elsewhere"), by)
    return False


def _watch_shipment(session: Session, order: Order, reading: MarketplaceOrder, by: By) -> None:
    """We told of a shipment; a marketplace that still waits for it a day later has not taken it."""
    not_taken = RejectedError("ship.not_taken", since=(order.shipped_at or order.state_since).isoformat())
    if reading.state == states.TO_IMPORT and now() - (order.shipped_at or order.state_since) > WAITS_TOO_LONG:
        _raise(session, order, not_taken, by)


def _why_unknown(reading: MarketplaceOrder) -> CdsyncError:
    for fault in reading.faults:
        if entry_of(fault.code).ended_by_reading:
            return fault
    return RejectedError("order.status_unknown", status=reading.status)


def _still_in_grace(since: datetime) -> bool:
    return now() - since < ACCEPT_GRACE


def _raise(session: Session, order: Order, error: CdsyncError, by: By) -> None:
    session.flush()
    raise_problem(session, order.id, error, "lookup", by, attempt=False)

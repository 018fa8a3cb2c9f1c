"""What a person decides about an order: left out of the import, taken back, imported all the same, imported again.

Writes nothing outside.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.models import ImportStep, Order, ShopOrder

from .following import import_under_way
from .moves import By, move, note

PERSON = "person"  # `by` in the event's data


def leave_out(session: Session, order_ids: Sequence[int], by: By) -> list[int]:
    """Moves orders that are ready to import to `elsewhere`, since somebody entered them by hand; returns which.

    An order whose import was begun stays: its shop order may exist already.
    """
    chosen = [
        order
        for order in _locked(session, order_ids)
        if order.state == states.TO_IMPORT and not import_under_way(session, order)
    ]
    for order in chosen:
        move(session, order.id, states.TO_IMPORT, states.ELSEWHERE, by, data={"by": PERSON})
    return [order.id for order in chosen]


def take_back(session: Session, order_ids: Sequence[int], by: By) -> list[int]:
    """Makes orders that are `elsewhere` ready to import again, while the marketplace still waits; returns which."""
    chosen = [order for order in _locked(session, order_ids) if may_take_back(order)]
    for order in chosen:
        move(session, order.id, states.ELSEWHERE, states.TO_IMPORT, by, data={"by": PERSON}, by_person=True)
    return [order.id for order in chosen]


def import_anyway(session: Session, order_id: int, by: By) -> None:
    """Past the buyer's wish to cancel: a person decided so, and it is kept on the order."""
    session.execute(update(Order).where(Order.id == order_id).values(import_anyway=True))
    note(session, order_id, "import.anyway", by=by)


def import_again(session: Session, order_id: int, gone: Sequence[str], by: By) -> None:
    """Makes an imported order ready to import again whose shop orders (`gone`: their numbers) are gone from the shop.

    A cart whose order is gone makes no other: the whole import begins anew.
    """
    session.execute(delete(ShopOrder).where(ShopOrder.order_id == order_id))
    session.execute(delete(ImportStep).where(ImportStep.order_id == order_id))
    data = {"by": PERSON, "anew": list(gone)}
    move(session, order_id, states.IMPORTED, states.TO_IMPORT, by, data=data, by_person=True)
    nothing_yet = {"imported_at": None, "waiting_for_tracking_since": None}
    session.execute(update(Order).where(Order.id == order_id).values(nothing_yet))


def may_take_back(order: Order) -> bool:
    """Whether the marketplace waits for an order that is dealt with elsewhere."""
    return order.state == states.ELSEWHERE and order.marketplace_state == states.TO_IMPORT


def _locked(session: Session, order_ids: Sequence[int]) -> Sequence[Order]:
    """The orders, so that no import claims one between the look and the move."""
    query = select(Order).where(Order.id.in_(order_ids)).order_by(Order.id)
    return session.scalars(query.with_for_update(of=Order)).all()

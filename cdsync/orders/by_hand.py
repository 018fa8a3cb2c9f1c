"""Orders a person deals with outside cdsync: left out of the import, and taken back. Writes nothing outside."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.db import transaction
from cdsync.models import Order

from .following import import_under_way
from .moves import apply_move

PERSON = "person"  # `by` in the event's data


def leave_out(order_ids: Sequence[int], actor: str) -> list[int]:
    """Moves orders that are ready to import to `elsewhere`, since somebody entered them by hand; answers which.

    An order whose import was begun stays: its shop order may exist already.
    """
    with transaction() as session:
        chosen = [
            order
            for order in _locked(session, order_ids)
            if order.state == states.TO_IMPORT and not import_under_way(session, order)
        ]
        for order in chosen:
            data = {"by": PERSON}
            apply_move(session, order.id, states.TO_IMPORT, states.ELSEWHERE, actor=actor, data=data)
        return [order.id for order in chosen]


def take_back(order_ids: Sequence[int], actor: str) -> list[int]:
    """Makes orders that are `elsewhere` ready to import again, while the marketplace still waits; answers which."""
    with transaction() as session:
        chosen = [order for order in _locked(session, order_ids) if may_take_back(order)]
        for order in chosen:
            data = {"by": PERSON}
            apply_move(session, order.id, states.ELSEWHERE, states.TO_IMPORT, actor=actor, data=data, by_person=True)
        return [order.id for order in chosen]


def may_take_back(order: Order) -> bool:
    """Whether the marketplace waits for an order that is dealt with elsewhere."""
    return order.state == states.ELSEWHERE and order.marketplace_state == states.TO_IMPORT


def _locked(session: Session, order_ids: Sequence[int]) -> Sequence[Order]:
    """The orders, so that no import claims one between the look and the move."""
    query = select(Order).where(Order.id.in_(order_ids)).order_by(Order.id)
    return session.scalars(query.with_for_update(of=Order)).all()

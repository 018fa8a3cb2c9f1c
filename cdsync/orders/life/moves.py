"""The only writer of an order's state, and of the events that tell its story. Calls nothing outside the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.db import Base, now
from cdsync.error_catalogue import entry_of
from cdsync.errors import WrongStateError
from cdsync.models import Order, OrderEvent

_EVENTS = Base.metadata.tables["order_events"]

NO_PROBLEM: dict[str, Any] = {
    "problem_code": None,
    "problem_data": None,
    "problem_operation": None,
    "problem_kind": None,
    "problem_since": None,
    "attempts": 0,
    "next_try_at": None,
}


@dataclass(frozen=True)
class By:
    """Who did something to an order. run: its id, None outside any run. person: a user's name, "cron" or "scheduler";
    "" for what nobody did, such as what was found out by reading."""

    run: int | None = None
    person: str = ""


NOBODY = By()


def move(
    session: Session,
    order_id: int,
    old: str,
    new: str,
    by: By = NOBODY,
    *,
    data: Mapping[str, Any] | None = None,
    by_person: bool = False,
) -> None:
    """Moves an order from `old` to `new` with its event; the problem that stopped it goes.

    by_person: allows the moves that only a person makes. Raises WrongStateError("order.moved_meanwhile") when the order
    is no longer in `old`, or the table of `cdsync.states` has no such move.
    """
    standing = select(Order.problem_code, Order.problem_data).where(Order.id == order_id)
    problem, told = session.execute(standing).one_or_none() or (None, None)
    values: dict[str, Any] = {"state": new, "state_since": now(), **_stamps(new)}
    if not entry_of(problem).stays:
        values |= NO_PROBLEM
    allowed = states.may_move(old, new, by_person=by_person)
    if not allowed or not _compare_and_set(session, order_id, Order.state == old, values):
        raise WrongStateError("order.moved_meanwhile", state=_state(session, order_id))
    if problem and not entry_of(problem).stays:
        note(session, order_id, "problem.cleared", {"code": problem, "data": told or {}}, by)
    note(session, order_id, "order.moved", {"from": old, "to": new, **(data or {})}, by)


def note(session: Session, order_id: int, kind: str, data: Mapping[str, Any] | None = None, by: By = NOBODY) -> None:
    """Adds an event to an order's story. `data` holds no personal data."""
    session.add(OrderEvent(order_id=order_id, kind=kind, data=dict(data or {}), run_id=by.run, actor=by.person))


def move_together(session: Session, old: str, new: str, told: Mapping[int, Mapping[str, Any]], by: By = NOBODY) -> None:
    """`move` of many orders that have no problem, by their ids with each one's data, in two statements.

    Raises WrongStateError("order.moved_meanwhile") when one of them is not in `old`, or has a problem: the others are
    moved then, and the caller may not commit that.
    """
    if not states.may_move(old, new):
        raise WrongStateError("order.moved_meanwhile", state=old)
    standing = (Order.id.in_(told), Order.state == old, Order.problem_code.is_(None))
    values: dict[str, Any] = {"state": new, "state_since": now(), **_stamps(new), **NO_PROBLEM}
    moved = set(session.scalars(update(Order).where(*standing).values(values).returning(Order.id)))
    if left := told.keys() - moved:
        raise WrongStateError("order.moved_meanwhile", state=_state(session, min(left)))
    note_together(session, "order.moved", {each: {"from": old, "to": new, **data} for each, data in told.items()}, by)


def note_together(session: Session, kind: str, told: Mapping[int, Mapping[str, Any]], by: By = NOBODY) -> None:
    """`note` of many orders, by their ids with each one's data."""
    common = {"kind": kind, "run_id": by.run, "actor": by.person}
    if told:
        rows = [{"order_id": order_id, "data": dict(data), **common} for order_id, data in told.items()]
        session.connection().execute(insert(_EVENTS), rows)


def _compare_and_set(session: Session, order_id: int, condition: ColumnElement[bool], values: dict[str, Any]) -> bool:
    changed = session.execute(update(Order).where(Order.id == order_id, condition).values(values).returning(Order.id))
    return changed.first() is not None


def _stamps(new: str) -> dict[str, datetime]:
    column = {states.ACCEPTED: "accepted_sent_at", states.IMPORTED: "imported_at", states.SHIPPED: "shipped_at"}
    return {column[new]: now()} if new in column else {}


def _state(session: Session, order_id: int) -> str:
    return session.scalar(select(Order.state).where(Order.id == order_id)) or "gone"

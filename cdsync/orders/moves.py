"""The only writer of an order's state, and of the events that tell its story. Calls nothing outside the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.db import now, transaction
from cdsync.error_catalogue import entry_of
from cdsync.errors import WrongStateError
from cdsync.models import Order, OrderEvent

NO_PROBLEM: dict[str, Any] = {
    "problem_code": None,
    "problem_data": None,
    "problem_operation": None,
    "problem_kind": None,
    "problem_since": None,
    "attempts": 0,
    "next_try_at": None,
}


def move(
    order_id: int,
    old: str,
    new: str,
    *,
    run_id: int | None = None,
    actor: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Moves an order from `old` to `new` with its event, in one commit; the problem that stopped it goes.

    Raises WrongStateError("order.moved_meanwhile") when the order is no longer in `old`, or the table of
    `cdsync.states` has no such move.
    """
    with transaction() as session:
        apply_move(session, order_id, old, new, run_id=run_id, actor=actor, data=data)


def apply_move(
    session: Session,
    order_id: int,
    old: str,
    new: str,
    *,
    run_id: int | None = None,
    actor: str = "",
    data: Mapping[str, Any] | None = None,
    by_person: bool = False,
) -> None:
    """`move` inside the caller's transaction; `by_person` allows the moves that only a person makes."""
    standing = select(Order.problem_code, Order.problem_data).where(Order.id == order_id)
    problem, told = session.execute(standing).one_or_none() or (None, None)
    values: dict[str, Any] = {"state": new, "state_since": now(), **_stamps(new)}
    if not entry_of(problem).stays:
        values |= NO_PROBLEM
    allowed = states.may_move(old, new, by_person=by_person)
    if not allowed or not _compare_and_set(session, order_id, Order.state == old, values):
        raise WrongStateError("order.moved_meanwhile", state=_state(session, order_id))
    if problem and not entry_of(problem).stays:
        add_event(session, order_id, "problem.cleared", {"code": problem, "data": told or {}}, run_id, actor)
    add_event(session, order_id, "order.moved", {"from": old, "to": new, **(data or {})}, run_id, actor)


def note(
    order_id: int, kind: str, data: Mapping[str, Any] | None = None, run_id: int | None = None, actor: str = ""
) -> None:
    """Adds an event to an order's story, in a commit of its own. `data` holds no personal data."""
    with transaction() as session:
        add_event(session, order_id, kind, data or {}, run_id, actor)


def add_event(
    session: Session, order_id: int, kind: str, data: Mapping[str, Any], run_id: int | None = None, actor: str = ""
) -> None:
    """`note` inside the caller's transaction."""
    session.add(OrderEvent(order_id=order_id, kind=kind, data=dict(data), run_id=run_id, actor=actor))


def _compare_and_set(session: Session, order_id: int, condition: ColumnElement[bool], values: dict[str, Any]) -> bool:
    changed = session.execute(update(Order).where(Order.id == order_id, condition).values(values).returning(Order.id))
    return changed.first() is not None


def _stamps(new: str) -> dict[str, datetime]:
    column = {states.ACCEPTED: "accepted_sent_at", states.IMPORTED: "imported_at", states.SHIPPED: "shipped_at"}
    return {column[new]: now()} if new in column else {}


def _state(session: Session, order_id: int) -> str:
    return session.scalar(select(Order.state).where(Order.id == order_id)) or "gone"

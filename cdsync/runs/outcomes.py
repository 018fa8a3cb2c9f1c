"""What a run did with each of its orders, and its report. Moves no order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.orm import Session

from cdsync.db import Base, now, one_of, reading
from cdsync.many_rows import add_rows
from cdsync.models import Account, Order, Run, RunOrder

_RUN_ORDERS = Base.metadata.tables["run_orders"]


def put_outcome(session: Session, run_id: int, order_id: int, outcome: str, code: str | None = None) -> None:
    """What the run did with an order (upsert), inside the caller's transaction."""
    values = {"outcome": outcome, "code": code, "at": now()}
    known = update(RunOrder).where(RunOrder.run_id == run_id, RunOrder.order_id == order_id).values(values)
    if session.scalar(known.returning(RunOrder.id)) is None:
        session.add(RunOrder(run_id=run_id, order_id=order_id, **values))


def put_outcomes(session: Session, run_id: int, outcomes: Mapping[int, tuple[str, str | None]]) -> None:
    """`put_outcome` of many orders, each with its outcome and its code: two statements where the run names none yet."""
    if not outcomes:
        return
    session.flush()
    of_these = (_RUN_ORDERS.c.run_id == run_id, one_of(_RUN_ORDERS.c.order_id, outcomes))
    again = set(session.connection().execute(select(_RUN_ORDERS.c.order_id).where(*of_these)).scalars())
    for order_id in again:
        put_outcome(session, run_id, order_id, *outcomes[order_id])
    at = now()
    rows = [
        {"run_id": run_id, "order_id": order_id, "outcome": outcome, "code": code, "at": at}
        for order_id, (outcome, code) in outcomes.items()
        if order_id not in again
    ]
    add_rows(session.connection(), _RUN_ORDERS, rows)


def put_all(session: Session, run_id: int, order_ids: Sequence[int], outcome: str) -> None:
    """What the run does or did with all of these orders, whether it has named them before or not."""
    values = {"outcome": outcome, "code": None, "at": now()}
    known = update(RunOrder).where(RunOrder.run_id == run_id, RunOrder.order_id.in_(order_ids)).values(values)
    named = set(session.scalars(known.returning(RunOrder.order_id))) if order_ids else set()
    rows = [{"run_id": run_id, "order_id": each, **values} for each in order_ids if each not in named]
    if rows:
        session.execute(insert(RunOrder), rows)


def put_pending(session: Session, run_id: int, order_ids: Sequence[int]) -> None:
    """The run is going to work on these orders, none of which it has named yet; inside the caller's transaction."""
    rows = [{"run_id": run_id, "order_id": order_id, "outcome": "pending", "at": now()} for order_id in order_ids]
    if rows:
        session.execute(insert(RunOrder), rows)


def report(run: Run) -> dict[str, Any]:
    """The command line's JSON: run, operation, account, state, counts, problems; `error` where something ended it.

    A failure that is tried again by itself is among the problems too; waiting for a tracking number is not.
    """
    with reading() as session:
        fresh = session.get_one(Run, run.id, populate_existing=True)
        account = session.get_one(Account, fresh.account_id)
        failed_for_now = and_(RunOrder.outcome == "waiting", RunOrder.code == Order.problem_code)
        problems = session.execute(
            select(Order.marketplace_ref, RunOrder.code)
            .join(Order, Order.id == RunOrder.order_id)
            .where(RunOrder.run_id == fresh.id, or_(RunOrder.outcome == "problem", failed_for_now))
            .order_by(RunOrder.id)
        ).all()
        answer: dict[str, Any] = {
            "run": fresh.id,
            "operation": fresh.operation,
            "account": account.name,
            "rehearsal": account.rehearsal,
            "state": fresh.state,
            "counts": dict(fresh.counts),
            "problems": [{"order": ref, "code": code} for ref, code in problems],
        }
        if fresh.error_code:
            answer["error"] = {"code": fresh.error_code, "data": fresh.error_data or {}}
        return answer

"""Runs: opened, claimed, kept alive, closed. One open run per operation and account, which the database guards.

Does no operation's work (`cdsync.operations`) and enqueues nothing (`cdsync.runs.queue`).
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdsync import orders
from cdsync.db import READ_ONLY, db, now, reading, transaction
from cdsync.errors import CdsyncError, ConfigError
from cdsync.models import OPEN_RUN, Account, Order, Run, RunOrder

LEASE_SECONDS = 30.0  # of a run and its claims: a killed worker's orders are free again well within a minute
QUEUED_LEASE = timedelta(hours=1)  # a queued run that nobody takes for so long is lost
TAKEN_AT_ONCE = timedelta(seconds=10)
TAKEN_WITHIN = timedelta(seconds=15)  # from a worker's fetching a job to its taking the run: a moment
QUEUED, RUNNING, FINISHED, FAILED, STOPPED, LOST = "queued", "running", "finished", "failed", "stopped", "lost"


class RunOpenError(ConfigError):
    """One of the same operation and account is open; data: `run`, its number, or None where it ended just now."""


def start(
    account: Account,
    operation: str,
    *,
    trigger: str,
    actor: str = "",
    order_ids: Sequence[int] | None = None,
    options: Mapping[str, Any] | None = None,
    taken_within: timedelta = QUEUED_LEASE,
) -> Run:
    """Opens a run, queued; closes lost ones first. Commits.

    trigger: button | cron | scheduler | cli. `order_ids` None: all that are due. `taken_within`: after that long
    without anybody taking it, it is lost (`TAKEN_AT_ONCE` when this very process is going to).
    Raises RunOpenError("run.already_running", run=id) while one of the same operation and account is open.
    """
    close_lost()
    run = Run(
        account_id=account.id,
        operation=operation,
        trigger=trigger,
        actor=actor,
        wanted=None if order_ids is None else list(dict.fromkeys(order_ids)),
        options=dict(options or {}),
        lease_until=now() + taken_within,
    )
    account_id = run.account_id
    try:
        with transaction() as session:
            session.add(run)
            session.flush()
            run_id = run.id
    except IntegrityError:
        raise RunOpenError("run.already_running", run=_open_run(account_id, operation)) from None
    return find(run_id)


def find(run_id: int) -> Run:
    """The run as it is now, apart from the session: its columns can be read without opening a transaction."""
    engine = db.engine.execution_options(**{READ_ONLY: True})
    with Session(engine, expire_on_commit=False) as session:
        return session.get_one(Run, run_id)


def close_lost() -> int:
    """Closes every open run whose worker is gone (its lease ran out) as lost; how many.

    Clears the claims that ran out alike: an order that nobody is going to claim again keeps no dead owner's name.
    """
    with transaction() as session:
        query = update(Run).where(OPEN_RUN, Run.lease_until < now())
        values = {"state": LOST, "open": False, "finished_at": now()}
        lost = session.scalars(query.values(values).returning(Run.id)).all()
        _let_orders_wait(session, lost)
        orders.release_expired(session)
    return len(lost)


def give_up(run_id: int, owner: str, error: CdsyncError) -> None:
    """Closes a run that is still this owner's as lost, for the reason its own process found. Its claims run out."""
    values = {"state": LOST, "open": False, "finished_at": now(), "error_code": error.code, "error_data": error.data}
    with transaction() as session:
        mine = (Run.id == run_id, Run.owner == owner, OPEN_RUN)
        _let_orders_wait(session, session.scalars(update(Run).where(*mine).values(values).returning(Run.id)).all())


def _let_orders_wait(session: Session, lost: Sequence[int]) -> None:
    if lost:
        unfinished = (RunOrder.run_id.in_(lost), RunOrder.outcome.in_(("pending", "working")))
        session.execute(update(RunOrder).where(*unfinished).values(outcome="waiting"))


def close_vanished(waiting: Collection[int]) -> int:
    """Closes as lost the queued runs that nobody has taken although their job is not `waiting` any more; how many.

    A worker that dies between fetching a job and taking its run leaves such a run behind, and so does a queue that
    was emptied. A job fetched a moment ago is given `TAKEN_WITHIN`.
    """
    with transaction() as session:
        gone = (OPEN_RUN, Run.state == QUEUED, Run.queued_at < now() - TAKEN_WITHIN, Run.id.not_in(waiting))
        values = {"state": LOST, "open": False, "finished_at": now()}
        return len(session.scalars(update(Run).where(*gone).values(values).returning(Run.id)).all())


def request_stop(run_id: int) -> None:
    """Asks a run to end between two orders; one that is still queued ends at once."""
    with transaction() as session:
        session.execute(update(Run).where(Run.id == run_id, OPEN_RUN).values(stop_requested=True))
        queued = update(Run).where(Run.id == run_id, Run.state == QUEUED)
        session.execute(queued.values(state=STOPPED, open=False, finished_at=now()))


def owner_token() -> str:
    """A name for who runs a run, unlike any other's: host:pid:random, at most 64 characters."""
    return f"{_process(os.getpid())}{secrets.token_hex(8)}"


def is_lost_in(process: int) -> bool:
    """Whether the newest run that a process of this machine took was lost: whatever it still does, it is to end."""
    with reading() as session:
        its = select(Run.state).where(Run.owner.startswith(_process(process), autoescape=True))
        return session.scalar(its.order_by(Run.id.desc()).limit(1)) == LOST


def take(run_id: int, owner: str, seconds: float = LEASE_SECONDS) -> bool:
    """Takes a queued run for `owner`; False when somebody else did, or it is over."""
    with transaction() as session:
        at = {"started_at": now(), "progressed_at": now(), "lease_until": _until(seconds)}
        values = {"state": RUNNING, "owner": owner, **at}
        query = update(Run).where(Run.id == run_id, Run.state == QUEUED, OPEN_RUN).values(values)
        return session.scalar(query.returning(Run.id)) is not None


def keep_alive(session: Session, run_id: int, owner: str, seconds: float, progressed_at: datetime) -> bool:
    """Prolongs a run's lease, inside the caller's transaction; False when it is no longer this owner's.

    progressed_at: when it last got on, aware UTC.
    """
    mine = (Run.id == run_id, Run.owner == owner, OPEN_RUN)
    values = {"lease_until": _until(seconds), "progressed_at": progressed_at}
    return session.scalar(update(Run).where(*mine).values(values).returning(Run.id)) is not None


def stop_requested(run_id: int, owner: str) -> bool:
    """Whether the run has to end: a person asked, or it is no longer this owner's."""
    with reading() as session:
        row = session.execute(select(Run.stop_requested, Run.owner, Run.open).where(Run.id == run_id)).one()
        return bool(row.stop_requested or row.owner != owner or not row.open)


def is_ours(run_id: int, owner: str) -> bool:
    """Whether the run is open and this owner's."""
    with reading() as session:
        mine = (Run.id == run_id, Run.owner == owner, OPEN_RUN)
        return session.scalar(select(Run.id).where(*mine)) is not None


def progress(session: Session, run_id: int, owner: str, values: Mapping[str, Any]) -> None:
    """Writes total, processed or counts of a run that is still this owner's, inside the caller's transaction."""
    mine = (Run.id == run_id, Run.owner == owner, OPEN_RUN)
    session.execute(update(Run).where(*mine).values(dict(values)))


def close(run_id: int, owner: str, state: str, error: CdsyncError | None = None) -> None:
    """Ends a run that is still this owner's, with the error that ended it (or that it wants seen)."""
    values: dict[str, Any] = {"state": state, "open": False, "finished_at": now()}
    if error is not None:
        values |= {"error_code": error.code, "error_data": dict(error.data)}
    with transaction() as session:
        session.execute(update(Run).where(Run.id == run_id, Run.owner == owner, OPEN_RUN).values(values))


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
    named = select(RunOrder.order_id).where(RunOrder.run_id == run_id, RunOrder.order_id.in_(outcomes))
    again = set(session.scalars(named))
    for order_id in again:
        put_outcome(session, run_id, order_id, *outcomes[order_id])
    at = now()
    rows = [
        {"run_id": run_id, "order_id": order_id, "outcome": outcome, "code": code, "at": at}
        for order_id, (outcome, code) in outcomes.items()
        if order_id not in again
    ]
    if rows:
        session.execute(insert(RunOrder), rows)


def put_working(session: Session, run_id: int, order_ids: Sequence[int]) -> None:
    """The run works on these orders now, whether it has named them before or not."""
    values = {"outcome": "working", "code": None, "at": now()}
    known = update(RunOrder).where(RunOrder.run_id == run_id, RunOrder.order_id.in_(order_ids)).values(values)
    named = set(session.scalars(known.returning(RunOrder.order_id))) if order_ids else set()
    session.add_all(RunOrder(run_id=run_id, order_id=each, **values) for each in order_ids if each not in named)


def put_pending(session: Session, run_id: int, order_ids: Sequence[int]) -> None:
    """The run is going to work on these orders, none of which it has named yet; inside the caller's transaction."""
    session.add_all(RunOrder(run_id=run_id, order_id=order_id, outcome="pending") for order_id in order_ids)


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


def _open_run(account_id: int, operation: str) -> int | None:
    mine = (Run.account_id == account_id, Run.operation == operation, OPEN_RUN)
    return db.session.scalar(select(Run.id).where(*mine))


def _process(number: int) -> str:
    return f"{socket.gethostname()[:30]}:{number}:"


def _until(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)

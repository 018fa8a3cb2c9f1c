"""Runs opened and closed. One open run per operation and account, which the database guards.

Does no operation's work (`cdsync.operations`) and enqueues nothing (`cdsync.runs.queue`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdsync import orders
from cdsync.db import READ_ONLY, db, now, transaction
from cdsync.errors import CdsyncError, ConfigError
from cdsync.models import OPEN_RUN, Account, Run, RunOrder

from .states import LOST, QUEUED, STOPPED, TAKEN_WITHIN

QUEUED_LEASE = timedelta(hours=1)  # a queued run that nobody takes for so long is lost
TAKEN_AT_ONCE = timedelta(seconds=10)


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

    trigger: as `Run.trigger`. `order_ids` None: all that are due. `taken_within`: after that long without anybody
    taking it, it is lost (`TAKEN_AT_ONCE` when this very process is going to).
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
    was emptied. A job fetched a moment ago counts as waiting (`queue.waiting_runs`).
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


def close(run_id: int, owner: str, state: str, error: CdsyncError | None = None) -> None:
    """Ends a run that is still this owner's, with the error that ended it (or that it wants seen)."""
    values: dict[str, Any] = {"state": state, "open": False, "finished_at": now()}
    if error is not None:
        values |= {"error_code": error.code, "error_data": dict(error.data)}
    with transaction() as session:
        session.execute(update(Run).where(Run.id == run_id, Run.owner == owner, OPEN_RUN).values(values))


def _open_run(account_id: int, operation: str) -> int | None:
    mine = (Run.account_id == account_id, Run.operation == operation, OPEN_RUN)
    return db.session.scalar(select(Run.id).where(*mine))

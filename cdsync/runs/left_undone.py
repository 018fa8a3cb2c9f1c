"""What lost runs have left undone, and what of it is to be taken up again now. Read only; starts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cdsync.db import now, reading
from cdsync.error_catalogue import codes_where
from cdsync.models import Account, Order, Run, RunOrder
from cdsync.runs import FINISHED, LOST
from cdsync.runs.lists import newest_of_each
from cdsync.settings.fields import OPERATIONS

GOES_ON_FROM = "goes_on_from"  # option of a run: the runs before it whose work it takes up, oldest first
MOST_IN_A_ROW = 4  # an order that kills its worker each time must not do so for ever
FORGOTTEN_AFTER = timedelta(hours=1)  # what a machine that was off for longer left is the next schedule's


@dataclass(frozen=True)
class Left:
    """What a run left. order_ids None: all that are due."""

    run_id: int
    account_id: int
    operation: str
    trigger: str
    actor: str
    order_ids: tuple[int, ...] | None
    options: dict[str, Any]


def left_behind() -> list[Left]:
    """Of each account and operation: what its last run left undone when it was lost, or its worker was stopped.

    Also what a run that took up a lost one's work had to leave for a while, once that while is over: the request a
    killed worker was at may go on in the shop until its time limit has passed.
    """
    with reading() as session:
        newest = newest_of_each(OPERATIONS)
        lately = func.coalesce(Run.lease_until, Run.queued_at) > now() - FORGOTTEN_AFTER
        query = select(Run).join(Account, Account.id == Run.account_id)
        ended = or_(Run.state.in_((LOST, FINISHED)), Run.error_code.in_(codes_where(lambda entry: entry.taken_up)))
        query = query.where(Run.id.in_(newest), Run.open.is_(False), ended, lately, Run.stop_requested.is_(False))
        found = [_of(session, run) for run in session.scalars(query.where(Account.active.is_(True)))]
    return [each for each in found if each is not None]


def _of(session: Session, run: Run) -> Left | None:
    before = list((run.options or {}).get(GOES_ON_FROM, ()))
    if len(before) >= MOST_IN_A_ROW:
        return None
    if run.state != FINISHED:
        order_ids = None if run.wanted is None else _not_done(session, run)
    else:
        order_ids = _waited_long_enough(session, run) if before else ()
    if order_ids == ():
        return None
    options = {**(run.options or {}), GOES_ON_FROM: [*before, run.id]}
    return Left(run.id, run.account_id, run.operation, run.trigger, run.actor, order_ids, options)


def _not_done(session: Session, run: Run) -> tuple[int, ...]:
    done = (RunOrder.run_id == run.id, RunOrder.outcome.in_(("done", "problem", "skipped")))
    known = set(session.scalars(select(RunOrder.order_id).where(*done)))
    return tuple(each for each in run.wanted or () if each not in known)


def _waited_long_enough(session: Session, run: Run) -> tuple[int, ...]:
    waited = (RunOrder.run_id == run.id, RunOrder.outcome == "waiting", RunOrder.code == Order.problem_code)
    query = select(Order.id).join(RunOrder, RunOrder.order_id == Order.id)
    return tuple(session.scalars(query.where(*waited, Order.next_try_at <= now()).order_by(Order.id)))

"""Lists of runs and of what one run did with its orders: filtered, newest first, paged. Read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select, true, union_all
from sqlalchemy.orm import joinedload

from ..db import db
from ..list_pages import page_of
from ..models import OPEN_RUN, Account, Run, RunOrder
from ..models.run import MET_PROBLEM

T = TypeVar("T")
ENDED_WELL = "well"
ENDED_WITH_PROBLEMS = "problems"
NOT_ENDED_WELL = ("failed", "lost")
_MET_PROBLEM: ColumnElement[bool] = literal_column(MET_PROBLEM)  # as its index says it: a Boolean would be "… = 1"
OUTCOMES = ("open", ENDED_WELL, ENDED_WITH_PROBLEMS, "failed", "stopped")


@dataclass(frozen=True)
class RunFilter:
    """What is asked for; empty means any. Unknown words count as any."""

    operation: str = ""
    outcome: str = ""
    page: int = 1


def runs_of(account_id: int, wanted: RunFilter) -> Pagination:
    """One page of an account's runs, newest first."""
    mine = Run.account_id == account_id
    total = db.session.scalar(_filtered(select(func.count()).select_from(Run).where(mine), wanted)) or 0
    return page_of(_filtered(select(Run).where(mine), wanted).order_by(Run.id.desc()), wanted.page, total=total)


def newest(account_id: int, operation: str) -> Run | None:
    """The last run of an operation that was started, open or not."""
    mine = select(Run).where(Run.account_id == account_id, Run.operation == operation)
    return db.session.scalar(mine.order_by(Run.id.desc()).limit(1))


def last_ended(account_ids: Sequence[int], operations: Sequence[str]) -> Select[int]:
    """Ids of the last run of each operation of these accounts that has ended; none of the others is read."""
    return _last_ended(tuple(account_ids), tuple(operations))


def open_and_last_ended(account_id: int, operations: Sequence[str]) -> list[Run]:
    """The open runs of an account and, of each of these operations, the last that has ended; the oldest first."""
    return list(db.session.scalars(_open_and_last_ended(account_id, tuple(operations))))


@lru_cache(maxsize=64)  # nearly every page asks: put together once
def _last_ended(account_ids: tuple[int, ...], operations: tuple[str, ...]) -> Select[int]:
    return _newest(operations, Run.open.is_(False)).where(Account.id.in_(account_ids))


@lru_cache(maxsize=64)
def _open_and_last_ended(account_id: int, operations: tuple[str, ...]) -> Select[Run]:
    is_open = select(Run.id).where(Run.account_id == account_id, OPEN_RUN)
    shown = union_all(select(last_ended([account_id], operations).subquery()), is_open)
    return select(Run).where(Run.id.in_(shown)).order_by(Run.id)


def newest_of_each(operations: Sequence[str]) -> Select[int]:
    """Ids of the last run of each of these operations that was started, open or not, of every account."""
    return _newest(operations)


def _newest(operations: Sequence[str], *which: ColumnElement[bool]) -> Select[int]:
    operation = union_all(*(select(literal(each).label("name")) for each in operations)).subquery()
    # "between" and the order say the same as "=" and the id alone: PostgreSQL would go through all runs there are, from
    # the newest on, for an account that has never run an operation. So only the index of both gives the order.
    mine = (Run.account_id == Account.id, Run.operation.between(operation.c.name, operation.c.name), *which)
    newest_first = (Run.operation.desc(), Run.id.desc())
    last = select(Run.id).where(*mine).order_by(*newest_first).limit(1).correlate(Account, operation).scalar_subquery()
    return select(last).select_from(Account).join(operation, true())


def outcomes_of(run_id: int) -> dict[str, int]:
    """How many orders of a run had which outcome."""
    counted = select(RunOrder.outcome, func.count(RunOrder.id)).where(RunOrder.run_id == run_id)
    return dict(db.session.execute(counted.group_by(RunOrder.outcome)).all())


def touched_by(run_id: int, outcomes: Mapping[str, int], outcome: str = "", page: int = 1) -> Pagination:
    """One page of what a run did with its orders, in the order it did; each row has the `order` as it is now.

    outcomes: as `outcomes_of` counts them. outcome: one of those, else all.
    """
    chosen = select(RunOrder).where(RunOrder.run_id == run_id).options(joinedload(RunOrder.order))
    if outcome in outcomes:
        chosen = chosen.where(RunOrder.outcome == outcome)
    total = outcomes.get(outcome, sum(outcomes.values()))
    return page_of(chosen.order_by(RunOrder.id), page, total=total)


def _filtered(chosen: Select[T], wanted: RunFilter) -> Select[T]:
    if wanted.operation:
        chosen = chosen.where(Run.operation == wanted.operation)
    if wanted.outcome == "open":
        return chosen.where(OPEN_RUN)
    if wanted.outcome == "failed":
        return chosen.where(Run.state.in_(NOT_ENDED_WELL))
    if wanted.outcome == "stopped":
        return chosen.where(Run.state == "stopped")
    if wanted.outcome in {ENDED_WELL, ENDED_WITH_PROBLEMS}:
        met_problem = select(RunOrder.id).where(RunOrder.run_id == Run.id, _MET_PROBLEM).exists()
        ended = chosen.where(Run.state == "finished")
        return ended.where(met_problem) if wanted.outcome == ENDED_WITH_PROBLEMS else ended.where(~met_problem)
    return chosen

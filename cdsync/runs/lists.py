"""Lists of runs and of what one run did with its orders: filtered, newest first, paged. Read only."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Select, func, select

from ..db import db
from ..models import Order, Run, RunOrder

PAGE = 50
ENDED_WELL = "well"
ENDED_WITH_PROBLEMS = "problems"
NOT_ENDED_WELL = ("failed", "lost")
OUTCOMES = ("open", ENDED_WELL, ENDED_WITH_PROBLEMS, "failed", "stopped")


@dataclass(frozen=True)
class RunFilter:
    """What is asked for; empty means any. Unknown words count as any."""

    operation: str = ""
    outcome: str = ""
    page: int = 1


@dataclass(frozen=True)
class RunPage:
    runs: list[Run]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class TouchedOrder:
    """One order of a run: what became of it there, and the order as it is now."""

    done: RunOrder
    order: Order


@dataclass(frozen=True)
class TouchedPage:
    orders: list[TouchedOrder]
    total: int
    page: int
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def runs_of(account_id: int, wanted: RunFilter) -> RunPage:
    """One page of an account's runs, newest first."""
    chosen = _filtered(select(Run).where(Run.account_id == account_id), wanted)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    page = min(max(1, wanted.page), max(1, -(-total // PAGE)))
    rows = db.session.scalars(chosen.order_by(Run.id.desc()).limit(PAGE).offset((page - 1) * PAGE))
    return RunPage(list(rows), total, page)


def newest(account_id: int, operation: str) -> Run | None:
    """The last run of an operation that was started, open or not."""
    mine = select(Run).where(Run.account_id == account_id, Run.operation == operation)
    return db.session.scalar(mine.order_by(Run.id.desc()).limit(1))


def touched_by(run_id: int, outcome: str = "", page: int = 1) -> TouchedPage:
    """One page of the orders a run worked on, in the order it did; `outcomes` counts all of them."""
    counted = db.session.execute(
        select(RunOrder.outcome, func.count(RunOrder.id)).where(RunOrder.run_id == run_id).group_by(RunOrder.outcome)
    )
    outcomes: dict[str, int] = dict(counted.all())
    chosen = select(RunOrder, Order).join(Order, Order.id == RunOrder.order_id).where(RunOrder.run_id == run_id)
    if outcome in outcomes:
        chosen = chosen.where(RunOrder.outcome == outcome)
    total = outcomes.get(outcome, sum(outcomes.values()))
    page = min(max(1, page), max(1, -(-total // PAGE)))
    rows = db.session.execute(chosen.order_by(RunOrder.id).limit(PAGE).offset((page - 1) * PAGE))
    return TouchedPage([TouchedOrder(done, order) for done, order in rows], total, page, outcomes)


def _filtered(chosen: Select[Run], wanted: RunFilter) -> Select[Run]:
    if wanted.operation:
        chosen = chosen.where(Run.operation == wanted.operation)
    if wanted.outcome == "open":
        return chosen.where(Run.open.is_(True))
    if wanted.outcome == "failed":
        return chosen.where(Run.state.in_(NOT_ENDED_WELL))
    if wanted.outcome == "stopped":
        return chosen.where(Run.state == "stopped")
    if wanted.outcome in {ENDED_WELL, ENDED_WITH_PROBLEMS}:
        met_problem = select(RunOrder.id).where(RunOrder.run_id == Run.id, RunOrder.outcome == "problem").exists()
        ended = chosen.where(Run.state == "finished")
        return ended.where(met_problem) if wanted.outcome == ENDED_WITH_PROBLEMS else ended.where(~met_problem)
    return chosen

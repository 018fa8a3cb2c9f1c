"""An order that a search found, with what tells its list and what can be done with it. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session

from cdsync.models import Order

from . import tabs

COLUMNS = (Order.id, Order.state, Order.problem_code, Order.problem_operation)


class FoundOrder(NamedTuple):
    """The values of `COLUMNS`."""

    id: int
    state: str
    problem_code: str | None
    problem_operation: str | None


def standing_in(orders: Iterable[FoundOrder], tab: str) -> list[FoundOrder]:
    """Those that stand in a list, as `tabs.condition` says it."""
    if tab == tabs.PROBLEMS:
        return [each for each in orders if each.problem_code is not None]
    known = tabs.states_of(tab)
    return [each for each in orders if each.state in known]


def of_work(session: Session, account_id: int, matches: ColumnElement[bool]) -> Iterable[FoundOrder]:
    """The account's orders that stand in a list of work and that a condition holds for: each is asked by itself."""
    rows = session.execute(select(*COLUMNS).where(Order.id.in_(_work_of(account_id)), matches))
    return map(FoundOrder._make, rows)


def _work_of(account_id: int) -> Select[int]:
    """The ids, by the indexes of states and of what is stopped: asked for both at once SQLite reads all orders."""
    to_do = {state for tab in tabs.WORK if tab != tabs.PROBLEMS for state in tabs.states_of(tab)}
    mine = select(Order.id).where(Order.account_id == account_id)
    both = union(mine.where(Order.problem_code.is_not(None)), mine.where(Order.state.in_(sorted(to_do)))).subquery()
    return select(both.c.id)

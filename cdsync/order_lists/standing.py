"""How many orders of an account stand in each list and have each problem, whatever is filtered. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import CompoundSelect, func, literal, select, union_all

from cdsync import kept_figures
from cdsync.db import db
from cdsync.models import Order
from cdsync.models.kept_figure import ORDERS

from . import tabs


@dataclass(frozen=True)
class Standing:
    """tabs: orders by list; codes: the problems there are with the number of orders each, the most frequent first."""

    tabs: dict[str, int]
    codes: list[tuple[str, int]]


def standing(account_id: int) -> Standing:
    """By what is kept of the states, and by the index of the few that a problem stops: one query."""
    by_state, codes = dict.fromkeys(tabs.states_of(tabs.ALL), 0), []
    for is_code, key, count in db.session.execute(_counting(account_id)):
        if is_code:
            codes.append((str(key), int(count)))
        else:
            by_state[key.partition("/")[0]] += int(count)
    found = {tab: sum(by_state[state] for state in tabs.states_of(tab)) for tab in tabs.TABS}
    found[tabs.PROBLEMS] = sum(count for _code, count in codes)
    return Standing(found, sorted(codes, key=lambda each: (-each[1], each[0])))


@lru_cache(maxsize=64)
def _counting(account_id: int) -> CompoundSelect[int, str, int]:
    """Put together once: that takes longer than the answer."""
    kept = kept_figures.counted(account_id, ORDERS).subquery()
    stopped = (
        select(literal(1), Order.problem_code, func.count())
        .where(Order.account_id == account_id, Order.problem_code.is_not(None))
        .group_by(Order.problem_code)
    )
    return union_all(select(literal(0), *kept.c), stopped)

"""How many of the selected orders each action takes, for the buttons over a list. Reads only.

Counted from indexes where a list is meant, from what a search answered where that tells it, and of ticked orders one by
one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, func, literal, literal_column, select
from sqlalchemy.orm import aliased

from cdsync import states
from cdsync.db import db
from cdsync.models import Order
from cdsync.models.order import LEFT_OUT

from . import listing, tabs
from .order_filter import ANY_PROBLEM, NO_PROBLEM, OrderFilter
from .selection import (
    ACCEPT,
    IMPORT,
    IMPORT_READY,
    LEAVE_OUT,
    REFUSE,
    RETRY,
    RETRYABLE,
    TAKE_BACK,
    Selection,
    narrowed,
    with_found,
)


@dataclass(frozen=True)
class SelectionCounts:
    """How many orders were selected, and how many of them each action takes."""

    count: int
    to_accept: int
    to_import: int
    stopped: int  # of those to import: how many a problem stopped before
    retry: int
    to_take_back: int

    def takes(self, action: str) -> int:
        known = {
            ACCEPT: self.to_accept,
            REFUSE: self.to_accept,
            IMPORT: self.to_import,
            IMPORT_READY: self.to_import - self.stopped,
            LEAVE_OUT: self.to_import,
            RETRY: self.retry,
            TAKE_BACK: self.to_take_back,
        }
        return known[action]


def count(
    account_id: int, selected: Selection, *, only_work: bool = False, known: int | None = None
) -> SelectionCounts:
    """Counts in one query. only_work: how many there are in all and to take back is not asked, and said to be 0.

    known: how many there are in all, where that is known.
    """
    wanted = selected.wanted
    if selected.ids is None and known is None and wanted.run is None and not wanted.narrows:
        return SelectionCounts(*db.session.execute(_counting_a_list(account_id, wanted.tab, only_work)).one())
    selected = with_found(account_id, selected)
    if only_work and selected.ids is None and selected.wanted.run is None and selected.wanted.is_told:
        return _of_found(selected.wanted, known)
    return SelectionCounts(*db.session.execute(_counting(account_id, selected, only_work, known)).one())


def _of_found(wanted: OrderFilter, known: int | None) -> SelectionCounts:
    """Of what a search found, which tells it without another question."""
    found = wanted.work_found_in(wanted.tab)
    states_there = Counter(each.state for each in found)
    stopped = [each for each in found if each.problem_code is not None]
    return SelectionCounts(
        count=known or 0,
        to_accept=states_there[states.TO_ACCEPT],
        to_import=states_there[states.TO_IMPORT],
        stopped=sum(each.state == states.TO_IMPORT for each in stopped),
        retry=sum(each.problem_operation in RETRYABLE for each in stopped),
        to_take_back=0,
    )


def any_work(account_id: int, wanted: OrderFilter) -> SelectionCounts:
    """Whether there is anything to accept, to import and to retry of what a filter matches: 1 or 0 of each. The rest is
    not asked, and said to be 0. No more orders are looked at than it takes to know."""
    if wanted.run is None and not wanted.narrows:
        return SelectionCounts(*db.session.execute(_whether_in_a_list(account_id, wanted.tab)).one())
    selected = with_found(account_id, Selection(wanted))
    if wanted.run is None and selected.wanted.is_told:
        return _of_found(selected.wanted, None)
    return SelectionCounts(*db.session.execute(select(*_whether(account_id, selected))).one())


@lru_cache(maxsize=128)
def _whether_in_a_list(account_id: int, tab: str) -> Select[Any]:
    return select(*_whether(account_id, Selection(OrderFilter(tab))))


def _whether(account_id: int, selected: Selection) -> tuple[Any, ...]:
    none, there = literal(0), _states_there(selected)
    some = select(literal(1)).select_from(Order)
    accept, work = (
        _any(narrowed(some.where(tabs.condition(tab)), account_id, selected)) if tab in there else none
        for tab in (states.TO_ACCEPT, states.TO_IMPORT)
    )
    return none, accept, work, none, _retryable(account_id, selected), none


def _any(query: Select[int]) -> Any:
    return select(func.count()).select_from(query.limit(1).subquery()).scalar_subquery()


@lru_cache(maxsize=128)
def _counting_a_list(account_id: int, tab: str, only_work: bool) -> Select[Any]:
    """Of all orders of a list: put together once, which takes longer than the answer."""
    return _counting(account_id, Selection(OrderFilter(tab)), only_work, None)


def _counting(account_id: int, selected: Selection, only_work: bool, known: int | None) -> Select[Any]:
    if selected.ids is not None or not selected.wanted.is_free_of_problems:
        return select(*_columns(account_id, selected, only_work, known))
    of_all, of_the_others = (
        _columns(account_id, Selection(replace(selected.wanted, problem=problem)), only_work, None)
        for problem in ("", ANY_PROBLEM)
    )
    left = [one - other for one, other in zip(of_all, of_the_others, strict=True)]
    return select(left[0] if known is None else literal(known), *left[1:])


def _columns(account_id: int, selected: Selection, only_work: bool, known: int | None) -> tuple[Any, ...]:
    """What `SelectionCounts` counts, as columns."""
    return (
        _count(account_id, selected, None if not only_work else ()) if known is None else literal(known),
        _count(account_id, selected, (states.TO_ACCEPT,)),
        _count(account_id, selected, (states.TO_IMPORT,)),
        _stopped(account_id, selected),
        _retryable(account_id, selected),
        literal(0) if only_work else _to_take_back(account_id, selected),
    )


def _count(account_id: int, selected: Selection, of: Collection[str] | None, *more: ColumnElement[bool]) -> Any:
    """How many of the selected are in one of these states (None: in any), as a column. No row is read to find none."""
    if of is not None and not set(of) & set(_states_there(selected)):
        return literal(0)
    in_state = () if of is None else (Order.state.in_(of), tabs.NOT_YET)
    query = select(func.count()).select_from(Order).where(*in_state, *more)
    return narrowed(query, account_id, selected).scalar_subquery()


def _states_there(selected: Selection) -> Collection[str]:
    by_tab = selected.ids is None and selected.wanted.run is None
    return tabs.states_of(selected.wanted.tab) if by_tab else states.STATES


def _stopped(account_id: int, selected: Selection) -> Any:
    """How many of the selected that could be imported a problem stopped before, as a column."""
    if _needs_each(selected):
        return _count(account_id, selected, (states.TO_IMPORT,), listing.stopped(account_id))
    if states.TO_IMPORT not in _states_there(selected):
        return literal(0)
    return _count_stopped(account_id, selected, listing.asked_of_few(Order.state) == states.TO_IMPORT)


def _retryable(account_id: int, selected: Selection) -> Any:
    """How many of the selected were stopped in an operation that can be repeated, as a column."""
    if _needs_each(selected):
        few = aliased(Order, name="few")
        stopped = (few.problem_code.is_not(None), few.problem_operation.in_(RETRYABLE))
        return _count_of_few(few, stopped, account_id, selected)
    return _count_stopped(account_id, selected, Order.problem_operation.in_(RETRYABLE))


def _needs_each(selected: Selection) -> bool:
    """Whether an order has to be looked at to know that it is selected: a list is known by its states and dates."""
    return selected.ids is not None or selected.wanted.run is not None or bool(selected.wanted.search.strip())


def _count_stopped(account_id: int, selected: Selection, *more: ColumnElement[bool]) -> Any:
    """How many of a list a problem stops, as a column, by the index of what is stopped: asked for its state SQLite
    would read all orders that stand in it."""
    wanted = selected.wanted
    if wanted.problem == NO_PROBLEM:
        return literal(0)
    stopped = Selection(replace(wanted, problem=wanted.problem or ANY_PROBLEM))
    query = select(func.count()).select_from(Order).where(Order.problem_code.is_not(None), *more)
    return narrowed(query, account_id, stopped).scalar_subquery()


def _to_take_back(account_id: int, selected: Selection) -> Any:
    if states.ELSEWHERE not in _states_there(selected):
        return literal(0)
    left_out = literal_column(LEFT_OUT.replace("orders.", "few."), Boolean)  # as its index says it
    return _count_of_few(aliased(Order, name="few"), (left_out,), account_id, selected)


def _count_of_few(few: Any, are: Collection[ColumnElement[bool]], account_id: int, selected: Selection) -> Any:
    """How many of those few, which an index finds, are selected, as a column. Each is asked for by its id: SQLite would
    rather read all orders of the account, or all that stand in a state."""
    same = narrowed(select(literal(1)).select_from(Order).where(Order.id == few.id), account_id, selected)
    found = (few.account_id == account_id, *are, same.correlate(few).exists())
    return select(func.count()).select_from(few).where(*found).scalar_subquery()

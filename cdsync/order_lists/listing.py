"""Lists of orders as pages show them: tabs with counts, search, filters, sorting, pages of 50. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, func, literal, literal_column, or_, select, true, union_all
from sqlalchemy.orm import aliased

from cdsync.db import db, one_of
from cdsync.list_pages import page_of_ids
from cdsync.models import OPEN_RUN, Order, Run, RunOrder

from . import tabs
from .long_lists import with_a_pages_columns
from .order_filter import ANY_PROBLEM, NO_PROBLEM, OrderFilter, searched
from .standing import Standing, standing


def counts(account_id: int, wanted: OrderFilter, known: Standing | None = None) -> dict[str, int]:
    """How many orders stand in each tab, of those the rest of the filter leaves: one query after the search's, two for
    those without a problem. Where a tab lists only the newest (`lists_all`), how many of those.

    known: what `standing` says, where that is at hand.
    """
    if not wanted.narrows:
        return (known or standing(account_id)).tabs
    if wanted.is_free_of_problems:
        with_one = counts(account_id, replace(wanted, problem=ANY_PROBLEM))
        return {tab: count - with_one[tab] for tab, count in (known or standing(account_id)).tabs.items()}
    wanted = searched(account_id, wanted)
    if wanted.is_told:
        return {tab: len(wanted.found_in(tab)) for tab in tabs.TABS}
    mine, rest = _mine(account_id, wanted), _narrowing(account_id, wanted, tabs.ALL)
    state = asked_of_few(Order.state) if wanted.asks_for_a_problem else Order.state.expression
    by_state = select(state, func.count()).where(mine, *rest).group_by(state)
    parts = [select(literal(tabs.PROBLEMS), func.count()).where(mine, *rest, Order.problem_code.is_not(None))]
    own_dates = (tabs.IMPORTED, tabs.SHIPPED) if wanted.since or wanted.until else ()
    if own_dates:  # of the rest few have not ended, and those alone are read; all together are counted by the index
        by_state = by_state.where(tabs.NOT_YET)
        parts.append(select(literal(tabs.ALL), func.count()).where(mine, *rest))
    for tab in own_dates:
        rest = _narrowing(account_id, wanted, tab)
        parts.append(select(literal(f"{tab} then"), func.count()).where(mine, _stands_in(tab, wanted), *rest))
    counted: dict[str, int] = dict(db.session.execute(union_all(by_state, *parts)).all())
    found = {tab: sum(counted.get(state, 0) for state in tabs.states_of(tab)) for tab in tabs.TABS}
    found |= {tabs.PROBLEMS: counted[tabs.PROBLEMS], tabs.ALL: counted.get(tabs.ALL, found[tabs.ALL])}
    return found | {tab: counted[f"{tab} then"] for tab in own_dates}


def page(account_id: int, wanted: OrderFilter, total: int | None = None) -> Pagination:
    """The asked-for page of orders with their lines and shop orders; a page past the end is the last one.

    total: how many orders there are in all, where that is known; else they are counted. Few of many orders are found
    first and sorted then: SQLite would go through all orders as they are sorted, looking for them.
    """
    wanted = searched(account_id, wanted)
    matching = _found(account_id, wanted) if wanted.is_told else conditions(account_id, wanted)
    few = wanted.is_told or wanted.tab in tabs.WORK or wanted.asks_for_a_problem or _found_all(wanted)
    if total is None:
        total = db.session.scalar(select(func.count()).select_from(Order).where(*matching)) or 0

    def ids(offset: int, limit: int, from_the_end: bool) -> Select[int]:
        sorted_ids = _few_sorted if few else _sorted
        return sorted_ids(wanted, matching, from_the_end).offset(offset).limit(limit)

    def read(ids: Select[int]) -> list[Order]:
        query = select(Order).where(Order.id.in_(ids)).order_by(*sorting(wanted))
        return list(db.session.scalars(with_a_pages_columns(query)).unique())

    return page_of_ids(ids, read, wanted.page, total)


def find(account_id: int, ref: str) -> Order | None:
    """The order with that id or reference at the marketplace."""
    mine = select(Order).where(Order.account_id == account_id)
    return db.session.scalar(mine.where(Order.marketplace_ref == ref)) or db.session.scalar(
        mine.where(Order.reference == ref).limit(1)
    )


def accounts_with(ref: str) -> list[int]:
    """The accounts that have an order with that id; where none has, those with that reference."""
    for column in (Order.marketplace_ref, Order.reference):
        found = list(db.session.scalars(select(Order.account_id).where(column == ref).distinct()))
        if found:
            return found
    return []


def with_same_problem(order: Order) -> list[int]:
    """The other orders of the account that the same cause stops: same code and, where it has any, same data."""
    query = select(Order.id).where(
        Order.account_id == order.account_id, Order.id != order.id, Order.problem_code == order.problem_code
    )
    return list(db.session.scalars(query.where(Order.problem_data == order.problem_data).order_by(Order.id)))


def conditions(account_id: int, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    """Which orders match: in the tab and all that narrows it, or of the run watched."""
    wanted = searched(account_id, wanted)
    in_tab = [_stands_in(wanted.tab, wanted), *_narrowing(account_id, wanted, wanted.tab)]
    if wanted.run is None:
        return [_mine(account_id, wanted), *in_tab]
    of_run = Order.id.in_(_orders_of(wanted.run))
    return [Order.account_id == account_id, or_(and_(*in_tab), of_run)]


def _found(account_id: int, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    """The same, of very many that a search found only those that are listed."""
    ids = {each.id for each in wanted.found_in(wanted.tab)}
    if wanted.run is None:
        return [one_of(Order.id, ids)]
    return [Order.account_id == account_id, one_of(Order.id, ids.union(_orders_of(wanted.run)))]


def _stands_in(tab: str, wanted: OrderFilter) -> ColumnElement[bool]:
    if not wanted.asks_for_a_problem or tab in (tabs.PROBLEMS, tabs.ALL):
        return tabs.condition(tab)
    return asked_of_few(Order.state).in_(sorted(tabs.states_of(tab)))


def asked_of_few(column: Any) -> ColumnElement[Any]:
    """A state or a date, asked so that no index of it answers: few have a problem, and many stand in some state."""
    return func.coalesce(column, literal_column("NULL"))


def _found_all(wanted: OrderFilter) -> bool:
    return wanted.found is not None and wanted.found.others is None


def _mine(account_id: int, wanted: OrderFilter) -> ColumnElement[bool]:
    """That an order is the account's. What a search found is: asked for the account SQLite would read all it has."""
    return true() if _found_all(wanted) else Order.account_id == account_id


def stopped(account_id: int) -> ColumnElement[bool]:
    """Orders with a problem, found by the index of those: beside a state SQLite would read all that stand in it."""
    other = aliased(Order)
    return Order.id.in_(select(other.id).where(other.account_id == account_id, other.problem_code.is_not(None)))


def _orders_of(run_id: int) -> list[int]:
    """What a run was asked to do and what it did so far."""
    run = db.session.get(Run, run_id)
    if run is None:
        return []
    done = set(db.session.scalars(select(RunOrder.order_id).where(RunOrder.run_id == run_id)))
    return sorted(done | set(run.wanted or ()))


def _narrowing(account_id: int, wanted: OrderFilter, tab: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.found is not None:
        found.append(wanted.found.every)
    if wanted.problem == NO_PROBLEM:
        found.append(Order.problem_code.is_(None))
    elif wanted.problem:
        any_problem = wanted.problem == ANY_PROBLEM
        found.append(Order.problem_code.is_not(None) if any_problem else Order.problem_code == wanted.problem)
    date = asked_of_few(tabs.date_of(tab)) if wanted.asks_for_a_problem else tabs.date_of(tab)
    if wanted.since is not None:
        found.append(date >= wanted.since)
    if wanted.until is not None:
        found.append(date < wanted.until)
    return found


def sorting(wanted: OrderFilter, *, from_the_end: bool = False) -> list[ColumnElement[Any]]:
    """The columns the list is sorted by; `from_the_end`: the other way round."""
    return [tabs.way_of(term, first, from_the_end) for term, first in _sorted_by(wanted)]


def _sorted_by(wanted: OrderFilter) -> list[tuple[ColumnElement[Any], bool]]:
    known = "" if wanted.sort == tabs.BUYER and not wanted.buyers else wanted.sort
    return tabs.sorted_by(known or tabs.default_sort(wanted.tab), wanted.tab)


def _sorted(wanted: OrderFilter, matching: Sequence[ColumnElement[bool]], from_the_end: bool) -> Select[int]:
    return select(Order.id).where(*matching).order_by(*sorting(wanted, from_the_end=from_the_end))


def _few_sorted(wanted: OrderFilter, matching: Sequence[ColumnElement[bool]], from_the_end: bool) -> Select[int]:
    """Found first, by the index of what they are, and sorted then by what that index holds. The offset keeps SQLite
    from going through all orders as they are sorted, looking for them."""
    terms = _sorted_by(wanted)
    by = [term.label(f"by{place}") for place, (term, _first) in enumerate(terms)]
    found = select(Order.id, *by).where(*matching).offset(0).subquery()
    order = [tabs.way_of(found.c[f"by{place}"], first, from_the_end) for place, (_term, first) in enumerate(terms)]
    return select(found.c.id).order_by(*order)


def doing(account_id: int, order_ids: list[int], watched: int | None) -> dict[int, tuple[str, str]]:
    """(operation, outcome) by order id: what open runs and the one watched do or did with these orders.

    What is still wanted counts as pending.
    """
    runs = list(
        db.session.scalars(
            select(Run).where(Run.account_id == account_id, or_(OPEN_RUN, Run.id == watched)).order_by(Run.id)
        )
    )
    on_page = set(order_ids)
    found: dict[int, tuple[str, str]] = {}
    for run in runs:
        if run.open:
            found |= {order_id: (run.operation, "pending") for order_id in run.wanted or () if order_id in on_page}
        outcomes = select(RunOrder.order_id, RunOrder.outcome).where(
            RunOrder.run_id == run.id, RunOrder.order_id.in_(order_ids)
        )
        found |= {order_id: (run.operation, outcome) for order_id, outcome in db.session.execute(outcomes)}
    return found

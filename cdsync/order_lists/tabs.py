"""The lists a person works through, each a condition on orders: to accept, to import, waiting and so on. Pure SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, true

from cdsync import states
from cdsync.models import Order
from cdsync.models.order import NOT_IMPORTED

TO_ACCEPT, TO_IMPORT, WAITING, PROBLEMS = "to_accept", "to_import", "waiting", "problems"
IMPORTED, SHIPPED, ALL = "imported", "shipped", "all"
WORK = (TO_ACCEPT, TO_IMPORT, WAITING, PROBLEMS)  # what is still to do: a few of all orders
TABS = (TO_ACCEPT, TO_IMPORT, WAITING, PROBLEMS, IMPORTED, SHIPPED, ALL)

DEADLINE, NEWEST, OLDEST, DEAREST, CHEAPEST, BUYER = "deadline", "newest", "oldest", "dearest", "cheapest", "buyer"
SORTS = (DEADLINE, NEWEST, OLDEST, DEAREST, CHEAPEST, BUYER)
NOT_YET: ColumnElement[bool] = literal_column(NOT_IMPORTED)  # as its index says it: a Boolean would be "… = 1"


def condition(tab: str) -> ColumnElement[bool]:
    """Which orders stand in a list. One with a problem stands in `problems` and in the list of its state."""
    known: dict[str, ColumnElement[bool]] = {
        TO_ACCEPT: and_(Order.state == states.TO_ACCEPT, NOT_YET),
        TO_IMPORT: and_(Order.state == states.TO_IMPORT, NOT_YET),
        WAITING: and_(Order.state.in_(sorted(states.WAITING)), NOT_YET),
        PROBLEMS: Order.problem_code.is_not(None),
        IMPORTED: Order.state == states.IMPORTED,
        SHIPPED: Order.state == states.SHIPPED,
    }
    return known.get(tab, true())


def states_of(tab: str) -> frozenset[str]:
    """The states of the orders that stand in a list."""
    known = {WAITING: states.WAITING, PROBLEMS: frozenset(states.STATES), ALL: frozenset(states.STATES)}
    return frozenset(known.get(tab, {tab}))


def date_of(tab: str) -> ColumnElement[datetime | None]:
    """The time a list is filtered and sorted by: of import, of shipment, else of the purchase."""
    bought = (Order.purchased_at, Order.marketplace_created_at, Order.found_at)
    if tab in (IMPORTED, SHIPPED):  # what is imported and no more was not shipped yet
        return func.coalesce(Order.shipped_at, Order.imported_at, *bought)
    return func.coalesce(*bought)


def default_sort(tab: str) -> str:
    """Work to do: what is due first. Anything else: newest first."""
    return DEADLINE if tab in WORK else NEWEST


def way_of(term: ColumnElement[Any], greatest_first: bool, from_the_end: bool) -> ColumnElement[Any]:
    """A term to sort by, up or down."""
    return term.desc() if greatest_first != from_the_end else term


def sorted_by(sort: str, tab: str) -> list[tuple[ColumnElement[Any], bool]]:
    """What a list is sorted by, spelled as the indexes are (`cdsync.models.order`), each with whether the greatest is
    first. Ends with the id, so that pages never shift by chance."""
    due = case((Order.state == literal_column(f"'{states.TO_ACCEPT}'"), Order.accept_by), else_=Order.ship_by)
    no_total, no_buyer = Order.total.is_(None), Order.buyer_name == literal_column("''")
    known: dict[str, list[tuple[ColumnElement[Any], bool]]] = {
        DEADLINE: [(due.is_(None), False), (due, False)],
        NEWEST: [(date_of(tab), True)],
        OLDEST: [(date_of(tab), False)],
        DEAREST: [(no_total, False), (Order.total.expression, True)],
        CHEAPEST: [(no_total, False), (Order.total.expression, False)],
        BUYER: [(no_buyer, False), (func.lower(Order.buyer_name), False)],
    }
    return [*known.get(sort, known[NEWEST]), (Order.id.expression, sort != OLDEST)]

"""The lists a person works through, each a condition on orders: to accept, to import, waiting and so on. Pure SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, true

from cdsync import states
from cdsync.models import Order

TO_ACCEPT, TO_IMPORT, WAITING, PROBLEMS = "to_accept", "to_import", "waiting", "problems"
IMPORTED, SHIPPED, ALL = "imported", "shipped", "all"
TABS = (TO_ACCEPT, TO_IMPORT, WAITING, PROBLEMS, IMPORTED, SHIPPED, ALL)

DEADLINE, NEWEST, OLDEST, DEAREST, CHEAPEST, BUYER = "deadline", "newest", "oldest", "dearest", "cheapest", "buyer"
SORTS = (DEADLINE, NEWEST, OLDEST, DEAREST, CHEAPEST, BUYER)


def condition(tab: str) -> ColumnElement[bool]:
    """Which orders stand in a list. One with a problem stands in `problems` and in the list of its state."""
    known: dict[str, ColumnElement[bool]] = {
        TO_ACCEPT: Order.state == states.TO_ACCEPT,
        TO_IMPORT: Order.state == states.TO_IMPORT,
        WAITING: Order.state.in_(sorted(states.WAITING)),
        PROBLEMS: Order.problem_code.is_not(None),
        IMPORTED: Order.state == states.IMPORTED,
        SHIPPED: Order.state == states.SHIPPED,
    }
    return known.get(tab, true())


def date_of(tab: str) -> ColumnElement[datetime | None]:
    """The time a list is filtered and sorted by: of import, of shipment, else of the purchase."""
    bought: ColumnElement[datetime | None] = func.coalesce(
        Order.purchased_at, Order.marketplace_created_at, Order.found_at
    )
    if tab == IMPORTED:
        return func.coalesce(Order.imported_at, bought)
    return func.coalesce(Order.shipped_at, bought) if tab == SHIPPED else bought


def default_sort(tab: str) -> str:
    """Work to do: what is due first. Anything else: newest first."""
    return DEADLINE if tab in (TO_ACCEPT, TO_IMPORT, WAITING, PROBLEMS) else NEWEST


def order_by(sort: str, tab: str) -> list[ColumnElement[Any]]:
    """The columns to sort by; ends with the id, so that pages never shift by chance."""
    due = case((Order.state == states.TO_ACCEPT, Order.accept_by), else_=Order.ship_by)
    date = date_of(tab)
    known: dict[str, list[ColumnElement[Any]]] = {
        DEADLINE: [due.is_(None), due, date.desc()],
        NEWEST: [date.desc()],
        OLDEST: [date],
        DEAREST: [Order.total.is_(None), Order.total.desc()],
        CHEAPEST: [Order.total.is_(None), Order.total.asc()],
        BUYER: [Order.buyer_name == "", func.lower(Order.buyer_name)],
    }
    return [*known.get(sort, known[NEWEST]), Order.id.desc()]

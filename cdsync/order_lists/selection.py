"""The orders a person selected in a list, and which of them each action takes. Reads only, starts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, literal_column, select

from cdsync import states
from cdsync.db import db
from cdsync.models import Order
from cdsync.models.order import LEFT_OUT
from cdsync.orders import found_by_checks

from . import listing
from .order_filter import OrderFilter, searched

ACCEPT, REFUSE, IMPORT, RETRY = "accept", "refuse", "import", "retry"
IMPORT_READY = "import_ready"  # of those to import what no problem stops
LEAVE_OUT, TAKE_BACK = "leave_out", "take_back"  # done at once: no run, nothing outside cdsync
ACTIONS = (ACCEPT, REFUSE, IMPORT, IMPORT_READY, RETRY, LEAVE_OUT, TAKE_BACK)
_OPERATION = {REFUSE: ACCEPT, IMPORT_READY: IMPORT}
RETRYABLE = (
    "lookup",
    "accept",
    "import",
    "ship",
)  # operations: a problem may have stopped them, and they can be repeated


@dataclass(frozen=True)
class Selection:
    """Either the ids a person ticked, or (ids None) everything a filter matches."""

    wanted: OrderFilter
    ids: tuple[int, ...] | None = None


def ids_by_operation(account_id: int, selected: Selection, action: str) -> dict[str, list[int]]:
    """The ids an action takes, by operation: a retry may mean several operations. What is no run has its own name."""
    columns = (Order.id, Order.problem_operation, Order.problem_code)
    selected = with_found(account_id, selected)
    query = narrowed(select(*columns), account_id, selected).where(_takes(action))
    found: dict[str, list[int]] = {}
    for order_id, stopped, code in db.session.execute(query.order_by(*listing.sorting(selected.wanted))):
        operation = operation_to_retry(stopped, code) if action == RETRY else _OPERATION.get(action, action)
        found.setdefault(operation, []).append(order_id)
    return found


def operation_to_retry(operation: str | None, code: str) -> str:
    """The operation that tries an order again which this problem stopped in that operation.

    What the checks found before an acceptance is looked at again: to accept is a decision of its own, for the
    marketplace binds the seller to it, and no retry takes it.
    """
    if operation not in RETRYABLE or (operation == "accept" and found_by_checks(code)):
        return "lookup"
    return operation


def of_ids(order_ids: Sequence[int], wanted: OrderFilter) -> Selection:
    """These orders, in the list's order."""
    return Selection(wanted, tuple(dict.fromkeys(order_ids)))


def _takes(action: str) -> ColumnElement[bool]:
    if action in (ACCEPT, REFUSE):
        return Order.state == states.TO_ACCEPT
    if action in (IMPORT, LEAVE_OUT):
        return Order.state == states.TO_IMPORT
    if action == IMPORT_READY:
        return and_(Order.state == states.TO_IMPORT, Order.problem_code.is_(None))
    if action == TAKE_BACK:
        return literal_column(LEFT_OUT, Boolean)  # as its index says it
    return and_(Order.problem_code.is_not(None), Order.problem_operation.in_(RETRYABLE))


def with_found(account_id: int, selected: Selection) -> Selection:
    """The same with what its search finds, where that decides."""
    if selected.ids is not None:
        return selected
    return replace(selected, wanted=searched(account_id, selected.wanted))


def narrowed(query: Any, account_id: int, selected: Selection) -> Any:
    """A query of orders, of those that are selected."""
    if selected.ids is not None:
        return query.where(Order.account_id == account_id, Order.id.in_(selected.ids))
    return query.where(*listing.conditions(account_id, selected.wanted))

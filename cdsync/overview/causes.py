"""One cause, many orders: the problems of an account grouped by what caused them. Read only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Text, func, select, type_coerce
from sqlalchemy.orm import Session

from ..db import db
from ..models import Order
from ..order_lists.long_lists import in_portions
from ..orders import needs_a_person

T = TypeVar("T")
SHOWN = 6  # orders named on the page; the list shows all
_DATA = type_coerce(Order.problem_data, Text)
LOOKED_THROUGH = 200  # of a cause, the longest stopped first, for those to name


@dataclass
class Variant:
    """The same cause with the same data: one carrier, one SKU, one status. There may be thousands."""

    written: str  # the data, as it is kept
    count: int
    refs: list[str] = field(default_factory=list)

    @cached_property
    def data(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.written or "{}")
        return found


@dataclass
class Cause:
    """All orders stopped by one code in one operation."""

    code: str
    operation: str
    kind: str
    count: int = 0
    since: datetime | None = None
    next_try_at: datetime | None = None
    attempts: int = 0
    needs_a_person: bool = False  # some of its orders are no longer left to time
    variants: list[Variant] = field(default_factory=list)


def causes(account_id: int) -> list[Cause]:
    """Every cause, the one that stops most orders first; its variants likewise."""
    rows: Any = db.session.execute(
        select(
            Order.problem_code,
            Order.problem_operation,
            Order.problem_kind,
            _DATA,
            func.count(),
            func.min(Order.problem_since),
            func.min(Order.next_try_at),
            func.max(Order.attempts),
        )
        .where(Order.account_id == account_id, Order.problem_code.is_not(None))
        .group_by(Order.problem_code, Order.problem_operation, Order.problem_kind, _DATA)
    )
    found: dict[tuple[str, str], Cause] = {}
    for code, operation, kind, data, count, since, next_try, attempts in rows:
        cause = found.setdefault((code, operation or ""), Cause(code, operation or "", kind or ""))
        cause.count += count
        cause.since = _earliest(cause.since, since)
        cause.next_try_at = _earliest(cause.next_try_at, next_try)
        cause.attempts = max(cause.attempts, attempts or 0)
        cause.variants.append(variant := Variant(data or "", count))
        cause.needs_a_person = cause.needs_a_person or needs_a_person(kind, variant.data, since)
    for cause in found.values():
        cause.variants.sort(key=lambda variant: (-variant.count, variant.written))
    _name_orders(account_id, found)
    return sorted(found.values(), key=lambda cause: (-cause.count, cause.code, cause.operation))


def orders_of(account_id: int, code: str, operation: str) -> list[Order]:
    """The orders a cause stops, longest stopped first."""
    return list(
        db.session.scalars(
            select(Order)
            .where(
                Order.account_id == account_id,
                Order.problem_code == code,
                func.coalesce(Order.problem_operation, "") == operation,
            )
            .order_by(Order.problem_since, Order.id)
        )
    )


def all_orders(account_id: int, told: Callable[[Order], T]) -> Iterator[T]:
    """What is told of every order with a problem, cause by cause: what the CSV holds."""
    stopped = (Order.account_id == account_id, Order.problem_code.is_not(None))
    ids = select(Order.id).where(*stopped).order_by(Order.problem_code, Order.problem_since, Order.id)

    def read(session: Session, part: Sequence[int]) -> list[T]:
        query = select(Order).where(Order.id.in_(part))
        found = {order.id: order for order in session.scalars(query)}
        return [told(found[each]) for each in part if each in found]

    return in_portions(ids, read)


def _name_orders(account_id: int, found: Mapping[tuple[str, str], Cause]) -> None:
    """Fills in the first few order numbers of each variant shown."""
    operation = func.coalesce(Order.problem_operation, "")
    cause, oldest = (Order.problem_code, operation), (Order.problem_since, Order.id)
    stopped = (
        select(
            *cause,
            Order.id,
            Order.problem_since,
            func.row_number().over(partition_by=cause, order_by=oldest).label("n"),
        )
        .where(Order.account_id == account_id, Order.problem_code.is_not(None))
        .subquery()
    )
    named = select(Order.marketplace_ref, _DATA, *cause).join(stopped, stopped.c.id == Order.id)
    every = [((*key, each.written), each) for key, cause in found.items() for each in cause.variants]
    variants = dict(reversed(every))  # the first of those that differ in kind only
    for ref, data, code, of in db.session.execute(named.where(stopped.c.n <= LOOKED_THROUGH).order_by(stopped.c.n)):
        variant = variants.get((code or "", of, data or ""))
        if variant and len(variant.refs) < SHOWN:
            variant.refs.append(ref)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)

"""Orders per day for the dashboard's chart: found, imported, stopped by a problem. Read only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import case, distinct, func, literal_column, select

from ..db import db, now
from ..models import Order, OrderEvent


@dataclass(frozen=True)
class Day:
    """Counts of one calendar day in the reader's time zone."""

    day: date
    found: int
    imported: int
    problems: int  # orders that met a problem that day, solved since or not


def days(account_id: int, count: int, zone: tzinfo) -> list[Day]:
    """The last `count` days up to today, oldest first; days without orders are there with zeros."""
    today = now().astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    starts = [datetime.combine(day, time(), zone).astimezone(UTC) for day in dates]
    mine = Order.account_id == account_id
    found = _per_day(Order.found_at, func.count(), starts, mine)
    imported = _per_day(Order.imported_at, func.count(), starts, mine)
    problems = _per_day(
        OrderEvent.at,
        func.count(distinct(OrderEvent.order_id)),
        starts,
        OrderEvent.kind == literal_column("'problem.raised'"),  # as its index says it
        select(Order.id).where(mine, Order.id == OrderEvent.order_id).exists(),
    )
    return [
        Day(day, found.get(place, 0), imported.get(place, 0), problems.get(place, 0)) for place, day in enumerate(dates)
    ]


def _per_day(moment: Any, count: Any, starts: list[datetime], *conditions: Any) -> dict[int, int]:
    """`count` of what falls into each day, by its place in `starts`.

    The days are spelled out because SQLite knows no time zones and a day may have 23 or 25 hours.
    """
    place = case(*((moment < end, index) for index, end in enumerate(starts[1:])), else_=len(starts) - 1).label("place")
    rows = db.session.execute(select(place, count).where(moment >= starts[0], *conditions).group_by(place))
    return {int(index): count for index, count in rows}

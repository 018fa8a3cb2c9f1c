"""Orders per day for the dashboard's chart: found, imported, stopped by a problem. Read only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from sqlalchemy import Integer, TextualSelect, bindparam, column, text

from ..column_types import UtcTime
from ..db import db, now


@dataclass(frozen=True)
class Day:
    """Counts of one calendar day in the reader's time zone."""

    day: date
    found: int
    imported: int
    problems: int  # orders that met a problem that day, solved since or not


def days(account_id: int, count: int, zone: tzinfo) -> list[Day]:
    """The last `count` days up to today, oldest first; days without orders are there with zeros. One query."""
    today = now().astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    starts = [datetime.combine(day, time(), zone).astimezone(UTC) for day in dates]
    moments = {f"at{place}": at for place, at in enumerate([*starts, _NEVER])}
    rows = db.session.execute(_per_day(count), {"account": account_id, **moments})
    return [Day(day, row.found, row.imported, row.problems) for day, row in zip(dates, rows, strict=True)]


_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4)
def _per_day(count: int) -> TextualSelect:
    """What each of so many days counts, oldest first: its part of an index, and no order outside those days.

    The days are spelled out because SQLite knows no time zones and a day may have 23 or 25 hours.
    """
    spelled = " UNION ALL ".join(f"SELECT {place}, :at{place}, :at{place + 1}" for place in range(count))
    query = text(_COUNTED.format(days=spelled))
    query = query.bindparams(*(bindparam(f"at{place}", type_=UtcTime) for place in range(count + 1)))
    return query.columns(column("found", Integer), column("imported", Integer), column("problems", Integer))


_COUNTED = """
WITH days (place, begins, ends) AS ({days})
SELECT
  (SELECT count(*) FROM orders WHERE account_id = :account AND found_at >= begins AND found_at < ends) AS found,
  (SELECT count(*) FROM orders WHERE account_id = :account AND imported_at >= begins AND imported_at < ends)
    AS imported,
  (SELECT count(DISTINCT order_id) FROM order_events WHERE kind = 'problem.raised' AND at >= begins AND at < ends
    AND EXISTS (SELECT 1 FROM orders WHERE id = order_id AND account_id = :account)) AS problems
FROM days ORDER BY place
"""

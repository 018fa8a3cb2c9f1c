"""From when on the marketplace's orders are read: the chosen days before the last lookup, so that a pause is no gap."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from cdsync import runs
from cdsync.bookkeeping import list_readings
from cdsync.db import now, reading
from cdsync.models import Run

from ..shared.context import RunContext

OVERLAP = timedelta(hours=2)
LONGEST = timedelta(days=92)  # a marketplace that was connected long ago is not read from its beginning


def window_start(context: RunContext, at_least_days: int = 0) -> datetime:
    """The chosen number of days, and the overlap, before the last lookup; before now when there was none.

    Counted from now, orders that came while cdsync was off for longer than the days would never be seen. Counted from
    the last lookup alone, one that the marketplace lists late would be missed after a pause, though not otherwise.
    """
    days = timedelta(days=max(context.orders_settings.lookback_days, at_least_days))
    moment = now()
    last = min(last_lookup(context) or moment, moment)  # a clock that was put back must not skip what comes
    return max(last, moment - LONGEST) - days - OVERLAP


def short_window_start(context: RunContext) -> datetime:
    """The overlap before the last lookup, whichever that was: for one that is to see what came since.

    What the marketplace lists late is the business of the lookups with the whole window, which are not counted from
    this one.
    """
    last = _newest(context)
    start = window_start(context)
    return start if last is None else max(start, min(last, now()) - OVERLAP)


def last_lookup(context: RunContext) -> datetime | None:
    """When the last lookup that read the whole window began, or the one that it went on with."""
    began = _newest(context, Run.trigger != runs.ARRIVAL)
    read = list_readings.last_whole(context.account_id)
    return began if began is None or read is None else min(began, read)


def _newest(context: RunContext, *more: ColumnElement[bool]) -> datetime | None:
    """When the last lookup began that came to its end."""
    mine = (Run.account_id == context.account_id, Run.operation == "lookup")
    whole = (Run.state == runs.FINISHED, Run.wanted.is_(None), *more)
    with reading() as session:
        query = select(Run.started_at).where(*mine, *whole).order_by(Run.id.desc()).limit(1)
        return session.scalar(query)

"""From when on the marketplace's orders are read: the chosen days back, and as far as the last lookup after a pause."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from cdsync import runs
from cdsync.db import now, reading
from cdsync.models import Run

from .context import RunContext

OVERLAP = timedelta(hours=2)
LONGEST = timedelta(days=92)  # a marketplace that was connected long ago is not read from its beginning


def window_start(context: RunContext, at_least_days: int = 0) -> datetime:
    """The chosen number of days ago or the last lookup, whichever is earlier, and the overlap.

    Were it the days alone, orders that came while cdsync was off for longer would never be seen.
    """
    start = now() - timedelta(days=max(context.orders_settings.lookback_days, at_least_days))
    last = last_lookup(context)
    if last is not None:
        start = max(min(start, last), now() - LONGEST)
    return start - OVERLAP


def last_lookup(context: RunContext) -> datetime | None:
    """When the last lookup that read the whole window began."""
    mine = (Run.account_id == context.account_id, Run.operation == "lookup")
    whole = (Run.state == runs.FINISHED, Run.wanted.is_(None))
    with reading() as session:
        return session.scalar(select(Run.started_at).where(*mine, *whole).order_by(Run.id.desc()).limit(1))

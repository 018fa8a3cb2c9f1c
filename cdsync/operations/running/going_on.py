"""What follows a lookup at once: orders that it brought to be accepted or imported do not wait for their own schedule.

Only what runs by itself at least hourly follows; who chose a time of the day meant it.
"""

from __future__ import annotations

from sqlalchemy import select

from cdsync import runs, settings, states
from cdsync.db import reading
from cdsync.models import Account, Order, Run
from cdsync.runs import timetable

from .asking import start_for_arrivals

FOLLOWS = {states.TO_ACCEPT: "accept", states.TO_IMPORT: "import"}
AFTER_LOOKUPS = frozenset({runs.SCHEDULER, runs.ARRIVAL})  # a person, or cron, goes on in their own time


def start_what_follows(run: Run) -> list[int]:
    """The runs that were started because of the orders that became ready while this one ran.

    After a lookup that nobody waits for; and after any import, during which a lookup could start none.
    """
    follows = run.operation == "import" or (run.operation == "lookup" and run.trigger in AFTER_LOOKUPS)
    if run.state != runs.FINISHED or not follows:
        return []
    with reading() as session:
        chosen = settings.schedule(session.get_one(Account, run.account_id))
    wanted = [
        operation
        for state, operation in FOLLOWS.items()
        if timetable.is_often(chosen[operation]) and (run.operation, operation) != ("import", "accept")
        if _became(run, state)
    ]
    started = [start_for_arrivals(run.account_id, operation) for operation in wanted]
    return [run_id for run_id in started if run_id is not None]


def _became(run: Run, state: str) -> bool:
    """Whether an order has come into this state since, and nothing stops it there."""
    ready = (Order.status_known.is_(True), Order.problem_code.is_(None), Order.claim_owner.is_(None))
    mine = (Order.account_id == run.account_id, Order.state == state, Order.state_since >= run.started_at)
    with reading() as session:
        return session.scalar(select(Order.id).where(*mine, *ready).limit(1)) is not None

"""What does not move although it should: runs without an answer, runs nobody takes, lookups that do not succeed.

Read only. A run is judged against its account's time limit: every request is over by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from ..db import db, now
from ..error_catalogue import entry_of
from ..models import OPEN_RUN, Account, Exchange, Heartbeat, Run
from ..runs import QUEUED, RUNNING, heartbeats, queue
from ..runs.timetable import next_times

LIMITS = 1.5  # time limits without an answer after which it is said
DEFAULT_LIMIT = 60.0
QUEUED_FOR_LONG = timedelta(minutes=5)
LOOKUPS = 2  # times of the schedule that may pass without a lookup that succeeds, and an hour more
WITHOUT_SCHEDULE = timedelta(hours=24)  # cron or a person looks up


@dataclass(frozen=True)
class WaitingRun:
    """What has waited the longest for a worker: a queued run, or (`run_id` None) a time of the schedule."""

    operation: str
    since: datetime
    run_id: int | None = None

    @property
    def is_long(self) -> bool:
        return now() - self.since > QUEUED_FOR_LONG


def under_way(account_id: int) -> list[Run]:
    """The runs that somebody works on now."""
    works = select(Run).where(Run.account_id == account_id, OPEN_RUN, Run.state == RUNNING)
    return list(db.session.scalars(works.order_by(Run.id)))


def no_answer_since(run: Run, account: Account) -> datetime | None:
    """Since when a run that is under way has got no further, aware UTC; None while it does."""
    if run.state != RUNNING or not run.open:
        return None
    last = run.progressed_at or run.started_at
    limit = timedelta(seconds=LIMITS * _time_limit(account))
    return last if last is not None and now() - last > limit else None


def side_silent_since(run: Run) -> datetime | None:
    """When the side last answered anything, without whose answer a run ended; None for other ends, and for never."""
    ended_by = entry_of(run.error_code)
    if not ended_by.no_answer:
        return None
    answered = (Exchange.account_id == run.account_id, Exchange.side == ended_by.side, Exchange.status.is_not(None))
    return db.session.scalar(select(Exchange.at).where(*answered).order_by(Exchange.id.desc()).limit(1))


def longest_waiting(
    account_id: int, runs: Iterable[Run] | None = None, schedulers: Iterable[Heartbeat] | None = None
) -> WaitingRun | None:
    """What of an account waits the longest; for times of the schedule as of the scheduler's last sign of life.

    runs: its open ones, schedulers: their signs of life, where they are at hand.
    """
    if runs is None:
        runs = db.session.scalars(select(Run).where(Run.account_id == account_id, OPEN_RUN, Run.state == QUEUED))
    found = [WaitingRun(run.operation, run.queued_at, run.id) for run in runs if run.state == QUEUED]
    for beat in heartbeats.alive("scheduler") if schedulers is None else schedulers:
        for name, since in (beat.detail or {}).get("waits", {}).items():
            whose = queue.owner_of(name)
            if whose is not None and whose[0] == account_id:
                found.append(WaitingRun(whose[1], datetime.fromisoformat(since)))
    return min(found, key=lambda each: each.since, default=None)


def looked_up_at(account_id: int) -> datetime | None:
    """When the last lookup that succeeded ended, aware UTC; None where none ever did."""
    well = (Run.account_id == account_id, Run.operation == "lookup", Run.state == "finished")
    return db.session.scalar(select(Run.finished_at).where(*well).order_by(Run.id.desc()).limit(1))


def no_lookup_since(account: Account, schedule: Mapping[str, str | None], last: datetime | None) -> datetime | None:
    """When the last lookup succeeded, if that is longer ago than the schedule explains; None where all is well.

    An account whose first lookup never succeeded counts from that one's beginning; without any, nothing is late.
    last: as `looked_up_at`.
    """
    lookups = (Run.account_id == account.id, Run.operation == "lookup")
    since = last or db.session.scalar(select(func.min(Run.queued_at)).where(*lookups))
    return since if since is not None and now() - since > _patience(schedule.get("lookup")) else None


def _patience(expression: str | None) -> timedelta:
    times = next_times(expression, 2)
    return LOOKUPS * (times[1] - times[0]) + timedelta(hours=1) if len(times) == 2 else WITHOUT_SCHEDULE


def _time_limit(account: Account) -> float:
    """Seconds; whatever else may be wrong with the account's settings."""
    chosen = account.settings.get("shop", {}).get("timeout_seconds")
    return float(chosen) if isinstance(chosen, int | float) and chosen > 0 else DEFAULT_LIMIT

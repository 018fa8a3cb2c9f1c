"""Throws away what is old enough, some hundred rows at a time: each portion a short commit, with a rest after it.

Whoever works meanwhile waits for one portion at most. A stop, a kill or a locked database costs nothing: what is left
is the first thing the next time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from cdsync import accounts, settings
from cdsync.db import now, reading, transaction
from cdsync.models import Heartbeat
from cdsync.runs import heartbeats

from .kinds import KINDS, Ages, Kind

ROWS = 500  # gone through at once, and thrown away in one commit at most
REST = 0.05  # seconds between two portions; more where one takes longer
WITHIN = timedelta(minutes=30)  # of a night; what is left has the next one
BEAT = "tidying"  # what went the last time is kept as this sign of life
log = logging.getLogger(__name__)


def tidy(stopping: Callable[[], bool] = lambda: False, *, rest: float = REST) -> dict[str, int]:
    """How many rows went, by the name of their kind, those of every account. Ends early when it is to stop.

    Raises TemporaryError("database.locked"); what went until then has gone.
    """
    until = now() + WITHIN
    gone: dict[str, int] = {}
    for kind in KINDS:
        gone[kind.name] = _tidied(kind, _ages(kind), lambda: stopping() or now() > until, rest)
    heartbeats.beat(BEAT, **gone)
    log.info("thrown away: %s", in_words(gone))
    return gone


def last() -> tuple[datetime, dict[str, int]] | None:
    """When it was done the last time, aware UTC, and how many rows went then; None where it never was."""
    with reading() as session:
        beat = session.get(Heartbeat, BEAT)
        return None if beat is None else (beat.at, dict(beat.detail))


def in_words(gone: Mapping[str, int]) -> str:
    """ "12 requests, 3 runs"; of what nothing went is not told."""
    return ", ".join(f"{count} {name}" for name, count in gone.items() if count) or "nothing was old enough"


def _ages(kind: Kind) -> Ages:
    """By account: what is older goes. An account whose age is 0 keeps all."""
    days = {each.id: settings.kept_days(each)[kind.age.name] for each in accounts.every()}
    return {account_id: now() - timedelta(days=number) for account_id, number in days.items() if number}


def _tidied(kind: Kind, ages: Ages, stopping: Callable[[], bool], rest: float) -> int:
    """Goes through the rows from the oldest on, up to where they are too young for every account."""
    after: int | None = 0 if ages else None
    gone = 0
    while after is not None and not stopping():
        began = time.monotonic()
        after, count = _portion(kind, ages, after)
        gone += count
        if after is not None and rest:
            time.sleep(max(rest, time.monotonic() - began))
    return gone


def _portion(kind: Kind, ages: Ages, after: int) -> tuple[int | None, int]:
    """Where the next one begins, None where there is none, and how many rows went."""
    portion, gone = kind.portion(after, ages, ROWS), 0
    with reading() as session:
        rows = [tuple(row) for row in session.execute(portion)]
    going = [key for key, _, goes in rows if goes]
    if going:
        key, _, goes = portion.subquery().c
        still = select(key).where(key.in_(going), goes)  # asked once more: an order may have been taken up meanwhile
        thrown = delete(kind.model).where(kind.key.in_(still)).returning(kind.key)
        with transaction() as session:
            gone = len(session.scalars(thrown.execution_options(synchronize_session=False)).all())
    more = len(rows) == ROWS and any(at < max(ages.values()) for _, at, _ in rows)
    return (rows[-1][0] if more else None), gone

"""Which queues have to wait so that no account keeps the workers from the others. Knows no RQ and no Redis.

A run that goes on for long, or whose last one did, gets what is meant for such: as many workers together as there are
by default, and of one account at most one that reads and two that write. All others never wait for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cdsync.db import now, reading
from cdsync.models import OPEN_RUN, Run

LONG = 20.0  # seconds: most runs take a second or two, one that waits for a silent shop its time limit
READING = frozenset({"lookup", "reconcile"})
MOST_READING, MOST_WRITING = 1, 2  # a lookup never holds up an import, and an import no shipment
Whose = tuple[int, str]  # the account's id, and the operation


@dataclass(frozen=True)
class UnderWay:
    """A run that a worker is busy with, and for how long by now."""

    account_id: int
    operation: str
    seconds: float


def under_way() -> list[UnderWay]:
    """The runs that workers are busy with, on whatever machine."""
    with reading() as session:
        busy = (OPEN_RUN, Run.state == "running", Run.started_at.is_not(None))
        rows = session.execute(select(Run.account_id, Run.operation, Run.started_at).where(*busy)).all()
    return [UnderWay(row.account_id, row.operation, (now() - row.started_at).total_seconds()) for row in rows]


def held_back(
    queues: Iterable[Whose], busy: Sequence[UnderWay], lately_long: Collection[Whose], most: int
) -> set[Whose]:
    """The queues that nothing is taken from now.

    lately_long: those whose last run was long. most: how many long runs may be under way at once, of all accounts.
    """
    long = [run for run in busy if run.seconds >= LONG or (run.account_id, run.operation) in lately_long]
    slow = {run.account_id for run in long}
    return {
        (account_id, operation)
        for account_id, operation in queues
        if (account_id in slow or (account_id, operation) in lately_long)
        and (len(long) >= most or _has_its_share(account_id, operation, long))
    }


def _has_its_share(account_id: int, operation: str, long: Sequence[UnderWay]) -> bool:
    reads = operation in READING
    of_the_kind = [run for run in long if run.account_id == account_id and (run.operation in READING) == reads]
    return len(of_the_kind) >= (MOST_READING if reads else MOST_WRITING)

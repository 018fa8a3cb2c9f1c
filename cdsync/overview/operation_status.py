"""How each operation stands: its last run, the open one, the next by schedule; who is alive. Read only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ..db import db
from ..models import Run
from ..orders import WAITS_AT_MOST
from ..runs.lists import open_and_last_ended
from ..runs.timetable import next_times


@dataclass(frozen=True)
class OperationStatus:
    """One operation: `last` is its last run that ended, `current` the open one."""

    operation: str
    schedule: str | None
    last: Run | None
    current: Run | None
    next_at: datetime | None  # by schedule, aware UTC; None when it is off


def operation_statuses(
    account_id: int, schedule: Mapping[str, str | None], operations: tuple[str, ...]
) -> list[OperationStatus]:
    """The operations in their order: one query."""
    found = open_and_last_ended(account_id, operations)
    last = {run.operation: run for run in found if not run.open}
    current = {run.operation: run for run in found if run.open}
    return [
        OperationStatus(
            operation,
            schedule.get(operation),
            last.get(operation),
            current.get(operation),
            next(iter(next_times(schedule.get(operation))), None),
        )
        for operation in operations
    ]


def keeps_failing(run: Run) -> bool:
    """Whether the operation had not got to its end for so long, when this run failed, that waiting is no advice."""
    mine = (Run.account_id == run.account_id, Run.operation == run.operation, Run.open.is_(False))
    well = select(Run.id).where(*mine, Run.id < run.id, Run.state == "finished").order_by(Run.id.desc()).limit(1)
    last_well = db.session.scalar(well) or 0
    first = db.session.scalar(select(func.min(Run.queued_at)).where(*mine, Run.id > last_well))
    ended = run.finished_at or run.queued_at
    return run.state == "failed" and first is not None and ended - first > WAITS_AT_MOST

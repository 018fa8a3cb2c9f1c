"""The life of a run: opened, queued, taken, kept alive, closed; its timetable, its queue, its lists."""

from .holding import LEASE_SECONDS, is_lost_in, is_ours, keep_alive, owner_token, progress, stop_requested, take
from .open_and_close import (
    QUEUED_LEASE,
    TAKEN_AT_ONCE,
    RunOpenError,
    close,
    close_lost,
    close_vanished,
    find,
    give_up,
    request_stop,
    start,
)
from .outcomes import put_all, put_outcome, put_outcomes, put_pending, report
from .states import ARRIVAL, BY_ITSELF, FAILED, FINISHED, LOST, QUEUED, RUNNING, SCHEDULER, STOPPED, TAKEN_WITHIN

__all__ = [
    "ARRIVAL",
    "BY_ITSELF",
    "FAILED",
    "FINISHED",
    "LEASE_SECONDS",
    "LOST",
    "QUEUED",
    "QUEUED_LEASE",
    "RUNNING",
    "SCHEDULER",
    "STOPPED",
    "TAKEN_AT_ONCE",
    "TAKEN_WITHIN",
    "RunOpenError",
    "close",
    "close_lost",
    "close_vanished",
    "find",
    "give_up",
    "is_lost_in",
    "is_ours",
    "keep_alive",
    "owner_token",
    "progress",
    "put_all",
    "put_outcome",
    "put_outcomes",
    "put_pending",
    "report",
    "request_stop",
    "start",
    "stop_requested",
    "take",
]

"""The five operations, each a recipe over both sides, and the runner that carries them out.

No page, no queue, no RQ: `start_and_enqueue` hands a run to `cdsync.runs.queue`, which knows RQ. What only the
scheduler and workers need (`running.asking`, `running.going_on`) is imported there: cron need not load it.
"""

from cdsync.settings import OPERATIONS

from .running.resting_checks import resting_side
from .running.resume_lost import resume_lost_runs
from .running.starting import IMPORT_AGAIN, close_vanished, start, start_and_enqueue

__all__ = [
    "IMPORT_AGAIN",
    "OPERATIONS",
    "close_vanished",
    "resting_side",
    "resume_lost_runs",
    "start",
    "start_and_enqueue",
]

"""The five operations, each a recipe over both sides, and the runner that carries them out.

No page, no queue, no RQ: `start_and_enqueue` hands a run to `cdsync.runs.queue`, which knows RQ.
"""

from cdsync.settings import OPERATIONS

from .starting import IMPORT_AGAIN, close_vanished, start, start_and_enqueue
from .taking_up import take_up
from .waking import asleep

__all__ = ["IMPORT_AGAIN", "OPERATIONS", "asleep", "close_vanished", "start", "start_and_enqueue", "take_up"]

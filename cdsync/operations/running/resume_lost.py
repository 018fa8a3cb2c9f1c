"""Takes up again what a killed or hanging run left: closes it as lost and starts another one. Does no operation's work.

Asked by the scheduler and by each worker, every few seconds. What the lost run was at is looked for before anything is
sent (journal), whoever goes on.
"""

from __future__ import annotations

import logging

from cdsync import resting, runs
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.models import Account
from cdsync.runs import left_undone, queue

from .starting import start_and_enqueue

log = logging.getLogger(__name__)


def resume_lost_runs() -> list[int]:
    """The runs that were started for it. Without Redis none, now: lost ones are closed all the same."""
    runs.close_lost()
    try:
        waiting = queue.waiting_runs()
    except ConfigError as error:
        log.info("what lost runs left is not taken up yet: %s", error.code)
        return []
    runs.close_vanished(waiting)
    started = [_started(left) for left in left_undone.left_behind()]
    return [run_id for run_id in started if run_id is not None]


def _started(left: left_undone.Left) -> int | None:
    if resting.needed(left.account_id, left.operation):
        return None  # it waits for a key that works, as the schedule does
    try:
        run = start_and_enqueue(
            db.session.get_one(Account, left.account_id),
            left.operation,
            trigger=left.trigger,
            actor=left.actor,
            order_ids=left.order_ids,
            options=left.options,
        )
    except ConfigError as error:  # another process was faster, or Redis went away a moment ago
        log.info("what run %s left is not taken up now: %s", left.run_id, error.code)
        return None
    log.warning("run %s takes up what run %s left", run.id, left.run_id)
    return run.id

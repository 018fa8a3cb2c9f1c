"""Opens a run and hands it to the queue; a run that cannot be queued is closed again. Does no operation's work.

A queued run whose job is gone from the queue stands in the way of its operation: it is closed when that is noticed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from cdsync import runs
from cdsync.errors import ConfigError
from cdsync.models import Account, Run
from cdsync.runs import queue
from cdsync.settings import OPERATIONS

IMPORT_AGAIN = "anew"  # option of an import: shop orders that are gone are made anew, of the chosen orders only
log = logging.getLogger(__name__)


def start_and_enqueue(
    account: Account,
    operation: str,
    *,
    trigger: str,
    actor: str = "",
    order_ids: Sequence[int] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Run:
    """Opens a run, commits, then enqueues it. Arguments and errors as `runs.start`; also ConfigError("redis.away")."""
    if operation not in OPERATIONS:
        raise ValueError(f"not an operation: {operation!r}")
    run = start(account, operation, trigger=trigger, actor=actor, order_ids=order_ids, options=options)
    try:
        queue.enqueue(run)
    except ConfigError as exc:
        runs.close(run.id, run.owner, runs.FAILED, exc)
        raise
    return run


def start(account: Account, operation: str, **how: Any) -> Run:
    """`runs.start` with its arguments and errors; a run in the way whose job is gone from the queue does not count."""
    try:
        return runs.start(account, operation, **how)
    except runs.RunOpenError:
        if not close_vanished():
            raise
    return runs.start(account, operation, **how)


def close_vanished() -> int:
    """Closes queued runs that no worker is ever going to take; how many. Without Redis nobody can tell: none."""
    try:
        waiting = queue.waiting_runs()
    except ConfigError as error:
        log.info("whether a queued run is lost cannot be told: %s", error.code)
        return 0
    return runs.close_vanished(waiting)

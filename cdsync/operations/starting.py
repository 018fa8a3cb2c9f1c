"""Opens a run and hands it to the queue; a run that cannot be queued is closed again. Does no operation's work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cdsync import queue, runs
from cdsync.errors import ConfigError
from cdsync.models import Account, Run

OPERATIONS = ("lookup", "accept", "import", "ship", "reconcile")


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
    run = runs.start(account, operation, trigger=trigger, actor=actor, order_ids=order_ids, options=options)
    try:
        queue.enqueue(run)
    except ConfigError as exc:
        runs.close(run.id, run.owner, runs.FAILED, exc)
        raise
    return run

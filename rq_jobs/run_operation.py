"""The job of every operation: lookup, accept, import, ship, reconcile. Arguments are ids and names only."""

from __future__ import annotations

import functools
import logging
from typing import Any

from flask import Flask

from cdsync import accounts, runs
from cdsync.operations import resting_side, runner, start
from cdsync.operations.running.going_on import start_what_follows

log = logging.getLogger(__name__)


@functools.cache
def application() -> Flask:
    """The app of this process, made once; a worker makes it before it forks."""
    from cdsync.application import of_this_process  # noqa: PLC0415 - importing a job must not build an application

    return of_this_process()


def run_operation(run_id: int) -> dict[str, Any]:
    """Carries out a run that was enqueued; returns its report. A failed run raises, so RQ shows it as failed."""
    with application().app_context():
        return _carried_out(run_id)


def run_scheduled(account: str, operation: str) -> dict[str, Any] | None:
    """Starts and carries out a run because its time has come.

    None when one of the kind is still open, a side it needs refuses its key, or the account was left or removed while
    its job waited in the queue.
    """
    with application().app_context():
        chosen = next((each for each in accounts.every() if each.name == account and each.active), None)
        if chosen is None:
            log.info("%s for %s left out: the account rests", operation, account)
            return None
        if (rest := resting_side(chosen.id, operation)) is not None:
            log.info("%s for %s left out: the %s rests (%s)", operation, account, rest.side, rest.code)
            return None
        try:
            run = start(
                chosen, operation, trigger=runs.SCHEDULER, actor=runs.SCHEDULER, taken_within=runs.TAKEN_AT_ONCE
            )
        except runs.RunOpenError as error:
            log.info("%s for %s left out: run %s is still open", operation, account, error.data.get("run"))
            return None
        return _carried_out(run.id)


def _carried_out(run_id: int) -> dict[str, Any]:
    """A run carried out, its report, and whatever follows it enqueued."""
    run = runner.execute(run_id, by_worker=True)
    start_what_follows(run)
    return runs.report(run)

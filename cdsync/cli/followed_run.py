"""Carries out a run here or follows it in its worker, and says how it ended. Starts none.

Loads all five operations, and what the overview knows of runs: imported only where somebody waits.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from cdsync import accounts, overview, runs, settings
from cdsync.db import reading
from cdsync.errors import ConfigError
from cdsync.models import Account, Order, Run
from cdsync.operations import close_vanished, runner
from cdsync.reconciliations import UNKNOWN
from cdsync.runs import queue

from .accounts_option import called
from .output import COULD_NOT_RUN, INTERRUPTED, PROBLEMS, WELL, complain, give_up, sentence, told

LOOK_EVERY = 0.5  # seconds between two looks at a run that is followed


def carried_out(run: Run) -> Run:
    """A queued run, closed: its work is done in this process."""
    return runner.execute(run.id)


def followed(run: Run) -> Run:
    """Waits for the end of a run, saying how far it is. Ctrl-C ends the waiting, not the run."""
    said = ""
    try:
        if not queue.workers_alive():
            complain(f"Run {run.id} waits for a worker, and none is running now. Ctrl-C leaves it waiting.")
        while run.open:
            now_at = f"{run.operation} {run.state}: {run.processed} of {run.total}{_silence(run)}"
            if now_at != said:
                complain(now_at)
                said = now_at
            time.sleep(LOOK_EVERY)
            runs.close_lost()
            close_vanished()
            run = runs.find(run.id)
    except KeyboardInterrupt:
        give_up(f"\nRun {run.id} goes on without being watched.", INTERRUPTED)
    return run


def _silence(run: Run) -> str:
    with reading() as session:
        since = overview.no_answer_since(run, session.get_one(Account, run.account_id))
    return f", no answer since {since.astimezone():%H:%M}" if since else ""


def exit_code(report: dict[str, Any]) -> int:
    """0 all well; 1 ended with problems or before its end; 2 did not get to work, or broke off."""
    if report["state"] in (runs.FAILED, runs.LOST):
        return COULD_NOT_RUN
    bad = report["problems"] or report["counts"].get(UNKNOWN) or report.get("error")
    return PROBLEMS if bad or report["state"] == runs.STOPPED else WELL


def in_words(report: dict[str, Any]) -> list[str]:
    """How a run ended, on a line, and below it each problem."""
    counts = ", ".join(f"{number} {outcome}" for outcome, number in report["counts"].items()) or "nothing to do"
    account = accounts.find(report["account"])
    of = f" of {whose}" if (whose := called(account)) else ""
    lines = [f"Run {report['run']}{of}, {report['operation']}: {report['state']}. {counts}."]
    market = settings.marketplace_name(account)
    if error := report.get("error"):
        lines += told(ConfigError(error["code"], **error["data"]), market).split("\n")
    known = _problem_data(account.id, [each["order"] for each in report["problems"]])
    for each in report["problems"]:
        data = known.get((each["order"], each["code"]))
        lines.append(f"  {each['order']}: {sentence(each['code'], data, market)} ({each['code']})")
    if strangers := report["counts"].get(UNKNOWN):  # shop orders: no order of ours has the problem
        lines.append(f"  {sentence(f'reconcile.{UNKNOWN}', {'count': strangers}, market)} (reconcile.{UNKNOWN})")
    return lines


def _problem_data(account_id: int, refs: Sequence[str]) -> dict[tuple[str, str | None], dict[str, Any] | None]:
    """What fills the sentences of these orders' problems, by order and code: a problem may have changed since."""
    with reading() as session:
        query = select(Order.marketplace_ref, Order.problem_code, Order.problem_data)
        rows = session.execute(query.where(Order.account_id == account_id, Order.marketplace_ref.in_(refs))).all()
        return {(ref, code): data for ref, code, data in rows}


def why_in_the_way(account: Account, error: runs.RunOpenError) -> ConfigError:
    """The same, or what is the matter with the run in the way."""
    if error.data.get("run") is None:
        return error
    run = runs.find(error.data["run"])
    since = overview.no_answer_since(run, account)
    if since is None:
        return error
    return ConfigError("run.no_answer", run=run.id, operation=run.operation, since=since.isoformat(timespec="seconds"))

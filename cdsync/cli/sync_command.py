"""`sync`: starts a run of one operation, follows it or carries it out here. No rule of any operation lives here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from cdsync import accounts, overview, runs, settings
from cdsync.db import db, reading
from cdsync.errors import CdsyncError, ConfigError
from cdsync.models import Account, Order, Run
from cdsync.operations import IMPORT_AGAIN, OPERATIONS, close_vanished, resting_side, runner, start, start_and_enqueue
from cdsync.reconciliations import UNKNOWN
from cdsync.runs import queue

from .accounts_option import account_option, called, the_account
from .caller import trigger, who
from .output import (
    COULD_NOT_RUN,
    INTERRUPTED,
    PROBLEMS,
    WELL,
    complain,
    give_up,
    in_sentences,
    put,
    put_json,
    sentence,
    told,
)

LOOK_EVERY = 0.5  # seconds between two looks at a run that is followed


@click.command("sync")
@click.argument("operation", type=click.Choice(OPERATIONS))
@account_option
@click.option("--order", "refs", multiple=True, metavar="REF", help="Only this order; may be repeated.")
@click.option("--anew", "anew", is_flag=True, help="With import: make shop orders anew that are gone from the shop.")
@click.option("--wait", "wait", is_flag=True, help="Follow the run to its end; Ctrl-C leaves it running.")
@click.option("--inline", "inline", is_flag=True, help="Run here, without Redis and worker.")
@click.option("--json", "as_json", is_flag=True, help="Print the run's report as JSON.")
@with_appcontext
@in_sentences
def command(
    operation: str, account: str | None, refs: tuple[str, ...], anew: bool, wait: bool, inline: bool, as_json: bool
) -> None:
    """Starts one operation: what cron calls. Prints the run's number, or with --wait or --inline how it ended.

    Exit code: 0 all well, 1 finished with problems, 2 could not run.
    """
    if wait and inline:
        raise click.UsageError("--wait follows a run in the worker, --inline runs here: choose one.")
    if anew and not (operation == "import" and refs):
        raise click.UsageError("--anew goes with import and at least one --order.")
    try:
        run = _started(operation, account, refs, inline, {IMPORT_AGAIN: True} if anew else None)
    except CdsyncError as error:
        if as_json:
            put_json(_refused(operation, account, error))
        raise
    if inline:
        run = runner.execute(run.id)
    elif wait:
        run = _followed(run)
    report = runs.report(run)
    if as_json:
        _put_report(report)
    elif inline or wait:
        put(*in_words(report))
    else:
        put(run.id)
    raise click.exceptions.Exit(exit_code(report) if inline or wait else WELL)


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


def _started(
    operation: str, name: str | None, refs: tuple[str, ...], inline: bool, options: dict[str, Any] | None
) -> Run:
    account = the_account(name)
    if missing := settings.is_complete(account, operation):
        raise ConfigError("settings.incomplete", fields=missing)
    if trigger() == "cron" and (rest := resting_side(account.id, operation)) is not None:
        raise ConfigError("account.rests", side=rest.side, code=rest.code, until=_clock(rest.next_try_at))
    order_ids = _order_ids(account, refs) if refs else None
    begin = partial(start, taken_within=runs.TAKEN_AT_ONCE) if inline else start_and_enqueue
    try:
        return begin(account, operation, trigger=trigger(), actor=who(), order_ids=order_ids, options=options)
    except runs.RunOpenError as error:
        raise _why_in_the_way(account, error) from error


def _why_in_the_way(account: Account, error: runs.RunOpenError) -> ConfigError:
    """The same, or what is the matter with the run in the way."""
    if error.data.get("run") is None:
        return error
    run = runs.find(error.data["run"])
    since = overview.no_answer_since(run, account)
    if since is None:
        return error
    return ConfigError("run.no_answer", run=run.id, operation=run.operation, since=since.isoformat(timespec="seconds"))


def _clock(at: datetime) -> str:
    """A moment by this machine's clock."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _order_ids(account: Account, refs: tuple[str, ...]) -> list[int]:
    """The orders of these ids or references; one reference may stand for several orders."""
    found: list[int] = []
    unknown = []
    for ref in refs:
        mine = (Order.account_id == account.id, or_(Order.marketplace_ref == ref, Order.reference == ref))
        ids = list(db.session.scalars(select(Order.id).where(*mine)))
        found += ids
        unknown += [] if ids else [ref]
    if unknown:
        raise ConfigError("order.unknown", orders=unknown)
    return found


def _followed(run: Run) -> Run:
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


def _put_report(report: dict[str, Any]) -> None:
    """The report on stdout; what ended the run also as a sentence, in it and on stderr."""
    if error := report.get("error"):
        error["message"] = sentence(error["code"], error["data"])
        complain(told(ConfigError(error["code"], **error["data"])))
    put_json(report)


def _refused(operation: str, name: str | None, error: CdsyncError) -> dict[str, Any]:
    """The report of a run that never was; which account it would have been of, where that is known."""
    try:
        account: Account | None = the_account(name)
    except CdsyncError:
        account = None
    reason = {"code": error.code, "data": error.data, "message": sentence(error.code, error.data)}
    return {
        "run": None, "operation": operation, "account": account.name if account else name,
        "rehearsal": account.rehearsal if account else None,
        "state": runs.FAILED, "counts": {}, "problems": [], "error": reason,
    }  # fmt: skip

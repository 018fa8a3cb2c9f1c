"""`sync`: starts a run of one operation; `followed_run` waits for its end. No rule of any operation lives here."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from cdsync import runs, settings
from cdsync.db import db
from cdsync.errors import CdsyncError, ConfigError
from cdsync.models import Account, Order, Run
from cdsync.operations import IMPORT_AGAIN, OPERATIONS, resting_side, start, start_and_enqueue

from .accounts_option import account_option, the_account
from .caller import trigger, who
from .output import WELL, complain, in_sentences, put, put_json, sentence, told


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
    if not (inline or wait):
        if as_json:
            _put_report(runs.report(run))
        else:
            put(run.id)
        raise click.exceptions.Exit(WELL)
    from . import followed_run  # noqa: PLC0415 - with all five operations; cron, which waits for none, goes without

    report = runs.report(followed_run.carried_out(run) if inline else followed_run.followed(run))
    if as_json:
        _put_report(report)
    else:
        put(*followed_run.in_words(report))
    raise click.exceptions.Exit(followed_run.exit_code(report))


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
        from . import followed_run  # noqa: PLC0415 - as above

        raise followed_run.why_in_the_way(account, error) from error


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

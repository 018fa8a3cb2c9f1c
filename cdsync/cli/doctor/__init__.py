"""`doctor`: looks at every part cdsync needs and says what to do about each that is not well. Changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from cdsync import accounts, database_errors, overview, rehearsal, resting, settings
from cdsync.connectors.base import Check
from cdsync.db import db, reading
from cdsync.errors import CdsyncError
from cdsync.runs import heartbeats, queue

from ..accounts_option import called
from ..output import put, sentence, steps
from . import installation_checks, mapping_checks
from .time_limit import within

CHECK_SECONDS = 30.0  # for each thing looked at; what takes longer is said, and the next one is looked at


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `remedy` says what to do when it is not well."""

    name: str
    well: bool
    text: str = ""
    remedy: tuple[str, ...] = ()


@click.command("doctor")
@with_appcontext
def command() -> None:
    """Checks database, migrations, Redis, workers, scheduler, runs, marketplace, shop rights and mappings.

    Each is said as soon as it is known, and has half a minute. Exit code: 0 all well, 1 something is not.
    """
    well = True
    for finding in examine():
        well = well and finding.well
        put(f"{'ok  ' if finding.well else 'BAD '} {finding.name}{': ' if finding.text else ''}{finding.text}")
        for remedy in () if finding.well else finding.remedy:
            put(f"       → {remedy}")
        sys.stdout.flush()  # also into a pipe or a log
    raise click.exceptions.Exit(0 if well else 1)


def examine() -> Iterator[Finding]:
    """Each finding as soon as it is known; without a usable database the accounts cannot be looked at."""
    names: dict[str, tuple[str, bool]] = {}

    def database() -> Iterator[Finding]:
        yield from _database()
        yield from _installation()
        names.update({account.name: (called(account), account.rehearsal) for account in accounts.every()})

    usable = True
    for finding in _guarded("database", database):
        usable = usable and (finding.well or finding.name != "database")
        yield finding
    if not usable:
        return
    yield from _guarded("Redis", _redis)
    if not names:
        yield _of_code("settings", "settings.incomplete", {"fields": ["marketplace", "shop"]})
    for name, (whose, rehearses) in names.items():
        before = f"{whose}: " if whose else ""
        yield from _rehearsal(name, before) if rehearses else _account(name, before)


def _database() -> Iterator[Finding]:
    with db.engine.connect() as connection:
        yield Finding("database", True, db.engine.url.get_backend_name())
        now_at = MigrationContext.configure(connection).get_current_revision()
    newest = ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()
    text = "up to date" if now_at == newest else f"at {now_at or 'nothing'}, the newest is {newest}"
    yield Finding("migrations", now_at == newest, text, ("Run: flask --app app db upgrade",))
    if now_at == newest:
        yield Finding("search", True, installation_checks.of_search())
        yield Finding("old records thrown away", True, installation_checks.of_tidying())


def _installation() -> Iterator[Finding]:
    for name, look in (("files", installation_checks.of_files), ("secrets", installation_checks.of_secrets)):
        fault = look()
        if fault is None:
            yield Finding(name, True)
            continue
        code, data, what = fault
        found = _of_code(name, code, data)
        yield replace(found, text=f"{found.text}: {what}") if what else found


def _redis() -> Iterator[Finding]:
    workers = queue.workers_alive()
    yield Finding("Redis", True)
    yield Finding(
        "workers",
        bool(workers),
        f"{len(workers)} alive" if workers else "none is alive, so runs wait in the queue",
        ("Start them: python -m rq_jobs.workers (make run starts them too).",),
    )
    running = [account for account in accounts.every() if account.active]
    scheduled = [name for account in running for name, cron in settings.schedule(account).items() if cron]
    alive = heartbeats.alive("scheduler")
    text = "alive" if alive else "not alive" if scheduled else "not needed: no schedule is on"
    yield Finding(
        "scheduler",
        bool(alive) or not scheduled,
        text,
        (
            "Start it: python -m rq_jobs.schedule (make run starts it too).",
            "Or let cron call `flask --app app sync …` and switch the schedules off.",
        ),
    )


def _rehearsal(name: str, before: str) -> Iterator[Finding]:
    """As any account while its systems run; that it was left is nothing to mend."""
    with reading():
        where = rehearsal.places(accounts.find(name))
    if rehearsal.answer(where):
        yield from _account(name, before)
    else:
        yield Finding(f"{before}systems", True, "stopped; “make rehearse” or its page starts them")


def _account(name: str, before: str) -> Iterator[Finding]:
    with reading():
        account = accounts.find(name)
        missing, market = settings.is_complete(account), settings.marketplace_name(account)
    if missing:
        yield _of_code(f"{before}settings", "settings.incomplete", {"fields": missing})
    else:
        yield Finding(f"{before}settings", True, "complete")
    yield from _resting(name, before, market)
    yield from _guarded(f"{before}runs", lambda: _runs(name, before), market)
    yield from _guarded(f"{before}marketplace", lambda: _side(name, before, "marketplace", market), market)
    yield from _guarded(f"{before}shop", lambda: _side(name, before, "shop", market), market)
    yield from _guarded(f"{before}mappings", lambda: _mappings(name, before), market)


def _resting(name: str, before: str, market: str) -> Iterator[Finding]:
    """What keeps the schedule from being kept, whatever the side says to the doctor a moment later."""
    with reading():
        found = resting.of_notices(accounts.find(name).notices)
    for rest in found:
        since, then = (f"{at.astimezone():%Y-%m-%d %H:%M}" for at in (rest.since, rest.next_try_at))
        text = f"what needs the {rest.side} does not start by schedule since {since}; it is asked again at {then}"
        yield Finding(f"{before}schedule", False, f"{text} ({rest.code})", tuple(steps(rest.code, rest.data, market)))


def _runs(name: str, before: str) -> Iterator[Finding]:
    """What stands still."""
    told: list[tuple[str, dict[str, object]]] = []
    with reading():
        account = accounts.find(name)
        for run in overview.under_way(account.id):
            if since := overview.no_answer_since(run, account):
                told.append(("run.no_answer", {"run": run.id, "operation": run.operation, "since": _utc(since)}))
        if (waits := overview.longest_waiting(account.id)) is not None and waits.is_long:
            told.append(("run.not_taken", {"operation": waits.operation, "since": _utc(waits.since)}))
        looked_up = overview.looked_up_at(account.id)
        if account.active and (last := overview.no_lookup_since(account, settings.schedule(account), looked_up)):
            told.append(("run.no_lookup", {"since": _utc(last)}))
    for code, data in told:
        yield _of_code(f"{before}runs", code, data)
    if not told:
        yield Finding(f"{before}runs", True, "nothing stands still")


def _side(name: str, before: str, side: str, market: str) -> Iterator[Finding]:
    opened = settings.open_marketplace if side == "marketplace" else settings.open_shop
    with reading():  # over before a request leaves
        checks: Callable[[], list[Check]] = opened(accounts.find(name)).check
    for check in checks():
        label = f"{before}{side}, {check.name}"
        yield Finding(label, True, check.detail) if check.ok else _of_check(label, check, market)


def _mappings(name: str, before: str) -> Iterator[Finding]:
    with reading():
        account = accounts.find(name)
        chosen = settings.read(account).orders
        shop, marketplace = settings.open_shop(account), settings.open_marketplace(account)
    faults = [*mapping_checks.of_shop(chosen, shop), *mapping_checks.of_marketplace(chosen, marketplace)]
    for key, text in faults:
        yield Finding(f"{before}mappings, orders.{key}", False, text, ("Choose another one in Settings.",))
    if not faults:
        yield Finding(f"{before}mappings", True)


def _guarded(name: str, findings: Callable[[], Iterator[Finding]], market: str = "") -> Iterator[Finding]:
    """What fails as a whole, or hangs, is a finding too, and the next one is looked at all the same."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a thread needs the app itself
    try:
        yield from within(CHECK_SECONDS, app, findings)
    except TimeoutError:
        text = f"not through after {CHECK_SECONDS:.0f} seconds, so the rest of it is not known"
        yield Finding(name, False, text, ("Look whether it answers, or is only slow; then run doctor again.",))
    except CdsyncError as error:
        yield _of_code(name, error.code, error.data, market)
    except DatabaseError as error:
        known = database_errors.meaning(error)
        if known is None:
            raise
        yield _of_code(name, known.code, known.data)


def _of_check(name: str, check: Check, market: str) -> Finding:
    if check.code is None:
        return Finding(name, False, check.detail)
    return _of_code(name, check.code, dict(check.data), market)


def _of_code(name: str, code: str, data: dict[str, object], market: str = "") -> Finding:
    """market: what the account's marketplace is called."""
    return Finding(name, False, f"{sentence(code, data, market)} ({code})", tuple(steps(code, data, market)))


def _utc(at: datetime) -> str:
    return at.isoformat(timespec="seconds")

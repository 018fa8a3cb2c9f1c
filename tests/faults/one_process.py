"""What one process does: a run of an operation as cron or a person starts it, and how it is broken. Used after a fork.

`ahead` is how many seconds later than now this process lives; nobody sleeps.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from urllib3.connection import HTTPConnection

import cdsync.bookkeeping.stock_turns
import cdsync.db
from app import create_app
from cdsync import accounts, orders, runs, settings
from cdsync.bookkeeping.run_recorder import RunRecorder
from cdsync.connectors.http.client import HttpClient
from cdsync.connectors.prestashop.webservice.body_size import BodySize
from cdsync.db import db, transaction
from cdsync.errors import CdsyncError
from cdsync.operations import import_orders, runner, start_and_enqueue

LOCK_FAILURES = 2  # how often "a moment" lets somebody run into the lock


def load_settings(app: Flask, document: dict[str, Any], database: str | None = None) -> str:
    """`settings load`, on an empty database; another one than the app's own is given its tables first."""
    app = _on(app, database)
    with app.app_context():
        if database:
            db.drop_all()
            db.create_all()
        return settings.load(document).name


def _on(app: Flask, database: str | None) -> Flask:
    """The app, or one like it on another database."""
    if database is None:
        return app
    return create_app(
        app.instance_path, CDSYNC_DATABASE_URL=database, CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync"
    )


def operate(
    app: Flask,
    operation: str,
    *,
    ahead: float = 0.0,
    wanted: Sequence[int] | None = None,
    broken: dict[str, Any] | None = None,
    client_limit: float | None = None,
    batch: int | None = None,
    bodies: int | None = None,
    at: float | None = None,
    database: str | None = None,
    lock_wait: int = 0,
    queued: bool = False,
) -> dict[str, Any]:
    """One run, as `sync OPERATION --inline` makes it: its report, or {"refused": code} when it could not begin.

    wanted: chosen orders; None: all that are due. client_limit: seconds after which the client gives up a request.
    batch: orders a batch. bodies: entities a body, at most. at: the moment (of the real clock) at which to begin, so
    that several begin together.
    database: another one than the app's own. queued: handed to Redis instead, and not carried out.
    """
    locks = bool(broken) and str((broken or {})["kind"]).startswith("locked")
    cdsync.db.LOCK_WAIT_SECONDS = lock_wait or (0 if locks else 5)  # the run's own beats write, too
    cdsync.bookkeeping.stock_turns.LONGEST_WAIT_AFTER_DEATH = 0.0
    app = _on(app, database)
    if client_limit is not None:
        _give_up_after(client_limit)
    if batch is not None:
        import_orders.MOST_AT_ONCE = batch
    if bodies is not None:
        BodySize.entities = lambda *_asked: bodies  # type: ignore[method-assign]
    commits = _count_commits()
    if broken:
        _break(app, **broken)
    while at is not None and time.time() < at:
        time.sleep(0.0005)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True), app.app_context():
        try:
            account = accounts.find(None)
            if queued:
                start_and_enqueue(account, operation, trigger="button", order_ids=wanted)
            run = runs.start(account, operation, trigger="cli", order_ids=wanted)
        except CdsyncError as error:
            return {"refused": error.code, "commits": commits[0]}
        return runs.report(runner.execute(run.id)) | {"commits": commits[0]}


def by_hand(app: Flask, action: str, wanted: Sequence[int], *, ahead: float = 0.0) -> dict[str, Any]:
    """A person leaves orders out of the import, or takes them back ("leave_out", "take_back")."""
    cdsync.db.LOCK_WAIT_SECONDS = 5
    then = time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True)
    with then, app.app_context(), transaction() as session:
        return {"done": getattr(orders, action)(session, wanted, orders.By(person="anna"))}


def command(app: Flask, arguments: Sequence[str], *, ahead: float = 0.0) -> dict[str, Any]:
    """What a person or cron types after `flask --app app`: exit code and output."""
    cdsync.db.LOCK_WAIT_SECONDS = 5
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True):
        result = app.test_cli_runner().invoke(args=list(arguments))
    return {"exit_code": result.exit_code, "output": result.output}


def _give_up_after(seconds: float) -> None:
    original = HttpClient.__init__

    def impatient(self: HttpClient, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.timeout = seconds

    HttpClient.__init__ = impatient  # type: ignore[method-assign]


def _count_commits() -> list[int]:
    count = [0]
    event.listen(Session, "after_commit", lambda _session: count.__setitem__(0, count[0] + 1))
    return count


def _break(app: Flask, kind: str, number: int, settings_text: str = "") -> None:
    """The process ends, its database is locked, or its account is tied elsewhere, at the request or commit of this
    number (from 0)."""
    if kind.startswith("killed_commit"):
        _kill_at_commit(number, before=kind.endswith("before"))
        return
    kill = {
        "killed_before": ("sending", die),
        "asleep_before": ("sending", fall_asleep),
        "killed_during": ("sending", _die_when_sent),
        "killed_after": ("record", die),
        "locked_moment": ("sending", lambda: _lock(app, until_failures=LOCK_FAILURES)),
        "locked_to_the_end": ("sending", lambda: _lock(app, until_failures=None)),
        "full_before": ("sending", _fill_the_disk),
        "full_after": ("record", _fill_the_disk),
        "failing_after": ("record", _let_the_disk_fail),
        "tied_elsewhere": ("sending", lambda: _tie(app, settings_text)),
    }
    where, act = kill[kind]
    _at_request(where, number, act)


def _at_request(where: str, number: int, act: Any) -> None:
    """Does something before the request leaves ("sending"), or when its answer has come and nothing is kept yet."""
    original, seen = getattr(RunRecorder, where), [-1]

    def counted(self: RunRecorder, *args: Any) -> None:
        seen[0] += 1
        if seen[0] == number:
            act()
        original(self, *args)

    setattr(RunRecorder, where, counted)


def _die_when_sent() -> None:
    """The next request leaves whole, and nobody waits for its answer."""
    HTTPConnection.getresponse = lambda _connection: die()  # type: ignore[method-assign, assignment, return-value]


def _kill_at_commit(number: int, *, before: bool) -> None:
    seen = [-1]

    def counted(_session: Session) -> None:
        seen[0] += 1
        if seen[0] == number:
            die()

    event.listen(Session, "before_commit" if before else "after_commit", counted)


def _tie(app: Flask, settings_text: str) -> None:
    """Somebody changes what the account is tied to, past every check, as a restored database would."""
    with _beside(app).begin() as other:
        other.execute(text("UPDATE accounts SET settings = :settings"), {"settings": settings_text})


def _lock(app: Flask, until_failures: int | None) -> None:
    """Another connection lets nobody write, past so many failures or for as long as we live."""
    other = _beside(app).connect()
    other.begin()  # on SQLite, this takes the one lock there is
    if other.dialect.name == "postgresql":
        other.execute(text(f"LOCK TABLE {', '.join(db.metadata.tables)} IN EXCLUSIVE MODE"))
    failures = [0]

    def failed(context: Any) -> None:
        failures[0] += 1
        if failures[0] == until_failures:
            other.rollback()

    _HELD.append(other)
    event.listen(Engine, "handle_error", failed)


def _fill_the_disk() -> None:
    """From now on the database does not grow (SQLITE_FULL); PostgreSQL, which is not in this process's hands, refuses
    every write."""

    def begun(connection: Connection) -> None:
        postgresql = connection.dialect.name == "postgresql"
        connection.exec_driver_sql("SET TRANSACTION READ ONLY" if postgresql else "PRAGMA max_page_count=1")

    event.listen(Engine, "begin", begun)


def _let_the_disk_fail() -> None:
    """No file of this process grows any more: each commit that has anything to write fails (SQLITE_IOERR)."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            return _fill_the_disk()
    largest = Path(f"{db.engine.url.database}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    return None


def _beside(app: Flask) -> Engine:
    """Somebody else's way to the same database."""
    return create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=NullPool)


_HELD: list[Connection] = []


def die() -> None:
    """As the kernel does it: nothing unwinds, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def fall_asleep() -> None:
    """A laptop closed, a machine suspended: everything stands still until somebody wakes it."""
    os.kill(os.getpid(), signal.SIGSTOP)

"""Keeps a run's lease, and those of its claims, while it gets on. Does no operation's work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from cdsync import orders, runs
from cdsync.db import transaction
from cdsync.errors import ConfigError, TemporaryError

from ..shared.context import RunContext

BEATS = 6  # in a lease; one that waits for a busy database (20 seconds at most) must not cost it
log = logging.getLogger(__name__)


@contextmanager
def kept_alive(context: RunContext) -> Iterator[None]:
    """A thread with a connection of its own renews the run's lease and claims, several times a lease.

    Only while the run gets on (`Progress`): one that hangs is closed as lost. When the run turns out to be no longer
    ours, the context's stop signal is set; no request of it leaves any more (`RunRecorder.sending`).
    """
    renew_once(context)
    done = threading.Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the thread needs the app itself
    thread = threading.Thread(
        target=_renew, args=(app, context, done), name=f"lease-of-run-{context.run_id}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(app: Flask, context: RunContext, done: threading.Event) -> None:
    while not done.wait(context.lease_seconds / BEATS):
        with app.app_context():
            try:
                if not renew_once(context):
                    context.stop_signal.set()
                    return
            except (TemporaryError, SQLAlchemyError) as exc:  # the next beat comes before the lease ends
                log.warning("run %s: lease not renewed: %s", context.run_id, type(exc).__name__)


def renew_once(context: RunContext) -> bool:
    """Prolongs the run's lease and its claims; False when the run is somebody else's or closed.

    A run that does not get on is closed here, and its claims run out by themselves.
    """
    if context.progress.is_missing:
        since = context.progress.at.isoformat(timespec="seconds")
        log.error("run %s: nothing has come since %s: given up", context.run_id, since)
        runs.give_up(context.run_id, context.owner, ConfigError("run.no_progress", since=since))
        return False
    lease, at = context.lease_seconds, context.progress.at
    with transaction() as session:
        mine = runs.keep_alive(session, context.run_id, context.owner, lease, at)
    if mine:
        with transaction() as session:  # of its own: the run's thread locks its orders first, then the run
            orders.renew(session, context.owner, lease)
    return mine

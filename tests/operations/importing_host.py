"""A cdsync host of its own: a process that imports what is due, as often as it is told. For the concurrency tests."""

from __future__ import annotations

import sqlite3
import sys
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from app import create_app
from cdsync import runs
from cdsync.db import db, transaction
from cdsync.models import Account, Run
from cdsync.operations import import_orders
from cdsync.operations.running.lease import kept_alive
from cdsync.operations.shared.context import RunContext

BATCH_SIZE = 3  # small, so that several find something to do at once


def import_as(app: Flask, name: str) -> dict[str, int]:
    """Imports what is due, past the guard of one run at a time: under a run of its own, whose counts it answers."""
    with app.app_context():
        account_id = db.session.query(Account.id).scalar()
        with transaction() as session:
            run = Run(account_id=account_id, operation=name, trigger="cli")
            session.add(run)
            session.flush()
            run_id = run.id
        runs.take(run_id, name, 60)
        import_orders.MOST_AT_ONCE = BATCH_SIZE
        context = RunContext(runs.find(run_id), name)
        with kept_alive(context):
            import_orders.run(context)
        db.session.remove()
        return dict(context.counts)


@event.listens_for(Engine, "connect")
def _trust_the_machine(connection: Any, _record: Any) -> None:
    """As in tests.conftest: no waiting for the disk."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF").close()


def main(instance: str, name: str) -> None:
    app = create_app(instance_path=instance, CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    print("ready", flush=True)
    sys.stdin.readline()
    print(import_as(app, name), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

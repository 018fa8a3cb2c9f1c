"""Migration 0018 with events and steps in the database: each is kept, and a run may go that they name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text

from app import create_app
from cdsync.db import db
from cdsync.models import ImportStep, OrderEvent

from .test_migrations import insert
from .test_raw_migration import EMPTY


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    with app.app_context():
        flask_migrate.upgrade(revision="0017")
        insert("accounts", id=1, name="main", settings="{}", places="[]", notices="[]")
        insert("runs", *({"id": each, "account_id": 1, "options": "{}", "counts": "{}"} for each in (1, 2)))
        insert("orders", id=1, marketplace_ref="A1", addresses="{}", **EMPTY)
        for number in (1, 2):
            rows = {"id": number, "order_id": 1, "run_id": number, "data": "{}"}
            insert("order_events", kind="problem.raised", **rows)
            insert("import_steps", name=f"step {number}", **rows)
        yield app
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()


def told() -> list[tuple[int, int | None]]:
    db.session.remove()
    return [
        (row.id, row.run_id)
        for model in (OrderEvent, ImportStep)
        for row in db.session.scalars(select(model).order_by(model.id))
    ]


def test_what_a_run_did_is_still_told_when_it_is_gone() -> None:
    flask_migrate.upgrade()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM runs WHERE id = 1"))
    assert told() == [(1, 1), (2, 2)] * 2
    db.session.remove()
    flask_migrate.downgrade(revision="0017")
    flask_migrate.upgrade()
    assert told() == [(1, None), (2, 2)] * 2
    db.session.execute(text("DELETE FROM orders"))
    db.session.commit()
    assert told() == []

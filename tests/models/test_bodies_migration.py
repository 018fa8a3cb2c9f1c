"""Migration 0016 with requests in the database: every body is kept, whenever it is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app import create_app
from cdsync.db import db
from cdsync.models import Exchange, ExchangeOrder

from .test_migrations import insert
from .test_raw_migration import EMPTY, Stopped, upgrade_with

BODIES = {number: (f"<a>{number}</a>" * 9 if number % 3 else "", f'{{"é": {number}}}') for number in range(1, 251)}
BODIES[9] = ("", "")


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Iterator[Flask]:
    """At 0015, with exchanges of one order: three portions."""
    app = create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    with app.app_context():
        flask_migrate.upgrade(revision="0015")
        insert("accounts", id=1, name="main", settings="{}", places="[]", notices="[]")
        insert("orders", id=1, marketplace_ref="A1", addresses="{}", **EMPTY)
        bodies = [{"id": key, "request_body": sent, "response_body": got} for key, (sent, got) in BODIES.items()]
        insert("exchanges", *({"account_id": 1, "url": "https://shop.example/", **each} for each in bodies))
        insert("exchange_orders", *({"exchange_id": number, "order_id": 1} for number in BODIES))
        yield app
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()


def kept() -> dict[int, tuple[str, str]]:
    db.session.remove()
    return {row.id: (row.request_body, row.response_body) for row in db.session.scalars(select(Exchange))}


def test_every_body_and_whose_it_was_is_kept() -> None:
    flask_migrate.upgrade(revision="0016")
    assert kept() == BODIES
    assert db.session.scalar(select(func.count()).select_from(ExchangeOrder)) == len(BODIES)
    db.session.remove()
    flask_migrate.downgrade(revision="0015")
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, request_body, response_body FROM exchanges")).all()
    assert {row[0]: (row[1], row[2]) for row in rows} == BODIES


def test_stopped_after_any_commit_it_goes_on() -> None:
    for stops in count():
        try:
            upgrade_with(1 + stops // 4)
            break
        except Stopped:
            pass
    assert stops > 3
    assert kept() == BODIES
    db.session.execute(text("DELETE FROM exchanges WHERE id = 5"))
    assert db.session.scalar(select(func.count()).select_from(ExchangeOrder)) == len(BODIES) - 1
    db.session.commit()

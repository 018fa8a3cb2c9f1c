"""Migration 0015 with orders in the database: every text is kept, whenever it is stopped, and all else stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Engine, event, inspect, select, text

from app import create_app
from cdsync.db import db
from cdsync.models import Order, OrderText

from .test_migrations import insert

ORDERS = range(1, 1_101)  # three portions
TEXTS = {number: json.dumps({"orderId": f"A{number}", "name": "Noël", "nul": "\\u0000"}) for number in ORDERS}
TEXTS[8] = ""
EMPTY = {"fees": "[]", "faults": "[]", "dismissed": "[]", "corrections": "[]", "warnings": "[]", "account_id": 1}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """At 0014, with orders, each with a line and an event."""
    app = create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    with app.app_context():
        flask_migrate.upgrade(revision="0014")
        insert("accounts", id=1, name="main", settings="{}", places="[]", notices="[]")
        orders, lines, events = [], [], []
        for number in ORDERS:
            buyer = json.dumps({"shipping": {"email": f"c{number}@example.com"}})
            orders.append(
                {"id": number, "marketplace_ref": f"A{number}", "state": "to_import", "addresses": buyer,
                 "raw": TEXTS[number], **EMPTY}
            )  # fmt: skip
            lines.append({"id": number, "order_id": number, "line_ref": "1", "live": True, "sku": f"SKU-{number}"})
            events.append({"id": number, "order_id": number, "kind": "order.found", "data": "{}"})
        insert("orders", *orders)
        insert("order_lines", *lines)
        insert("order_events", *events)
        yield app
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()


def kept() -> dict[int, str]:
    db.session.remove()
    return {order.id: order.raw for order in db.session.scalars(select(Order))}


def rows_of_others() -> list[Any]:
    db.session.remove()
    with db.engine.connect() as connection:
        return [
            connection.execute(text(f"SELECT * FROM {table} ORDER BY order_id")).all()
            for table in ("order_lines", "order_events", "order_texts")
        ]


@pytest.mark.usefixtures("app")
def test_every_text_and_whatever_hangs_on_an_order_is_kept() -> None:
    before = rows_of_others()
    flask_migrate.upgrade(revision="0018")  # the last that makes a table anew; the next one writes PostgreSQL's texts
    assert kept() == TEXTS
    assert rows_of_others() == before
    assert db.session.get_one(Order, 7).addresses == {"shipping": {"email": "c7@example.com"}}
    db.session.remove()
    flask_migrate.downgrade(revision="0014")
    with db.engine.connect() as connection:
        assert dict(connection.execute(text("SELECT id, raw FROM orders")).all()) == TEXTS


@pytest.mark.usefixtures("app")
def test_what_the_database_keeps_up_by_itself_goes_on() -> None:
    """Foreign keys, triggers and what is unique, of a table that was made anew."""
    flask_migrate.upgrade(revision="0018")
    order = db.session.get_one(Order, 3)
    order.buyer_name = "Zoé Noël"
    db.session.commit()
    assert "Zoé Noël" in db.session.get_one(OrderText, 3).buyer
    db.session.execute(text("DELETE FROM orders WHERE id = 2"))
    db.session.commit()
    hang_on = ("order_lines", "order_events", "order_texts", "order_raws")
    left = [db.session.scalar(text(f"SELECT count(*) FROM {each} WHERE order_id = 2")) for each in hang_on]
    assert left == [0, 0, 0, 0]


@pytest.mark.only_on("sqlite", "the table is made anew there")
@pytest.mark.usefixtures("app")
def test_nothing_in_the_file_is_damaged_and_what_became_free_is_there_for_others() -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        asked = ("foreign_keys", "legacy_alter_table", "integrity_check")
        assert [connection.exec_driver_sql(f"PRAGMA {each}").scalar() for each in asked] == [1, 0, "ok"]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar_one() > 0


class Stopped(BaseException):
    """The process that migrates is killed."""


@pytest.mark.usefixtures("app")
def test_stopped_after_any_commit_it_goes_on_and_takes_what_was_read_anew_meanwhile() -> None:
    anew = []
    for stops in count():
        try:
            upgrade_with(1 + stops // 4)  # four times as early as can be: one more portion each time
            break
        except Stopped:
            with db.engine.begin() as connection:
                if "raw" in [each["name"] for each in inspect(connection).get_columns("orders")]:
                    anew.append(f'{{"read": {stops}}}')
                    connection.execute(text("UPDATE orders SET raw = :raw WHERE id = 1"), {"raw": anew[-1]})
    assert len(anew) > 3
    assert kept() == {**TEXTS, 1: anew[-1]}


def upgrade_with(most: int) -> None:
    """Migrates; the process ends when it begins one transaction more than this."""
    begun = count(1)

    def begins(_connection: Any) -> None:
        if next(begun) > most:
            raise Stopped

    event.listen(Engine, "begin", begins)
    try:
        flask_migrate.upgrade()
    finally:
        event.remove(Engine, "begin", begins)

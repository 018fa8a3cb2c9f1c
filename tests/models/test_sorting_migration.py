"""Migration 0003 on databases of the releases before: rehearsals are named so, mixed orders are sorted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app
from cdsync.db import db

REHEARSED = "http://127.0.0.1:4711/seller/v2"
REAL = {"connector": "octopia", "client_id": "merchant", "seller_id": "98979"}
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An application whose database is at revision 0002."""
    app = create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    with app.app_context():
        flask_migrate.upgrade(revision="0002")
        yield app
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()


class Old:
    """Rows as the releases before wrote them."""

    def __init__(self) -> None:
        self.ids = dict.fromkeys(("accounts", "orders", "runs", "exchanges", "shop_orders"), 0)

    def insert(self, table: str, **values: Any) -> int:
        if table in self.ids:
            self.ids[table] += 1
            values["id"] = self.ids[table]
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f":{name}" for name in values)
        with db.engine.begin() as connection:
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
        return int(values.get("id", 0))

    def account(self, name: str, marketplace: dict[str, Any], shop: dict[str, Any] | None = None) -> int:
        settings = json.dumps({"marketplace": marketplace, "shop": shop or {}})
        return self.insert("accounts", name=name, settings=settings, created_at=NOW, updated_at=NOW)

    def given(self) -> None:
        """PostgreSQL counts its own numbers on from these."""
        if db.engine.dialect.name == "postgresql":
            with db.engine.begin() as connection:
                for table, number in self.ids.items():
                    if number:
                        connection.execute(text(f"SELECT setval('{table}_id_seq', {number})"))

    def run(self, account: int, url: str, days_ago: float) -> int:
        """A lookup that asked this address."""
        at = NOW - timedelta(days=days_ago)
        run = self.insert(
            "runs", account_id=account, operation="lookup", trigger="cli", actor="", state="finished", open=False,
            options="{}", total=0, processed=0, counts="{}", queued_at=at, owner="", stop_requested=False,
        )  # fmt: skip
        self.insert(
            "exchanges", account_id=account, run_id=run, side="marketplace", method="GET", url=f"{url}/orders",
            status=200, milliseconds=1, failure="", request_body="", response_body="", at=at,
        )  # fmt: skip
        return run

    def order(self, account: int, ref: str, run: int | None, days_ago: float, shop_order: str = "") -> int:
        at = NOW - timedelta(days=days_ago)
        empty = dict.fromkeys(
            ("reference", "marketplace_status", "marketplace_state", "sales_channel", "currency", "buyer_name",
             "buyer_place", "buyer_note", "customer_ref", "delivery_mode", "raw"), "",
        )  # fmt: skip
        lists = dict.fromkeys(("fees", "faults", "dismissed", "corrections", "warnings"), "[]")
        order = self.insert(
            "orders", account_id=account, marketplace_ref=ref, state="imported" if shop_order else "to_import",
            state_since=at, status_known=True, business=False, addresses="{}", found_at=at, read_at=at, attempts=0,
            import_anyway=False, **empty, **lists,
        )  # fmt: skip
        if run is not None:
            self.insert(
                "order_events", order_id=order, at=at, kind="order.found", data="{}", run_id=run, actor="", id=order
            )
        if shop_order:
            self.insert(
                "shop_orders", account_id=account, order_id=order, shop_ref=shop_order, reference="", cart_ref="",
                status_ref="2", status_name="", total_paid=0, invoice_number="", payment_text="", tracking_number="",
                carrier_ref="", url="", adopted=False, read_at=at,
            )  # fmt: skip
        return order


def rows(query: str) -> list[Any]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_rehearsal_becomes_the_rehearsal_account_whatever_its_name_was(app: Flask) -> None:
    old = Old()
    rehearsed = {**REAL, "client_id": "rehearsal", "api_url": REHEARSED, "token_url": "http://127.0.0.1:4711/token"}
    account = old.account("main", rehearsed, {"url": "http://127.0.0.1:4712"})
    old.order(account, "A1", old.run(account, REHEARSED, 1), 1)
    old.given()
    flask_migrate.upgrade()
    (found,) = rows("SELECT name, rehearsal, places, notices FROM accounts")
    assert (found[0], bool(found[1]), json.loads(found[3])) == ("Rehearsal", True, [])
    assert json.loads(found[2]) == ["127.0.0.1:4711", "127.0.0.1:4712"]
    assert rows("SELECT seller, shop FROM orders") == [("rehearsal", "")]


def test_a_real_account_that_never_rehearsed_keeps_everything_and_hears_nothing(app: Flask) -> None:
    old = Old()
    account = old.account("main", {**REAL, "seller_id": "5"})
    old.order(account, "A1", old.run(account, "https://api.octopia-io.net/seller/v2", 1), 1)
    old.order(account, "A2", None, 200)  # older than what is kept of requests
    old.given()
    flask_migrate.upgrade()
    assert rows("SELECT name, notices FROM accounts") == [("main", "[]")]
    assert set(rows("SELECT seller FROM orders")) == {("api.octopia-io.net/5",)}


def test_mixed_orders_are_sorted_by_where_they_were_found_and_the_account_says_so(app: Flask) -> None:
    old = Old()
    account = old.account("main", REAL)
    rehearsed = old.run(account, REHEARSED, 10)
    real = old.run(account, "https://api.octopia-io.net/seller/v2", 1)
    old.order(account, "invented", rehearsed, 10)
    old.order(account, "invented, imported", rehearsed, 10, shop_order="7")
    old.order(account, "real", real, 1, shop_order="8")
    old.order(account, "nobody knows", None, 11)
    old.order(account, "later", None, 0.5)
    old.given()
    flask_migrate.upgrade()
    where = "SELECT a.name, o.marketplace_ref, o.seller FROM orders o JOIN accounts a ON a.id = o.account_id"
    assert set(rows(where)) == {
        ("Rehearsal", "invented", "rehearsal"),
        ("Rehearsal", "invented, imported", "rehearsal"),
        ("main", "real", "api.octopia-io.net/98979"),
        ("main", "nobody knows", ""),
        ("main", "later", "api.octopia-io.net/98979"),
    }
    shop_orders = "SELECT a.name, s.shop_ref FROM shop_orders s JOIN accounts a ON a.id = s.account_id"
    assert set(rows(shop_orders)) == {("Rehearsal", "7"), ("main", "8")}
    ((notices,),) = rows("SELECT notices FROM accounts WHERE name = 'main'")
    assert json.loads(notices) == [{"code": "account.sorted", "data": {"moved": 2, "unknown": 1}}]
    ((rehearsal, active),) = rows("SELECT rehearsal, active FROM accounts WHERE name = 'Rehearsal'")
    assert (bool(rehearsal), bool(active)) == (True, False)


def test_it_can_be_taken_back_with_data_in_it(app: Flask) -> None:
    old = Old()
    account = old.account("main", REAL)
    old.order(account, "A1", old.run(account, REHEARSED, 1), 1)
    old.given()
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="0002")
    assert len(rows("SELECT id FROM orders")) == 1
    flask_migrate.upgrade()
    assert len(rows("SELECT id FROM orders")) == 1

"""A kept release brought into today's program: its database migrated, both sides as they stood, and one clock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import time_machine
from sqlalchemy import MetaData, RowMapping, create_engine
from sqlalchemy.pool import StaticPool

from app import create_app
from cdsync import accounts, runs
from cdsync.db import READ_ONLY, db
from cdsync.errors import ConfigError
from cdsync.launch import first_run
from cdsync.operations import runner
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios.catalogue import fill_shop
from tests import databases

from .keeping import Kept, KeptAccount, with_ports
from .plan import ACCOUNTS, KEY


class Account:
    """One account with both its sides: what `tests.faults.verdict` judges by `market`, `shop` and `rows`."""

    def __init__(self, name: str, kept: KeptAccount) -> None:
        told = ACCOUNTS[name]
        self.name, self.stock = name, kept.stock
        self.market = OctopiaSandbox(told["client_id"], told["client_secret"], told["seller_id"]).start()
        self.market.restore(kept.marketplace)
        self.shop = PrestaShopSandbox(told["shop_version"], demo=False)
        fill_shop(self.shop)
        self.shop.restore(_with_what_came_since(kept.shop, self.shop.snapshot()))
        self.shop.start()

    def stop(self) -> None:
        self.market.stop()
        self.shop.stop()

    def operate(self, operation: str, wanted: Sequence[int] | None = None) -> dict[str, Any]:
        """One run, as cron or a person starts it: its report, or {"refused": code} while another may be at work."""
        try:
            run = runs.start(accounts.find(self.name), operation, trigger="cli", order_ids=wanted)
        except ConfigError as error:
            return {"refused": error.code}
        finally:
            db.session.rollback()
        return runs.report(runner.execute(run.id))

    def rows(self, query: str, *values: Any) -> list[RowMapping]:
        """What the database says, asked past cdsync. Question marks stand for the values."""
        with db.engine.execution_options(**{READ_ONLY: True}).connect() as connection:
            marks = query if connection.dialect.name == "sqlite" else query.replace("?", "%s")
            return list(connection.exec_driver_sql(marks, values or None).mappings())


class World:
    def __init__(self, kept: Kept, accounts: dict[str, Account], clock: Any) -> None:
        self.kept, self.accounts, self._clock = kept, accounts, clock

    def pass_time(self, **time: float) -> None:
        self._clock.shift(timedelta(**time))

    def refs(self, account: str, *steps: str) -> list[str]:
        """The orders of an account whose work broke off at one of these steps."""
        return [each["ref"] for each in self.kept.orders if each["account"] == account and each["step"] in steps]


@contextmanager
def upgraded(kept: Kept, folder: Path) -> Iterator[World]:
    """The kept moment, a few seconds later: cdsync has just been started anew with today's code."""
    with time_machine.travel(kept.at + timedelta(seconds=5), tick=True) as clock, ExitStack() as opened:
        there = {name: Account(name, each) for name, each in kept.accounts.items()}
        for account in there.values():
            opened.callback(account.stop)
        told = {"CDSYNC_DATABASE_URL": databases.chosen().address(folder), "CDSYNC_SECRET_KEY": KEY}
        app = create_app(instance_path=str(folder), TESTING=True, **told)
        with app.app_context():
            ports = {(name, "marketplace"): each.market.server.port for name, each in there.items()}
            ports |= {(name, "shop"): each.shop.server.port for name, each in there.items()}
            _load(with_ports(kept.database, ports))
            first_run.migrate(app)
            yield World(kept, there, clock)
            db.session.remove()
            db.engine.dispose()


def _load(script: str) -> None:
    """The release's database as it was, in the kind that is tested: tables of its own making, rows as they stood."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(script)
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as there:
                database.backup(there.connection.dbapi_connection)
        else:
            _copy(database)


def _copy(database: sqlite3.Connection) -> None:
    """Table by table, into the tables that the release's migrations make here."""
    source = create_engine("sqlite://", creator=lambda: database, poolclass=StaticPool)
    was, now = MetaData(), MetaData()
    was.reflect(source)
    (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    flask_migrate.upgrade(revision=revision)
    now.reflect(db.engine)
    with source.connect() as old, db.engine.begin() as new:
        for table in now.sorted_tables:
            rows = [dict(row) for row in old.execute(was.tables[table.name].select()).mappings()]
            if not rows or table.name == "alembic_version":
                continue
            new.execute(table.insert(), rows)
            if "id" in table.columns:
                last = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
                new.exec_driver_sql(last)


def _with_what_came_since(kept: bytes, today: bytes) -> bytes:
    """A table that the release's rehearsal shop did not play yet stands as today's begins."""
    old, new = json.loads(kept), json.loads(today)
    return json.dumps(old | {"tables": new["tables"] | old["tables"]}).encode()

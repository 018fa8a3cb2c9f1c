"""Fixtures around `tests.fakes`: a world, an account in it, and a way to run an operation to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdsync import connectors, orders, runs, settings
from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.db import db, transaction
from cdsync.models import Account, Order, OrderEvent, Run
from cdsync.operations import runner
from tests.fakes import WORLDS, World

Running = Callable[..., dict[str, Any]]
Write = ParamSpec("Write")
Answer = TypeVar("Answer")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Both sides in memory, under the connector name "fake"."""
    monkeypatch.setitem(connectors.MARKETPLACES, "fake", "tests.fakes:FakeMarketplace")
    monkeypatch.setitem(connectors.SHOPS, "fake", "tests.fakes:FakeShop")
    WORLDS["here"] = World()
    yield WORLDS["here"]
    WORLDS.clear()


@pytest.fixture
def fake_account(app: Flask, world: World) -> Account:
    return settings.load(
        {
            "account": "main",
            "marketplace": {"connector": "fake", "world": "here"},
            "shop": {"connector": "fake", "world": "here"},
            "orders": {
                "imported_status": "2",
                "shipped_status": "4",
                "carriers": {"TrackedHomeDelivery": "2"},
                "marketplace_carriers": {"2": "Colissimo"},
            },
        }
    )


@pytest.fixture
def run() -> Running:
    """Runs an operation to its end and answers its report: run(account, "import", order_ids=[…])."""

    def to_its_end(account: Account, operation: str, *, trigger: str = "cli", **changes: Any) -> dict[str, Any]:
        finished = runner.execute(runs.start(account, operation, trigger=trigger, **changes).id)
        return runs.report(finished)

    return to_its_end


def committed(write: Callable[Concatenate[Session, Write], Answer], *args: Write.args, **how: Write.kwargs) -> Answer:
    """What a function answers that changes something, in a transaction of its own."""
    with transaction() as session:
        return write(session, *args, **how)


def keep_reading(account: Account, entry: MarketplaceOrder | UnreadableOrder) -> orders.Stored:
    """What the marketplace says of an order, stored."""
    return committed(orders.store, account.id, entry)


def order_of(ref: str) -> Order:
    """The order as it is in the database now."""
    db.session.rollback()
    return db.session.scalars(
        select(Order).where(Order.marketplace_ref == ref).execution_options(populate_existing=True)
    ).one()


def kinds(ref: str) -> list[str]:
    """The kinds of an order's events, oldest first."""
    db.session.rollback()
    query = select(OrderEvent.kind).join(Order).where(Order.marketplace_ref == ref).order_by(OrderEvent.id)
    return list(db.session.scalars(query))


def last_run() -> Run:
    db.session.rollback()
    return db.session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).one()


def rewind(ref: str, **values: Any) -> None:
    """Sets times and other columns as if they had been so for long."""
    order = order_of(ref)
    for name, value in values.items():
        setattr(order, name, value)
    db.session.commit()

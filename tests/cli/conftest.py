"""The commands, run as a person would: an application with tables, and both outside systems where a test needs them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from cdsync import settings
from cdsync.config import VARIABLES
from cdsync.db import db
from cdsync.sandbox.rehearsal import Rehearsal
from tests import databases

Run = Callable[..., Result]
NOWHERE = "redis://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An application with empty tables, no account, and a Redis that is away."""
    app = new_app(tmp_path)
    yield app
    close(app)


@pytest.fixture
def flask(app: Flask) -> Run:
    """Runs a command: `flask("orders", "list")`."""
    return runner(app)


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    """Marketplace and shop, full of orders, over real HTTP."""
    world = Rehearsal().start()
    yield world
    world.stop()


@pytest.fixture(scope="module")
def looked_up(rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application connected to the rehearsal, after its first lookup."""
    app = new_app(tmp_path_factory.mktemp("instance"))
    with app.app_context():
        settings.load(rehearsal_settings(rehearsal))
        db.session.remove()
    assert runner(app)("sync", "lookup", "--inline").exit_code in (0, 1)
    yield app
    close(app)


def new_app(instance: Path, **overrides: Any) -> Flask:
    told = {
        "CDSYNC_SECRET_KEY": "a key for tests, long enough for cdsync",
        "CDSYNC_REDIS_URL": NOWHERE,
        "TESTING": True,
        **overrides,
    }
    app = create_app(instance_path=str(instance), **told)
    databases.make_tables(app)
    return app


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def runner(app: Flask) -> Run:
    def run(*words: str, stdin: str | bytes | None = None) -> Result:
        return app.test_cli_runner().invoke(args=list(words), input=stdin, catch_exceptions=False)

    return run


def rehearsal_settings(rehearsal: Rehearsal) -> dict[str, Any]:
    """The document that connects an account to the rehearsal."""
    told = rehearsal.connections()
    chosen = {"imported_status": "2", "shipped_status": "4", "payment_module": "ps_wirepayment"}
    document = {
        "marketplace": {"connector": "octopia", **told["octopia"]},
        "shop": {"connector": "prestashop", **told["prestashop"]},
        "orders": {**chosen, **told["orders"]},
    }
    return dict(json.loads(json.dumps(document)))

"""An application of its own for each test: an instance folder, a database, nothing of this machine's environment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from cdsync import connectors
from cdsync.config import VARIABLES
from cdsync.db import db
from tests import databases


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """cdsync's application with empty tables, its context entered."""
    app = create_app(
        instance_path=str(tmp_path), TESTING=True, CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync"
    )
    databases.make_tables(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connectors named "plain", whose settings are of every kind there is."""
    here = "tests.foundation.plain_connectors"
    monkeypatch.setitem(connectors.MARKETPLACES, "plain", f"{here}:PlainMarketplace")
    monkeypatch.setitem(connectors.SHOPS, "plain", f"{here}:PlainShop")


@pytest.fixture
def document() -> dict[str, Any]:
    """A complete settings document for the plain connectors."""
    return {
        "account": "main",
        "marketplace": {"connector": "plain", "key": "market-secret", "channels": ["A", "B"]},
        "shop": {"connector": "plain", "url": "https://shop.example", "key": "shop-secret"},
        "orders": {"imported_status": "2", "shipped_status": "4", "carriers": {"TrackedHomeDelivery": "7"}},
    }

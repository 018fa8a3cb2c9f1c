"""A cdsync of its own in a temporary folder, connected to both rehearsal systems: what every measurement runs on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask

from app import create_app
from cdsync import accounts, runs, settings
from cdsync.db import db
from cdsync.models import Run
from cdsync.operations import runner
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import suggested_settings
from cdsync.sandbox.scenarios.catalogue import fill_shop


@dataclass
class Rehearsed:
    app: Flask
    market: OctopiaSandbox
    shop: PrestaShopSandbox
    folder: str

    def run(self, operation: str, order_ids: list[int] | None = None) -> Run:
        """One run of an operation, in this process."""
        with self.app.app_context():
            run = runs.start(accounts.find(None), operation, trigger="cli", actor="bench", order_ids=order_ids)
            return runner.execute(run.id)


@contextmanager
def rehearsed(version: str = "9.1.4", timeout_seconds: int = 60) -> Iterator[Rehearsed]:
    """Both systems on loopback, an empty database, settings complete; all of it gone afterwards."""
    market = OctopiaSandbox().start()
    shop = PrestaShopSandbox(version=version, demo=False)
    fill_shop(shop)
    shop.start()
    try:
        with tempfile.TemporaryDirectory(prefix="cdsync-bench-") as folder:
            app = create_app(
                instance_path=folder,
                CDSYNC_SECRET_KEY="a key for measurements, long enough",
                CDSYNC_ALLOW_PRIVATE_ADDRESSES="loopback",
            )
            with app.app_context():
                db.create_all()
                settings.load(document(market, shop, timeout_seconds))
            yield Rehearsed(app, market, shop, folder)
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    finally:
        market.stop()
        shop.stop()


def document(market: OctopiaSandbox, shop: PrestaShopSandbox, timeout_seconds: int) -> dict[str, Any]:
    """A complete settings document for these two."""
    return {
        "account": "main",
        "marketplace": {
            "connector": "octopia",
            "api_url": market.api_url,
            "token_url": market.token_url,
            "client_id": market.client_id,
            "client_secret": market.client_secret,
            "seller_id": market.seller_id,
            "sales_channels": ["CDISFR"],
        },
        "shop": {"connector": "prestashop", "url": shop.url, "key": shop.key, "timeout_seconds": timeout_seconds},
        "orders": {"imported_status": "2", "shipped_status": "4", **suggested_settings(shop)},
    }

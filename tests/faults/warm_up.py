"""Lets a process carry out every operation once, so that its children find all code loaded and all SQL compiled."""

from __future__ import annotations

import gc
import threading
import time

from flask import Flask

from cdsync import accounts, runs, settings
from cdsync.connectors.http import read_retry
from cdsync.connectors.octopia import shipment
from cdsync.connectors.octopia.api import access_token
from cdsync.db import db
from cdsync.operations import runner
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import add_orders
from cdsync.sandbox.scenarios.catalogue import fill_shop
from tests.conftest import settings_for


def warm_up(app: Flask) -> None:
    """Leaves no thread, no open database and no token behind, or the children would share them."""
    read_retry.PAUSES = ()  # a read that fails ends what it was for: asked again, it would only break elsewhere
    shipment.LOOK_AFTER = (0.0, 0.0, 0.0, 0.0)  # a parcel that does not show is looked for again by the next run
    market, shop = OctopiaSandbox(), PrestaShopSandbox(demo=False)
    fill_shop(shop)
    market.start()
    shop.start()
    with app.app_context():
        db.create_all()
        settings.load(settings_for(market, shop))
        for kind in ("dearer_shipping", "several_vat_rates", "fee", "to_accept"):
            add_orders(market, kind)
        for operation in ("lookup", "accept", "import", "ship", "reconcile"):
            if operation == "ship":
                shop.set_tracking(1, "6A1")
                shop.set_state(1, 4)
            runner.execute(runs.start(accounts.find(None), operation, trigger="cli").id)
        db.session.remove()
        db.drop_all()
        db.engine.dispose()
    access_token._SLOTS.clear()
    market.stop()
    shop.stop()
    _be_alone()


def _be_alone() -> None:
    limit = time.monotonic() + 10
    while threading.active_count() > 1:
        if time.monotonic() > limit:
            raise RuntimeError(f"still running: {threading.enumerate()}")
        gc.collect()  # ends the connections, and with them the sandboxes' threads
        time.sleep(0.01)

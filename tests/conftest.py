"""What all tests share: no network but loopback, an application of its own per test, and both rehearsal systems.

`market` and `shop` answer over HTTP; `account` is set up for them, so operations and pages work as in a rehearsal.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from flask import Flask

from app import create_app
from cdsync import settings
from cdsync.application import INSTANCE
from cdsync.config import OPEN_REDIS, PRIVATE_ADDRESSES, VARIABLES
from cdsync.connectors.http import allowed_addresses, pacing, read_retry
from cdsync.connectors.octopia.api import access_token
from cdsync.db import db
from cdsync.models import Account
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import suggested_settings
from cdsync.sandbox.scenarios.catalogue import fill_shop
from tests import databases

pytest_plugins = ["tests.databases.plugin", "tests.short_cut", "tests.worlds"]

# Both rehearsal systems answer on this machine, and a Redis of a test at a port of it; processes that tests start hear
# this too.
os.environ[PRIVATE_ADDRESSES] = "loopback"
os.environ[OPEN_REDIS] = "yes"
allowed_addresses.allow(allowed_addresses.networks("loopback"))

# Whoever runs the tests may have an installation in this checkout, or name one: no test, and no process of one, is to
# open its database or make its key.
for name in VARIABLES:
    os.environ.pop(name, None)
os.environ[INSTANCE] = tempfile.mkdtemp(prefix="cdsync-tests-")


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ[INSTANCE], ignore_errors=True)


# A machine that is busy draws examples slowly: that says nothing about what is tested.
hypothesis.settings.register_profile("busy", suppress_health_check=[hypothesis.HealthCheck.too_slow], deadline=None)
hypothesis.settings.load_profile("busy")

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", ""})


def _is_local(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    return name in LOCAL_NAMES or name.startswith("127.")


@pytest.fixture(autouse=True, scope="session")
def _no_names_looked_up() -> Iterator[None]:
    """Another name than this machine's does not resolve. Connections are pytest-socket's, which leaves names alone."""
    patch = pytest.MonkeyPatch()
    getaddrinfo = socket.getaddrinfo

    def resolve(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
        if not _is_local(host) and not flags & socket.AI_NUMERICHOST:  # an address asks nobody what it stands for
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return getaddrinfo(host, port, family, type, proto, flags)

    patch.setattr(socket, "getaddrinfo", resolve)
    yield
    patch.undo()


# What takes minutes together: `make proof` runs it, so that `make test` ends in time on two cores.
LONG = tuple(
    f"tests/{each}"
    for each in (
        "security/", "catalogue_walk/", "faults/test_fault_matrix", "faults/test_tied_elsewhere",
        "faults/test_sequences", "connectors/prestashop/test_putting_away", "connectors/prestashop/test_faults",
        "connectors/prestashop/test_canary", "connectors/prestashop/test_split",
        "connectors/prestashop/test_looking_first", "connectors/prestashop/test_nothing_lost",
        "operations/test_live_orders", "operations/test_belonging", "operations/test_over_http",
        "operations/test_split", "operations/test_moving", "operations/test_odd_shops", "operations/test_doors",
        "web/connect/test_acting_by_address", "web/accounts/test_ten_ways", "web/shell/test_two_tabs",
        "web/shell/test_odd_text", "web/shell/test_odd_requests", "web/shell/test_customer_data",
        "web/shell/test_slow_sides", "web/orders/test_shop_order_gone", "jobs/test_idle_hour",
    )
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(LONG):
            item.add_marker(pytest.mark.long)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector need not walk through it a thousand times over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that fails has failed: what comes of it is what most tests ask. The other half: `test_read_retry.py`."""
    monkeypatch.setattr(read_retry, "PAUSES", ())
    monkeypatch.setattr(read_retry, "FOR_A_LIST", 0.0)


@pytest.fixture(autouse=True)
def _no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new marketplace may get the port of an earlier one, whose tokens are worth nothing there."""
    monkeypatch.setattr(access_token, "_SLOTS", {})


@pytest.fixture(autouse=True)
def _nobody_paused() -> Iterator[None]:
    """A pause that one test's host asked for is no other's; `test_pacing.py` counts requests."""
    yield
    pacing.use(None)


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """cdsync's application, made once: that takes longer than most tests."""
    patch = pytest.MonkeyPatch()
    for name in VARIABLES:
        patch.delenv(name, raising=False)
    folder = tmp_path_factory.mktemp("instance")
    told = {
        "CDSYNC_SECRET_KEY": "a key for tests, long enough for cdsync",
        "CDSYNC_PASSWORD_COST": (1, 8),
    }  # the same method, with less work
    app = create_app(instance_path=str(folder), TESTING=True, **told)
    patch.undo()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(application: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application with an empty database and its own configuration, its context entered."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    kept = dict(application.config)
    databases.chosen().empty(application.config["CDSYNC_DATABASE_URL"])
    with application.app_context():
        yield application
        db.session.remove()
        databases.chosen().leave(db.engine)
    application.config.clear()
    application.config.update(kept)


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    """The rehearsal marketplace, without orders; an accepted order is paid and addressed at the next read."""
    market = OctopiaSandbox().start()
    yield market
    market.stop()


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    """The rehearsal shop (9.1.4) with the rehearsal's products and carriers, without orders."""
    shop = PrestaShopSandbox(demo=False)
    fill_shop(shop)
    shop.start()
    yield shop
    shop.stop()


@pytest.fixture
def account(app: Flask, market: OctopiaSandbox, shop: PrestaShopSandbox) -> Account:
    """The account "main", complete and set up for `market` and `shop`: 2 imported, 4 shipped, 6 cancelled."""
    return settings.load(settings_for(market, shop))


def settings_for(market: OctopiaSandbox, shop: PrestaShopSandbox) -> dict[str, Any]:
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
        "shop": {"connector": "prestashop", "url": shop.url, "key": shop.key, "timeout_seconds": 30},
        "orders": {
            "imported_status": "2",
            "shipped_status": "4",
            "cancelled_status": "6",
            **suggested_settings(shop),
        },
    }

"""Ten ways to get an invented order into the live shop. None of them may write anything there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from cdsync import accounts, orders, runs, settings
from cdsync.db import db
from cdsync.errors import CdsyncError
from cdsync.models import Order, Run
from cdsync.operations import runner
from cdsync.operations.shared.context import RunContext
from cdsync.runs import queue
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import add_orders
from cdsync.sandbox.scenarios.catalogue import fill_shop
from rq_jobs import run_operation
from tests.conftest import settings_for
from tests.web.conftest import Browser

REHEARSAL, LIVE = "Rehearsal", "live"


class Both:
    """The rehearsal with three invented orders to import and one to accept, and a live account beside it."""

    def __init__(self, app: Flask, markets: list[OctopiaSandbox], shops: list[PrestaShopSandbox]) -> None:
        self.app, self.live_market, self.live_shop = app, markets[1], shops[1]
        self.rehearsal_shop = shops[0]
        self.tied = [settings_for(*pair) for pair in zip(markets, shops, strict=True)]
        settings.load({**self.tied[0], "account": REHEARSAL}, rehearsal=True)
        settings.load({**self.tied[1], "account": LIVE})
        self.invented = [add_orders(markets[0], kind)[0] for kind in ("simple", "simple", "simple", "to_accept")]
        run("lookup", REHEARSAL)

    def ids(self) -> list[int]:
        query = select(Order.id).where(Order.marketplace_ref.in_(self.invented)).order_by(Order.id)
        return list(db.session.scalars(query))

    def written(self) -> list[str]:
        """What reached the live side and was no reading; a sign-in is none."""
        return [
            f"{seen.method} {seen.path}"
            for side in (self.live_market, self.live_shop)
            for seen in side.server.log
            if seen.method not in ("GET", "HEAD") and not seen.path.endswith("/token")
        ]

    def tie_rehearsal_to_the_live_side(self) -> None:
        """Past every check, in the tables themselves."""
        rehearsal, live = accounts.find(REHEARSAL), accounts.find(LIVE)
        rehearsal.settings = dict(live.settings)
        db.session.commit()


def run(operation: str, account: str, **how: Any) -> dict[str, Any]:
    started = runs.start(accounts.find(account), operation, trigger="cli", **how)
    return runs.report(runner.execute(started.id))


@pytest.fixture
def both(app: Flask) -> Iterator[Both]:
    markets = [OctopiaSandbox().start(), OctopiaSandbox(client_id="own", client_secret="s", seller_id="11111").start()]
    shops = [PrestaShopSandbox(demo=False), PrestaShopSandbox(key="L" * 32, demo=False)]
    for shop in shops:
        fill_shop(shop)
        shop.start()
    yield Both(app, markets, shops)
    for side in (*markets, *shops):
        side.stop()


@pytest.fixture
def carried_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Stands for Redis and a worker: what is handed to the queue is carried out later by `work`."""
    ids: list[int] = []
    monkeypatch.setattr(queue, "enqueue", lambda run: ids.append(run.id))
    return ids


def work(ids: list[int]) -> None:
    db.session.rollback()
    for run_id in ids:
        runner.execute(run_id)
    ids.clear()


def look_at(browser: Browser, account: str) -> None:
    assert browser.post("/sign-in/account", {"account": account}).status_code == 303


def test_1_the_button_of_a_page_that_was_left_open(both: Both, merchant: Browser, carried_out: list[int]) -> None:
    look_at(merchant, REHEARSAL)
    page = merchant.named("/orders?tab=to_import")
    look_at(merchant, LIVE)  # in another tab
    merchant.post("/orders/act", {**page, "do": "all:import", "tab": "to_import"}, token=False)
    work(carried_out)
    merchant.post("/orders/act", {**page, "do": "import", "id": both.ids()}, token=False)
    work(carried_out)
    assert both.written() == []
    assert len(both.rehearsal_shop.rows("orders")) == 3  # where they were meant to go


def test_2_ticked_by_number_on_the_live_accounts_page(both: Both, merchant: Browser, carried_out: list[int]) -> None:
    look_at(merchant, LIVE)
    for action in ("import", "accept", "refuse", "retry"):
        merchant.post("/orders/act", {"do": action, "id": both.ids(), "sure": "1"})
    for ref in both.invented:
        merchant.post(f"/orders/{ref}/act", {"do": "import"})
    started = {db.session.get_one(Run, each).account_id for each in carried_out}
    work(carried_out)
    assert both.written() == []
    assert started <= {accounts.find(REHEARSAL).id}


def test_3_a_retry_after_the_account_was_tied_elsewhere(both: Both, merchant: Browser, carried_out: list[int]) -> None:
    both.tie_rehearsal_to_the_live_side()
    run("import", REHEARSAL)
    look_at(merchant, REHEARSAL)
    merchant.post("/orders/act", {"do": "retry", "id": both.ids()})
    for ref in both.invented:
        merchant.post(f"/orders/{ref}/act", {"do": "retry"})
    assert carried_out
    work(carried_out)
    assert both.written() == []
    assert {each.problem_code for each in map(_order, both.ids())} == {"order.other_seller"}


@pytest.mark.parametrize("operation", ["accept", "import", "ship", "lookup"])
def test_4_a_command_that_names_the_live_account(both: Both, operation: str) -> None:
    for ref in both.invented:
        for words in (["--account", LIVE], []):
            result = both.app.test_cli_runner().invoke(
                args=["sync", operation, *words, "--order", ref, "--inline", "--json"]
            )
            assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (2, "order.unknown")
    assert both.written() == []


def test_5_the_schedules_of_both_accounts(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_operation, "application", lambda: both.app)
    for _ in range(2):
        for account in (REHEARSAL, LIVE):
            for operation in ("lookup", "accept", "import", "ship", "reconcile"):
                run_operation.run_scheduled(account, operation)
        both.tie_rehearsal_to_the_live_side()
    assert both.written() == []


def test_6_the_functions_themselves(both: Both) -> None:
    """A plug-in, a script or an operation to come that asks nobody whether it may."""
    drafts = [orders.draft(each, settings.read(accounts.find(REHEARSAL))) for each in map(_order, both.ids()[:3])]
    started = runs.start(accounts.find(LIVE), "import", trigger="cli")
    assert runs.take(started.id, "me", 60)
    context = RunContext(runs.find(started.id), "me")
    db.session.rollback()
    results = list(context.shop.import_orders(drafts, context.policy, context.journal))
    assert len(results) == 3
    for ref in both.invented:
        for write in (context.marketplace.accept, context.marketplace.refuse):
            with pytest.raises(CdsyncError):
                write(ref)
    assert both.written() == []


def _order(order_id: int) -> Order:
    return db.session.get_one(Order, order_id)


def test_7_settings_that_would_mix_the_two(both: Both) -> None:
    rehearsed, real = both.tied
    for name, document in ((REHEARSAL, real), (LIVE, rehearsed)):
        for part in ({}, {"marketplace": document["marketplace"]}, {"shop": document["shop"]}):
            wanted = {**(part or document), "account": name}
            with pytest.raises(settings.SettingsInvalid):
                settings.load(wanted)
    for operation in ("accept", "import"):
        run(operation, REHEARSAL, order_ids=both.ids())
        run(operation, LIVE)
    assert both.written() == []


def test_8_a_database_from_before_orders_said_where_they_belong(both: Both) -> None:
    live = accounts.find(LIVE)
    db.session.execute(update(Order).values(account_id=live.id, seller="", shop=""))
    db.session.commit()
    for operation in ("lookup", "accept", "import", "ship", "reconcile"):
        run(operation, LIVE)
        if operation in ("accept", "import"):
            run(operation, LIVE, order_ids=both.ids())
    assert both.written() == []
    assert {each.problem_code for each in map(_order, both.ids())} == {"order.seller_unknown"}


def test_9_a_second_host_on_the_same_database(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """It began with the rehearsal's settings in its hand; another host ties the account elsewhere meanwhile."""
    other = create_app(
        both.app.instance_path, TESTING=True, CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync",
        CDSYNC_DATABASE_URL=both.app.config["SQLALCHEMY_DATABASE_URI"],
    )  # fmt: skip
    both.tie_rehearsal_to_the_live_side()
    done: list[str] = []

    def elsewhere() -> None:
        with other.app_context():
            for operation in ("accept", "import"):
                done.append(run(operation, REHEARSAL)["state"])
            db.session.remove()
            db.engine.dispose()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert done == ["finished", "finished"]
    assert both.written() == []


def test_10_a_request_that_is_sent_once_more(both: Both, merchant: Browser, carried_out: list[int]) -> None:
    """As it was recorded on the rehearsal's page, and after the rehearsal has been emptied and removed."""
    look_at(merchant, REHEARSAL)
    recorded = {**merchant.named("/orders?tab=to_import"), "do": "import", "id": both.ids()}
    merchant.post("/orders/act", recorded, token=False)
    assert carried_out
    work(carried_out)
    assert both.written() == []
    accounts.remove(accounts.find(REHEARSAL).id)
    look_at(merchant, LIVE)
    merchant.post("/orders/act", recorded, token=False)
    merchant.post("/orders/act", {**recorded, "acting_on": merchant.named()["acting_on"]}, token=False)
    work(carried_out)
    assert both.written() == []


def test_and_a_real_order_does_get_there(both: Both, merchant: Browser, carried_out: list[int]) -> None:
    """What the ten ways have in common would otherwise only show that nothing works."""
    (real,) = add_orders(both.live_market, "simple", 7)[-1:]
    run("lookup", LIVE)
    look_at(merchant, LIVE)
    (order,) = db.session.scalars(select(Order).where(Order.marketplace_ref == real, Order.seller != "rehearsal"))
    merchant.post("/orders/act", {"do": "import", "id": [order.id]})
    work(carried_out)
    assert len(both.live_shop.rows("orders")) == 1

"""What one more order costs in the database: a ceiling for each operation, which is only ever lowered.

A commit is a wait for the disk, on SQLite for everybody who writes. With the fakes no exchanges are kept, and each
order comes through by itself; what an import costs in all is counted with the rehearsal's shops.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import event

from cdsync.db import db
from cdsync.models import Account
from cdsync.operations import import_orders
from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios.catalogue import fill_shop
from tests.fakes import World, reading
from tests.worlds import Running

MORE = 10
A_BATCH = 20  # orders


def counted(act: Callable[[], object]) -> Counter[str]:
    """Statements and commits of `act`; not how often a run writes how far it is, nor what its lease's own thread does,
    which goes by the clock."""
    seen: Counter[str] = Counter()
    own = threading.get_ident()

    def statement(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        clock = text.startswith(("BEGIN", "UPDATE runs")) or threading.get_ident() != own
        seen["statements"] += not clock

    def commit(_connection: object) -> None:
        seen["commits"] += threading.get_ident() == own

    listeners = (("before_cursor_execute", statement), ("commit", commit))
    for name, listener in listeners:
        event.listen(db.engine, name, listener)
    try:
        act()
    finally:
        for name, listener in listeners:
            event.remove(db.engine, name, listener)
    return seen


def for_lookup(world: World, count: int, name: str) -> None:
    world.add(*(reading(f"{name}{n}") for n in range(count)))


def for_accept(world: World, count: int, name: str) -> None:
    world.add(*(reading(f"{name}{n}", "to_accept") for n in range(count)))


def to_ship(world: World) -> None:
    world.shop_orders = [replace(each, status_ref="4", tracking_number="T1") for each in world.shop_orders]


@pytest.mark.parametrize(
    ("operation", "most"),
    [
        ("lookup", {"statements": 4.6, "commits": 0.1}),
        ("accept", {"statements": 16, "commits": 2}),
        ("import", {"statements": 18, "commits": 3}),
        ("ship", {"statements": 17, "commits": 3}),
    ],
)
def test_one_more_order_costs_no_more_than_this(
    world: World, fake_account: Account, run: Running, operation: str, most: dict[str, float]
) -> None:
    costs = []
    for count, name in ((1, "A"), (1 + MORE, "B")):
        (for_accept if operation == "accept" else for_lookup)(world, count, name)
        if operation != "lookup":
            run(fake_account, "lookup")
        if operation == "ship":
            run(fake_account, "import")
            to_ship(world)
        costs.append(counted(lambda: run(fake_account, operation)))
    few, many = costs
    each = {what: (many[what] - few[what]) / MORE for what in most}
    assert all(each[what] <= most[what] for what in most), each


@pytest.fixture
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    """A rehearsal shop of the version asked for, with products and carriers."""
    shop = PrestaShopSandbox(version=request.param, demo=False)
    fill_shop(shop)
    shop.start()
    yield shop
    shop.stop()


@pytest.mark.sockets
@pytest.mark.parametrize("shop", ["9.1.4", "8.2.1"], indirect=True)
def test_one_more_order_imported_costs_no_more_than_this(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its exchanges, and with one batch more: the first run has one order, the second a batch and one."""
    monkeypatch.setattr(import_orders, "MOST_AT_ONCE", A_BATCH)
    costs = []
    for count in (1, 1 + A_BATCH):
        for number in range(count):
            lines = [line_json(sku="MUG-ARDOISE", quantity=2, unit_price="9.99", shipping="3.33")]
            market.add(order_json(lines=lines, customer_reference=f"buyer {count} {number}"))
        run(account, "lookup")
        costs.append(counted(lambda: run(account, "import")))
    assert len(shop.rows("orders")) == 2 + A_BATCH
    few, many = costs
    each = {what: (many[what] - few[what]) / A_BATCH for what in few}
    assert each["statements"] <= 12, each
    assert each["commits"] <= 3, each

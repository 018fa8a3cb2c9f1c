"""Several workers, hosts and people on the same orders: one shop order each, stock lowered once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from cdsync import runs
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.models import Order
from cdsync.operations import import_orders
from cdsync.sandbox.octopia import line_json, order_json
from tests import databases
from tests.operations.importing_host import import_as

ROOT = Path(__file__).resolve().parents[2]
ORDERS = 15


@pytest.fixture
def due(account, market, shop, run, monkeypatch):
    """15 orders of one mug each, ready to import; the shop takes its time over each order."""
    monkeypatch.setattr(import_orders, "MOST_AT_ONCE", import_orders.MOST_AT_ONCE)  # put back what `import_as` changes
    for _ in range(ORDERS):
        market.add(order_json(lines=[line_json(sku="MUG-ARDOISE", unit_price="9.99", shipping="5.90")]))
    run(account, "lookup")
    db.session.rollback()
    shop.order_seconds = 0.02
    return stock_of_mugs(shop)


def environment_of(app) -> dict[str, str]:
    return {**os.environ, **databases.chosen().environment(Path(app.instance_path))}


def stock_of_mugs(shop) -> int:
    (mug,) = [row for row in shop.rows("products") if row["reference"] == "MUG-ARDOISE"]
    return int(shop.stock(int(mug["id"])))


def assert_one_shop_order_each(shop, stock_before: int) -> None:
    payments = Counter(row["payment"] for row in shop.rows("orders"))
    assert len(payments) == ORDERS
    assert set(payments.values()) == {1}
    assert {Decimal(row["total_paid"]) for row in shop.rows("orders")} == {Decimal("15.89")}
    assert stock_of_mugs(shop) == stock_before - ORDERS
    db.session.rollback()
    assert Counter(state for (state,) in db.session.query(Order.state)) == {"imported": ORDERS}
    assert [order.marketplace_ref for order in db.session.query(Order) if len(order.shop_orders) != 1] == []
    assert db.session.query(Order).filter(Order.claim_owner.is_not(None)).count() == 0
    db.session.rollback()


@pytest.mark.faults  # the sample in tests/faults shows the same, quicker
def test_eight_workers_on_the_same_orders_make_one_shop_order_each(app, shop, due):
    start = threading.Barrier(8)
    counts: list[dict[str, int]] = []

    def work(number: int) -> None:
        start.wait()
        counts.append(import_as(app, f"worker{number}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(count.get("done", 0) for count in counts) == ORDERS
    assert sum("done" in count for count in counts) > 1, "no two of them worked at the same time"
    assert_one_shop_order_each(shop, due)


@pytest.mark.faults  # the sample in tests/faults shows the same, quicker
def test_two_hosts_on_one_database_make_one_shop_order_each(app, shop, due):
    command = [sys.executable, "-m", "tests.operations.importing_host", app.instance_path]
    hosts = [
        subprocess.Popen(
            [*command, f"host{n}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment_of(app),
        )
        for n in range(2)
    ]
    for host in hosts:
        assert host.stdout is not None
        assert host.stdout.readline() == "ready\n"
    for host in hosts:
        assert host.stdin is not None
        host.stdin.write("go\n")
        host.stdin.flush()
    said = [host.communicate(timeout=60)[0] for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], said
    assert_one_shop_order_each(shop, due)


def test_two_people_clicking_import_on_the_same_order_is_one_run(account, shop, due):
    order_id = db.session.query(Order.id).first()[0]
    db.session.rollback()
    first = runs.start(account, "import", trigger="button", actor="anna", order_ids=[order_id])
    with pytest.raises(ConfigError) as caught:
        runs.start(account, "import", trigger="button", actor="bert", order_ids=[order_id])
    assert caught.value.data == {"run": first.id}


@pytest.mark.faults  # the sample in tests/faults shows the same, quicker
def test_a_killed_host_loses_nothing_and_doubles_nothing(app, account, shop, due, run):
    command = [sys.executable, "-m", "tests.operations.importing_host", app.instance_path, "doomed"]
    host = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment_of(app)
    )
    assert host.stdin is not None
    assert host.stdout is not None
    host.stdout.readline()
    host.stdin.write("go\n")
    host.stdin.flush()
    wait_for(lambda: len(shop.rows("orders")) >= 3)
    host.kill()
    host.communicate()
    made = len(shop.rows("orders"))
    assert 3 <= made < ORDERS
    let_leases_and_waits_run_out()
    for _ in range(2):
        run(account, "import")
        let_leases_and_waits_run_out()
    assert_one_shop_order_each(shop, due)


def wait_for(condition) -> None:
    """Until it is so; the test's time limit ends a wait in vain."""
    pause = threading.Event()
    while not condition():
        pause.wait(0.01)


def let_leases_and_waits_run_out() -> None:
    """As if minutes had passed: leases, waiting times and the age of begun steps."""
    from datetime import timedelta

    from cdsync.db import now, transaction
    from cdsync.models import ImportStep

    past = now() - timedelta(minutes=10)
    with transaction() as session:
        session.query(Order).filter(Order.claim_until.is_not(None)).update({"claim_until": past})
        session.query(Order).filter(Order.next_try_at.is_not(None)).update({"next_try_at": past})
        session.query(ImportStep).update({"begun_at": past})

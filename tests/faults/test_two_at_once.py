"""Several processes at the same orders at the same moment: one shop order each, whoever comes first."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cdsync.sandbox.faults import Fault
from cdsync.sandbox.scenarios import add_orders

from . import verdict
from .world import World, Worlds, until

MIXED = ("simple", "dearer_shipping", "combination", "same_buyer", "another_price")


@pytest.fixture
def world(worlds: Worlds) -> Iterator[World]:
    world = worlds.of("9.1.4")
    world.back_to(world.beginning)
    yield world
    world.back_to(world.beginning)


def _look_up(world: World, *kinds: str) -> list[verdict.Asked]:
    for kind in kinds:
        add_orders(world.market, kind)
    assert world.operate("lookup").result["state"] == "finished"
    return verdict.asked(world)


def _let_runs_open_side_by_side(world: World) -> None:
    """Takes the guard "one open run per operation" away, so that the claims stand alone."""
    world.change_database("DROP INDEX uq_runs_open")


def _soon() -> float:
    return time.time() + 0.15


@pytest.mark.parametrize(
    ("workers", "kinds"),
    [(4, MIXED * 3), pytest.param(8, MIXED * 10, marks=pytest.mark.faults)],
    ids=["4 workers on 15 orders", "8 workers on 50 orders"],
)
def test_workers_on_the_same_orders_make_one_shop_order_each(
    world: World, workers: int, kinds: tuple[str, ...]
) -> None:
    stock = verdict.stocks(world)
    orders = _look_up(world, *kinds)
    _let_runs_open_side_by_side(world)
    world.shop.order_seconds = 0.01  # the shop looks, then works: simultaneous posts of a cart would double an order
    at = _soon()
    begun = [world.begin("import", at=at, batch=3, lock_wait=20) for _ in range(workers)]
    counts = [world.forks.end(pid).result["counts"] for pid in begun]
    assert sum(each.get("done", 0) for each in counts) == len(kinds)
    assert sum("done" in each for each in counts) > 1, "no two of them worked at the same time"
    assert any(each.get("skipped") for each in counts)
    assert verdict.imported_wrongs(world, orders, stock) + verdict.run_wrongs(world) == []


def test_two_people_who_press_import_at_once_make_one_shop_order(world: World) -> None:
    stock = verdict.stocks(world)
    orders = _look_up(world, "simple")
    world.shop.order_seconds = 0.2
    at = _soon()
    people = [world.begin("import", wanted=world.order_ids(), at=at, lock_wait=20) for _ in range(2)]
    results = sorted((world.forks.end(pid).result for pid in people), key=lambda each: "refused" in each)
    assert results[0]["counts"] == {"done": 1}
    assert results[1]["refused"] == "run.already_running"
    assert verdict.imported_wrongs(world, orders, stock) + verdict.run_wrongs(world) == []


def test_claims_alone_keep_two_runs_from_the_same_order(world: World) -> None:
    stock = verdict.stocks(world)
    orders = _look_up(world, "simple")
    _let_runs_open_side_by_side(world)
    world.shop.order_seconds = 0.2
    at = _soon()
    people = [world.begin("import", wanted=world.order_ids(), at=at, lock_wait=20) for _ in range(2)]
    counts = [world.forks.end(pid).result["counts"] for pid in people]
    assert sorted(counts, key=str) == [{"done": 1}, {"skipped": 1}]
    assert len(world.shop.server.requests("POST", "/api/orders")) == 1
    assert verdict.imported_wrongs(world, orders, stock) == []


def test_two_runs_accept_an_order_once(world: World) -> None:
    world.market.accept_delay = 300.0
    orders = _look_up(world, *["to_accept"] * 6)
    _let_runs_open_side_by_side(world)
    at = _soon()
    workers = [world.begin("accept", at=at, lock_wait=20) for _ in range(3)]
    assert all(world.forks.end(pid).status == 0 for pid in workers)
    told = [ref for ref, _decision in world.market.approvals]
    assert len([s for s in world.market.server.requests("POST") if s.path.endswith("approval-status")]) == 6
    assert verdict.told_wrongs(world, orders, told, ("accepted",)) == []


def test_two_runs_ship_an_order_once(world: World) -> None:
    orders = _look_up(world, *["simple"] * 6)
    assert world.operate("import").result["counts"] == {"done": 6}
    for row in world.shop.rows("orders"):
        world.shop.set_tracking(int(row["id"]), f"6A{row['id']:0>11}")
        world.shop.set_state(int(row["id"]), 4)
    _let_runs_open_side_by_side(world)
    at = _soon()
    workers = [world.begin("ship", at=at, lock_wait=20) for _ in range(3)]
    assert all(world.forks.end(pid).status == 0 for pid in workers)
    assert verdict.told_wrongs(world, orders, (ref for ref, _ in world.market.shipments), ("shipped",)) == []


def test_cron_while_a_person_imports_says_so_and_ends_with_2(world: World) -> None:
    stock = verdict.stocks(world)
    orders = _look_up(world, "simple")
    world.shop.server.faults.add(Fault("late", method="POST", path="/api/carts", seconds=1.0))
    person = world.begin("import", wanted=world.order_ids())
    assert until(lambda: not world.shop.server.faults.pending())  # the shop is at the person's cart
    cron = world.command("sync", "import", "--inline")
    assert cron.result["exit_code"] == 2
    assert "already" in cron.result["output"].lower()
    assert world.forks.end(person).result["counts"] == {"done": 1}
    assert verdict.imported_wrongs(world, orders, stock) + verdict.run_wrongs(world) == []


def test_a_run_that_redis_does_not_take_is_closed_and_touches_nothing(world: World) -> None:
    stock = verdict.stocks(world)
    orders = _look_up(world, "simple")
    world.shop.server.log.clear()
    assert world.operate("import", queued=True).result["refused"] == "redis.away"
    assert world.shop.server.log == []
    assert verdict.run_wrongs(world) == []
    assert world.operate("import").result["counts"] == {"done": 1}
    assert verdict.imported_wrongs(world, orders, stock) + verdict.run_wrongs(world) == []


def test_a_run_that_was_queued_and_lost_with_redis_does_not_block_for_ever(world: World) -> None:
    stock = verdict.stocks(world)
    orders = _look_up(world, "simple")
    world.change_database(
        "INSERT INTO runs (account_id, operation, trigger, actor, state, open, options, total, processed, counts,"
        " queued_at, lease_until, owner, stop_requested) SELECT account_id, 'import', 'scheduler', '', 'queued', true,"
        " '{}', 0, 0, '{}', queued_at, ?, '', false FROM runs LIMIT 1",
        f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%d %H:%M:%S.%f}",
    )
    assert world.operate("import").result["refused"] == "run.already_running"
    world.pass_time(3700)
    assert world.operate("import").result["counts"] == {"done": 1}
    assert verdict.imported_wrongs(world, orders, stock) + verdict.run_wrongs(world) == []

"""Hosts of their own on one PostgreSQL: the guard and the claims are in the database, not in a machine."""

from __future__ import annotations

import time

import pytest

from cdsync import runs
from cdsync.sandbox.scenarios import add_orders

from . import verdict
from .world import World, Worlds, until

pytestmark = pytest.mark.only_on("postgresql", "several hosts never share a file of SQLite")
KINDS = ("simple", "dearer_shipping", "same_buyer", "combination") * 2


@pytest.fixture
def world(worlds: Worlds) -> World:
    world = worlds.of("9.1.4")
    world.back_to(world.beginning)
    return world


@pytest.fixture
def stock(world: World) -> dict[str, int]:
    """Before anything is sold; eight orders are then known to cdsync."""
    stock = verdict.stocks(world)
    for kind in KINDS:
        add_orders(world.market, kind)
    assert world.operate("lookup").result["state"] == "finished", world.forks.output.read_text()
    world.shop.order_seconds = 0.02
    return stock


def test_two_hosts_that_import_at_once_make_one_shop_order_each(world: World, stock: dict[str, int]) -> None:
    at = time.time() + 1.0
    hosts = [world.begin("import", at=at) for _ in range(2)]
    results = sorted((world.forks.end(pid).result for pid in hosts), key=lambda each: "refused" in each)
    assert results[0]["counts"] == {"done": len(KINDS)}
    assert results[1]["refused"] == "run.already_running"
    assert verdict.imported_wrongs(world, verdict.asked(world), stock) + verdict.run_wrongs(world) == []


@pytest.mark.faults
def test_claims_alone_keep_four_processes_of_two_hosts_apart(world: World, stock: dict[str, int]) -> None:
    world.change_database("DROP INDEX uq_runs_open")
    at = time.time() + 1.0
    hosts = [world.begin("import", at=at, batch=2) for _ in range(4)]
    counts = [world.forks.end(pid).result["counts"] for pid in hosts]
    assert sum(each.get("done", 0) for each in counts) == len(KINDS)
    assert verdict.imported_wrongs(world, verdict.asked(world), stock) + verdict.run_wrongs(world) == []


@pytest.mark.faults
def test_the_other_host_takes_over_what_a_dead_one_left_once_its_lease_is_over(
    world: World, stock: dict[str, int]
) -> None:
    host = world.begin("import", broken={"kind": "killed_after", "number": 19})
    assert world.forks.end(host).killed
    assert until(lambda: len(world.shop.rows("orders")) > 0)
    world.pass_time(runs.LEASE_SECONDS / 2)
    assert world.operate("import").result["refused"] == "run.already_running"
    world.pass_time(120)
    assert world.operate("import").result["counts"] == {"done": len(KINDS)}
    assert verdict.imported_wrongs(world, verdict.asked(world), stock) + verdict.run_wrongs(world) == []

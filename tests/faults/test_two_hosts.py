"""Hosts of their own on one PostgreSQL: the guard and the claims are in the database, not in a machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from cdsync.sandbox.scenarios import add_orders
from tests.conftest import settings_for
from tests.foundation import postgresql

from . import verdict
from .world import World, Worlds, until

KINDS = ("simple", "dearer_shipping", "same_buyer", "combination") * 2


class SharedWorld(World):
    """The same marketplace and shop, with cdsync's database on a server that several hosts use."""

    def __init__(self, other: World, url: str) -> None:
        self.__dict__.update(other.__dict__)
        self.url = url
        document = settings_for(self.market, self.shop)
        document["shop"]["timeout_seconds"] = 60
        ended = self.forks.run("load_settings", document=document, database=url)
        assert ended.status == 0, self.forks.output.read_text()

    def begin(self, operation: str, **arguments: Any) -> int:
        return super().begin(operation, database=self.url, **arguments)

    def rows(self, query: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute(query.replace("?", "%s").encode(), values).fetchall()

    def change_database(self, statement: str, *values: Any) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(statement.encode(), values)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of its own; its address."""
    yield from postgresql.server(tmp_path_factory.mktemp("postgresql"))


@pytest.fixture
def world(worlds: Worlds, server: str, empty_database: Path) -> Iterator[SharedWorld]:
    plain = worlds.of("9.1.4")
    plain.back_to(plain.beginning)
    yield SharedWorld(plain, server)
    plain.back_to(plain.beginning)


@pytest.fixture
def stock(world: SharedWorld) -> dict[str, int]:
    """Before anything is sold; eight orders are then known to cdsync."""
    stock = verdict.stocks(world)
    for kind in KINDS:
        add_orders(world.market, kind)
    assert world.operate("lookup").result["state"] == "finished", world.forks.output.read_text()
    world.shop.order_seconds = 0.02
    return stock


def test_two_hosts_that_import_at_once_make_one_shop_order_each(world: SharedWorld, stock: dict[str, int]) -> None:
    at = time.time() + 1.0
    hosts = [world.begin("import", at=at) for _ in range(2)]
    results = sorted((world.forks.end(pid).result for pid in hosts), key=lambda each: "refused" in each)
    assert results[0]["counts"] == {"done": len(KINDS)}
    assert results[1]["refused"] == "run.already_running"
    assert verdict.imported_wrongs(world, verdict.asked(world), stock) + verdict.run_wrongs(world) == []


@pytest.mark.faults
def test_claims_alone_keep_four_processes_of_two_hosts_apart(world: SharedWorld, stock: dict[str, int]) -> None:
    world.change_database("DROP INDEX uq_runs_open")
    at = time.time() + 1.0
    hosts = [world.begin("import", at=at, batch=2) for _ in range(4)]
    counts = [world.forks.end(pid).result["counts"] for pid in hosts]
    assert sum(each.get("done", 0) for each in counts) == len(KINDS)
    assert verdict.imported_wrongs(world, verdict.asked(world), stock) + verdict.run_wrongs(world) == []


@pytest.mark.faults
def test_the_other_host_takes_over_what_a_dead_one_left_once_its_lease_is_over(
    world: SharedWorld, stock: dict[str, int]
) -> None:
    host = world.begin("import", broken={"kind": "killed_after", "number": 19})
    assert world.forks.end(host).killed
    assert until(lambda: len(world.shop.rows("orders")) > 0)
    world.pass_time(60)
    assert world.operate("import").result["refused"] == "run.already_running"
    world.pass_time(120)
    assert world.operate("import").result["counts"] == {"done": len(KINDS)}
    assert verdict.imported_wrongs(world, verdict.asked(world), stock) + verdict.run_wrongs(world) == []

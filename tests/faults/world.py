"""A marketplace, a shop and a cdsync database that can be put back to a moment, and processes that work on them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, create_engine
from sqlalchemy.pool import NullPool

from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios.catalogue import fill_shop
from cdsync.sandbox.server import Seen
from tests import databases
from tests.conftest import settings_for

from .forking import Ended, Forks

MARKETPLACE, SHOP = "marketplace", "shop"


@dataclass(frozen=True)
class Moment:
    """Everything there is, on both sides and in cdsync; and what time it is there."""

    market: bytes
    shop: bytes
    database: Any
    at: float


class World:
    """One marketplace and one shop of a PrestaShop version, answering over HTTP, and cdsync set up for both."""

    def __init__(self, version: str, forks: Forks) -> None:
        self.version, self.forks = version, forks
        self.market = OctopiaSandbox().start()
        self.shop = PrestaShopSandbox(version, demo=False)
        fill_shop(self.shop)
        self.shop.start()
        self.other_market = OctopiaSandbox(seller_id="11111").start()
        self.other_shop = PrestaShopSandbox(version, demo=False)
        fill_shop(self.other_shop)
        self.other_shop.start()
        self._elsewhere = ""
        self.ahead = 0.0
        self.bodies: int | None = None  # entities in a body, at most
        self.new_database()
        self._beginning = self.moment()

    @property
    def beginning(self) -> Moment:
        """Two systems, an account for both, no order yet; now, whenever that is."""
        return replace(self._beginning, at=time.time())

    def stop(self) -> None:
        for side in (self.market, self.shop, self.other_market, self.other_shop):
            side.stop()

    def new_database(self) -> None:
        """An empty one, with the account set up."""
        databases.chosen().make_tables(self.forks.database)
        document = settings_for(self.market, self.shop)
        document["shop"]["timeout_seconds"] = 60
        ended = self.forks.run("load_settings", document=document)
        assert ended.status == 0, ended

    @property
    def tied_elsewhere(self) -> str:
        """The account's settings as they would be stored for the other seller and the other shop."""
        if not self._elsewhere:
            other = databases.chosen().address(self.forks.folder / f"elsewhere-{self.version}")
            databases.chosen().make_tables(other)
            document = settings_for(self.other_market, self.other_shop)
            ended = self.forks.run("load_settings", document=document, database=other)
            assert ended.status == 0, ended
            self._elsewhere = str(_ask(other, "SELECT settings FROM accounts")[0]["settings"])
        return self._elsewhere

    def tie(self, settings: str) -> str:
        """Ties the account to what these settings say, past every check; the settings it had."""
        before = str(self.rows("SELECT settings FROM accounts")[0]["settings"])
        self.change_database("UPDATE accounts SET settings = ?", settings)
        return before

    def writes_elsewhere(self) -> list[str]:
        """What was written to the other seller's marketplace and the other shop; a sign-in is no write."""
        return [
            f"{seen.method} {seen.path}"
            for side in (self.other_market, self.other_shop)
            for seen in list(side.server.log)
            if seen.method not in ("GET", "HEAD") and not seen.path.endswith("/token")
        ]

    def moment(self) -> Moment:
        """No process may be at work."""
        return Moment(
            self.market.snapshot(), self.shop.snapshot(), databases.chosen().keep(self.forks.database), self.now
        )

    def back_to(self, moment: Moment) -> None:
        self.forks.kill_left()
        self.market.restore(moment.market)
        self.shop.restore(moment.shop)
        self.put_database(moment)
        self.pass_time(moment.at - self.now)  # what is kept some minutes is as old as it was, however long tests take
        for side in (self.market, self.shop, self.other_market, self.other_shop):
            side.server.faults.clear()
            side.server.log.clear()
        self.shop.order_seconds = 0.0
        self.bodies = None
        self.shop.shop.automatic_discount = Decimal(0)

    def put_database(self, moment: Moment) -> None:
        databases.chosen().put_back(self.forks.database, moment.database)

    @property
    def now(self) -> float:
        """Seconds since 1970, for the marketplace and for every process begun now."""
        return time.time() + self.ahead

    def pass_time(self, seconds: float) -> None:
        """Later for the marketplace and for every process begun from now on."""
        self.ahead += seconds
        self.market.advance(seconds)
        self.shop.server.pass_time(seconds)

    def operate(self, operation: str, **arguments: Any) -> Ended:
        """One run in a process of its own, to its end."""
        return self.forks.end(self.begin(operation, **arguments))

    def begin(self, operation: str, **arguments: Any) -> int:
        """The same, without waiting for its end; the process."""
        return self.forks.start("operate", operation=operation, ahead=self.ahead, bodies=self.bodies, **arguments)

    def by_hand(self, action: str, wanted: list[int]) -> Ended:
        """A person leaves these orders out, or takes them back."""
        return self.forks.run("by_hand", action=action, wanted=wanted, ahead=self.ahead)

    def command(self, *words: str) -> Ended:
        """A command line of cdsync, in a process of its own."""
        return self.forks.run("command", arguments=words, ahead=self.ahead)

    def requests(self) -> list[tuple[str, Seen]]:
        """What both sides were asked since the last `back_to`, in the order it was answered."""
        sides = ((MARKETPLACE, self.market.server.log), (SHOP, self.shop.server.log))
        return sorted(((side, seen) for side, log in sides for seen in list(log)), key=lambda pair: pair[1].at)

    def rows(self, query: str, *values: Any) -> list[RowMapping]:
        """What cdsync's database says, asked past cdsync."""
        return _ask(self.forks.database, query, *values)

    def change_database(self, statement: str, *values: Any) -> None:
        _ask(self.forks.database, statement, *values)

    def order_ids(self) -> list[int]:
        return [row["id"] for row in self.rows("SELECT id FROM orders ORDER BY id")]


class Worlds:
    """One world for each version, made when first asked for, all on one server of processes."""

    def __init__(self, forks: Forks) -> None:
        self._forks = forks
        self._made: dict[str, World] = {}
        self._moments: dict[tuple[str, str], Moment] = {}

    def of(self, version: str) -> World:
        if version not in self._made:
            self._made[version] = World(version, self._forks)
        return self._made[version]

    def moment(self, world: World, name: str, make: Callable[[World], None]) -> Moment:
        """The moment of this name, made once by `make` from the beginning."""
        key = world.version, name
        if key not in self._moments:
            world.back_to(world.beginning)
            make(world)
            self._moments[key] = world.moment()
        return self._moments[key]

    def stop(self) -> None:
        for world in self._made.values():
            world.stop()


def _ask(url: str, statement: str, *values: Any) -> list[RowMapping]:
    """Rows of a query; a statement without rows is kept. Question marks stand for the values."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        marks = statement if engine.dialect.name == "sqlite" else statement.replace("?", "%s")
        answered = connection.exec_driver_sql(marks, values or None)
        return list(answered.mappings()) if answered.returns_rows else []


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Waits for what another thread or process is about to do."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.005)
    return True


@contextmanager
def worlds_in(folder: Path) -> Iterator[Worlds]:
    forks = Forks(folder)
    worlds = Worlds(forks)
    try:
        yield worlds
    finally:
        worlds.stop()
        forks.stop()

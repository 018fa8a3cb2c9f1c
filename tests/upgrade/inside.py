"""What is done inside a release, by its own code and with its own rehearsal: orders come, and work on them breaks off.

Started by `make.py` in the release's tree, which is on the path; imports nothing of today. What a release calls
otherwise than the others is asked for in `_journal` alone.

`python inside.py world FOLDER` makes everything that FOLDER/plan.json says; `python inside.py runs FOLDER`, which it
starts, carries out each run that it reads of in a process of its own.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import flask_migrate
import time_machine
from flask import Flask
from urllib3.connection import HTTPConnection

from app import create_app
from cdsync import accounts, runs, settings, users
from cdsync.operations import runner
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import add_orders, suggested_settings
from cdsync.sandbox.scenarios.catalogue import SIMPLE, fill_shop
from cdsync.sandbox.scenarios.maker import Maker, line

BETWEEN = 300.0  # seconds from one run to the next: a killed one is lost by then, and the shop through with its request
HOST = "here"  # of the processes, in place of the machine's own name
TOLD = {"accept": "/approval-status", "ship": "/shipments"}  # what the marketplace is told, which has no journal
Json = dict[str, Any]


class Account:
    """One account's marketplace and shop. Both know each order by its ref alone."""

    def __init__(self, told: Json, *, packs: bool) -> None:
        self.name = told["name"]
        self.market = OctopiaSandbox(told["client_id"], told["client_secret"], told["seller_id"]).start()
        self.shop = PrestaShopSandbox(told["shop_version"], demo=False)
        fill_shop(self.shop)
        if packs:
            self.shop.add_product("PACK", "Deux tasses", Decimal("20.00"), stock=50, pack=True)
        self.shop.start()
        self.stock = _stock(self.shop)

    def settings(self) -> Json:
        octopia = {name: getattr(self.market, name) for name in ("api_url", "token_url", "client_id", "client_secret")}
        seller = {"seller_id": self.market.seller_id, "sales_channels": ["CDISFR"]}
        statuses = {"imported_status": "2", "shipped_status": "4", "cancelled_status": "6"}
        return {
            "account": self.name,
            "marketplace": {"connector": "octopia", **octopia, **seller},
            "shop": {"connector": "prestashop", "url": self.shop.url, "key": self.shop.key},
            "orders": {**statuses, "payment_module": "ps_wirepayment", **suggested_settings(self.shop)},
        }

    def order(self, kind: str) -> str:
        """A new order; its ref."""
        if kind != "pack":
            return add_orders(self.market, kind, seed=self.name)[0]
        make = Maker(self.market.ledger.added + 1, datetime.now(UTC), self.name)
        article = dataclasses.replace(SIMPLE[0], reference="PACK", ean13="")
        return self.market.add(make.arrival([line(article, quantity=3, shipping="1.00")]).order)

    def send(self, number: int) -> None:
        """The merchant has sent the newest shop order."""
        newest = int(self.shop.rows("orders")[-1]["id"])
        self.shop.set_tracking(newest, f"6A{number:011d}")
        self.shop.set_state(newest, 4)

    def keep(self, folder: Path) -> Json:
        (folder / f"{self.name}.marketplace.json").write_bytes(self.market.snapshot())
        (folder / f"{self.name}.shop.json").write_bytes(self.shop.snapshot())
        ports = {"marketplace": self.market.server.port, "shop": self.shop.server.port}
        self.market.stop()
        self.shop.stop()
        return {"ports": ports, "stock": self.stock}


class World:
    """The release's database, its accounts, and the one clock of all of them."""

    def __init__(self, folder: Path, plan: Json, clock: Any) -> None:
        self.folder, self.plan, self._clock = folder, plan, clock
        packs = any(each["kind"] == "pack" for each in plan["orders"])
        self.accounts = {each["name"]: Account(each, packs=packs) for each in plan["accounts"]}
        self._set_up()
        command = [sys.executable, __file__, "runs", folder]
        self._runs = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def _set_up(self) -> None:
        """As a first start does it: tables, users, settings."""
        with _app(self.folder, self.plan).app_context():
            flask_migrate.upgrade(directory=str(Path("migrations").resolve()))
            for name, (role, password) in self.plan["users"].items():
                users.add(name, role, password)
            for account in self.accounts.values():
                settings.load(account.settings())

    def operate(self, account: str, operation: str, ref: str = "", **breaks: str) -> int:
        """One run in a process of its own, of one order or all; how that process ended."""
        self._clock.shift(BETWEEN)
        how = {"account": account, "operation": operation, "at": datetime.now(UTC).isoformat(), **breaks}
        if ref:
            how["wanted"] = [self._order_id(ref)]
        print(json.dumps(how), file=self._runs.stdin, flush=True)
        return int(next(iter(self._runs.stdout or ())))

    def _order_id(self, ref: str) -> int:
        with closing(sqlite3.connect(self.folder / "cdsync.sqlite3")) as database:
            return int(database.execute("SELECT id FROM orders WHERE marketplace_ref = ?", [ref]).fetchone()[0])

    def break_off(self, number: int, each: Json) -> None:
        """What the plan says of one order."""
        account, operation = self.accounts[each["account"]], each.get("operation", "import")
        if operation == "ship":
            assert self.operate(account.name, "import", each["ref"]) == 0, each
            account.send(number)
        account.shop.shop.automatic_discount = Decimal(each.get("discount", 0))
        ended = self.operate(account.name, operation, each["ref"], step=each["step"], point=each["point"])
        account.shop.shop.automatic_discount = Decimal(0)
        assert ended == (0 if each["point"] == "unheard" else -signal.SIGKILL), (each, ended)

    def keep(self) -> Json:
        self._runs.communicate()
        return {name: account.keep(self.folder) for name, account in self.accounts.items()}


def world(folder: Path, plan: Json) -> None:
    """Everything the plan says, kept in the folder."""
    with time_machine.travel(datetime.fromisoformat(plan["begins"]), tick=True) as clock:
        there = World(folder, plan, clock)
        for each in plan["orders"]:
            each["ref"] = there.accounts[each["account"]].order(each["kind"])
        for name in there.accounts:
            assert there.operate(name, "lookup") == 0
        for number, each in enumerate(plan["orders"]):
            there.break_off(number, each)
        kept = {"at": datetime.now(UTC).isoformat(), "orders": plan["orders"], "accounts": there.keep()}
        (folder / "kept.json").write_text(json.dumps(kept))


def all_runs(folder: Path, plan: Json) -> None:
    """A process for each line of standard input; how it ended is a line of standard output."""
    socket.gethostname = lambda: HOST
    app = _app(folder, plan)
    for each in sys.stdin:
        process = os.fork()
        if not process:
            operate(app, json.loads(each))
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


def operate(app: Flask, how: Mapping[str, Any]) -> NoReturn:
    """One run to its end, or to the point where this process is killed."""
    if how.get("step"):
        _break_off(how["step"], how["point"])
    with time_machine.travel(datetime.fromisoformat(how["at"]), tick=True), app.app_context():
        account = accounts.find(how["account"])
        run = runs.start(account, how["operation"], trigger="button", actor="Mona", order_ids=how.get("wanted"))
        done = runner.execute(run.id)
        print(*how.values(), runs.report(done), file=sys.stderr, flush=True)
        os._exit(done.state != "finished")


def _break_off(step: str, point: str) -> None:
    """What happens at this step of the journal, or when the marketplace is told this.

    intended: killed once the intent is committed. sent: killed when the other side has carried the request out.
    unheard: its answer is lost, and the process lives. recorded: killed once the answer is committed.
    """
    journal = _journal()
    begin, done = journal.begin, journal.done
    ask, respond = HTTPConnection.request, HTTPConnection.getresponse
    armed: list[str] = []

    def reached() -> None:
        if point == "intended":
            _die()
        armed[:] = [point]

    def begun(self: Any, name: str, intents: Any) -> Any:
        allowed = begin(self, name, intents)
        if name == step:
            reached()
        return allowed

    def asked(self: HTTPConnection, method: str, url: str, *more: Any, **options: Any) -> None:
        if step in TOLD and url.endswith(TOLD[step]):
            reached()
        ask(self, method, url, *more, **options)

    def responded(self: HTTPConnection) -> Any:
        answer = respond(self)
        if armed and armed.pop() in ("sent", "unheard"):
            if point == "sent":
                _die()
            raise ConnectionResetError("the answer is lost")
        return answer

    def recorded(self: Any, name: str, results: Any) -> None:
        done(self, name, results)
        if (name, point) == (step, "recorded"):
            _die()

    journal.begin, journal.done = begun, recorded
    HTTPConnection.request, HTTPConnection.getresponse = asked, responded  # type: ignore[method-assign]


def _die() -> NoReturn:
    """As the kernel does it: nothing unwinds, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("alive")


def _journal() -> Any:
    for name in ("cdsync.bookkeeping.journal", "cdsync.journal"):
        try:
            return importlib.import_module(name).OrderJournal
        except ModuleNotFoundError:
            continue
    raise LookupError("this release keeps its journal elsewhere")


def _stock(shop: PrestaShopSandbox) -> dict[str, int]:
    """What there is of each reference."""
    variants = shop.rows("combinations")
    parents = {row["id_product"] for row in variants}
    single = {row["reference"]: (row["id"], "0") for row in shop.rows("products") if row["id"] not in parents}
    every = single | {row["reference"]: (row["id_product"], row["id"]) for row in variants}
    return {reference: shop.stock(int(product), int(variant)) for reference, (product, variant) in every.items()}


def _app(folder: Path, plan: Json) -> Flask:
    return create_app(instance_path=str(folder), CDSYNC_SECRET_KEY=plan["secret_key"])


if __name__ == "__main__":
    {"world": world, "runs": all_runs}[sys.argv[1]](
        Path(sys.argv[2]), json.loads((Path(sys.argv[2]) / "plan.json").read_text())
    )  # fmt: skip

"""What is done inside a release, by its own code and with its own rehearsal: orders come and imports of them break off.

Started by `make.py` in the release's tree, with this file's text and the release's folder on the path; imports nothing
of today. What a release calls otherwise than the others is asked for in `_journal` alone.

`python inside.py world FOLDER` makes everything that FOLDER/plan.json says; `python inside.py runs FOLDER`, which it
starts, carries out each run that it reads of in a process of its own.
"""

from __future__ import annotations

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
from datetime import datetime
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
from cdsync.sandbox.scenarios.catalogue import fill_shop

BETWEEN = 300.0  # seconds from one run to the next: a killed one is lost by then, and the shop through with its request
HOST = "here"  # of the processes, in place of the machine's own name
Json = dict[str, Any]


class World:
    """The release's marketplace and shop, its database, and the one clock of all of them."""

    def __init__(self, folder: Path, plan: Json, clock: Any) -> None:
        self.folder, self.plan, self._clock = folder, plan, clock
        self.market = OctopiaSandbox().start()
        self.shop = PrestaShopSandbox(plan["shop_version"], demo=False)
        fill_shop(self.shop)
        self.shop.start()
        command = [sys.executable, __file__, "runs", folder]
        self._runs = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end(self) -> None:
        self._runs.communicate()
        self.market.stop()
        self.shop.stop()

    def set_up(self) -> None:
        """As a first start does it: tables, users, settings."""
        app = _app(self.folder, self.plan)
        with app.app_context():
            flask_migrate.upgrade(directory=str(Path("migrations").resolve()))
            for name, (role, password) in self.plan["users"].items():
                users.add(name, role, password)
            settings.load(self._document())

    def _document(self) -> Json:
        market = self.market
        octopia = {name: getattr(market, name) for name in ("api_url", "token_url", "client_id", "client_secret")}
        return {
            "account": "main",
            "marketplace": {
                "connector": "octopia", **octopia, "seller_id": market.seller_id, "sales_channels": ["CDISFR"],
            },
            "shop": {"connector": "prestashop", "url": self.shop.url, "key": self.shop.key},
            "orders": {
                "imported_status": "2", "shipped_status": "4", "cancelled_status": "6",
                "payment_module": "ps_wirepayment", **suggested_settings(self.shop),
            },
        }  # fmt: skip

    def operate(self, operation: str, ref: str = "", **breaks: str) -> int:
        """One run in a process of its own, of one order or all; how that process ended."""
        self._clock.shift(BETWEEN)
        how = {"operation": operation, "at": datetime.now().astimezone().isoformat(), **breaks}
        if ref:
            how["wanted"] = [self.order_id(ref)]
        print(json.dumps(how), file=self._runs.stdin, flush=True)
        return int(next(iter(self._runs.stdout or ())))

    def stock(self) -> dict[str, int]:
        """What there is of each reference."""
        products = {row["id"]: row["reference"] for row in self.shop.rows("products")}
        variants = self.shop.rows("combinations")
        for parent in {row["id_product"] for row in variants}:
            del products[parent]
        single = {reference: self.shop.stock(int(id_)) for id_, reference in products.items()}
        return single | {row["reference"]: self.shop.stock(int(row["id_product"]), int(row["id"])) for row in variants}

    def order_id(self, ref: str) -> int:
        with closing(sqlite3.connect(self.folder / "cdsync.sqlite3")) as database:
            return int(database.execute("SELECT id FROM orders WHERE marketplace_ref = ?", [ref]).fetchone()[0])


def world(folder: Path, plan: Json) -> None:
    """Everything the plan says, kept in the folder."""
    with time_machine.travel(datetime.fromisoformat(plan["begins"]), tick=True) as clock:
        there = World(folder, plan, clock)
        there.set_up()
        stock = there.stock()
        for each in plan["orders"]:
            each["ref"] = add_orders(there.market, each["kind"])[0]
        assert there.operate("lookup") == 0
        for each in plan["orders"]:
            there.shop.shop.automatic_discount = Decimal(each.get("discount", 0))
            ended = there.operate("import", each["ref"], step=each["step"], point=each["point"])
            survives = each["point"] == "unheard"
            assert ended == (0 if survives else -signal.SIGKILL), (each, ended)
        kept = {"at": datetime.now().astimezone().isoformat(), "orders": plan["orders"], "stock": stock}
        kept["ports"] = {"marketplace": there.market.server.port, "shop": there.shop.server.port}
        (folder / "marketplace.json").write_bytes(there.market.snapshot())
        (folder / "shop.json").write_bytes(there.shop.snapshot())
        (folder / "kept.json").write_text(json.dumps(kept))
        there.end()


def all_runs(folder: Path, plan: Json) -> None:
    """A process for each line of standard input; how it ended is a line of standard output."""
    socket.gethostname = lambda: HOST
    app = _app(folder, plan)
    for line in sys.stdin:
        process = os.fork()
        if not process:
            operate(app, json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


def operate(app: Flask, how: Mapping[str, Any]) -> NoReturn:
    """One run to its end, or to the point where this process is killed."""
    if how.get("step"):
        _break_off(how["step"], how["point"])
    with time_machine.travel(datetime.fromisoformat(how["at"]), tick=True), app.app_context():
        account = accounts.find(None)
        run = runs.start(account, how["operation"], trigger="button", actor="Mona", order_ids=how.get("wanted"))
        done = runner.execute(run.id)
        print(*how.values(), runs.report(done), file=sys.stderr, flush=True)
        os._exit(done.state != "finished")


def _break_off(step: str, point: str) -> None:
    """What happens at this step of the journal.

    intended: killed once the intent is committed. sent: killed when the other side has carried the request out.
    unheard: its answer is lost, and the process lives. recorded: killed once the answer is committed.
    """
    journal = _journal()
    begin, done, respond = journal.begin, journal.done, HTTPConnection.getresponse
    armed: list[str] = []

    def begun(self: Any, name: str, intents: Any) -> Any:
        allowed = begin(self, name, intents)
        if name == step:
            if point == "intended":
                _die()
            armed[:] = [point]
        return allowed

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

    journal.begin, journal.done, HTTPConnection.getresponse = begun, recorded, responded  # type: ignore[assignment]


def _die() -> None:
    """As the kernel does it: nothing unwinds, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def _journal() -> Any:
    for name in ("cdsync.bookkeeping.journal", "cdsync.journal"):
        try:
            return importlib.import_module(name).OrderJournal
        except ModuleNotFoundError:
            continue
    raise LookupError("this release keeps its journal elsewhere")


def _app(folder: Path, plan: Json) -> Flask:
    return create_app(instance_path=str(folder), CDSYNC_SECRET_KEY=plan["secret_key"])


if __name__ == "__main__":
    {"world": world, "runs": all_runs}[sys.argv[1]](
        Path(sys.argv[2]), json.loads((Path(sys.argv[2]) / "plan.json").read_text())
    )  # fmt: skip

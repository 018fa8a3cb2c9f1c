"""`make soak`: 10,000 orders, 5 % of all requests spoiled, a worker killed every 20 s; at the end everything adds up.

Real Redis, real RQ worker, the web server under light load, both sandboxes on loopback. Stops by itself:
at the latest after CDSYNC_SOAK_MINUTES (90). CDSYNC_SOAK_ORDERS sets the number of orders.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import func, select

from cdsync import accounts, runs
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.launch import redis_server
from cdsync.models import Order
from cdsync.operations import start_and_enqueue
from cdsync.sandbox.octopia import line_json, order_json

from .rehearsed import Rehearsed, rehearsed
from .soak_faults import Weather
from .soak_proof import left_to_a_person, prove

ORDERS = int(os.environ.get("CDSYNC_SOAK_ORDERS", "10000"))
MINUTES = float(os.environ.get("CDSYNC_SOAK_MINUTES", "90"))
WAVE = 400
SHARE = 0.05
KILL_EVERY = 20.0
SHOP_TIMEOUT = 5
EVERY = {"lookup": 45, "accept": 20, "import": 1}  # ticks of about a second
LOOKED_AT_EVERY = 60  # ticks: a person presses "Retry" for what used up its tries, which such weather makes many do
PRICES = ("0.05", "4.99", "9.99", "19.49", "74.90")


class Soak:
    def __init__(self, system: Rehearsed) -> None:
        self.system = system
        self.random = random.Random(20261123)
        self.made = 0
        self.kills = self.retried = 0
        self.to_retry: dict[str, list[int]] = {}
        self.ticks = -1
        self.seconds = 0.0
        self.memory: dict[str, list[int]] = {"web": [], "worker": []}
        self.weather = [Weather(SHARE, seed, SHOP_TIMEOUT) for seed in (1, 2)]
        system.market.server.faults, system.shop.server.faults = self.weather
        self.environment = {
            **os.environ,
            "CDSYNC_DATABASE_URL": str(system.app.config["CDSYNC_DATABASE_URL"]),
            "CDSYNC_REDIS_URL": str(system.app.config["CDSYNC_REDIS_URL"]),
            "CDSYNC_SECRET_KEY": str(system.app.config["CDSYNC_SECRET_KEY"]),
            "CDSYNC_ALLOW_PRIVATE_ADDRESSES": "loopback",
        }
        unix_socket = Path(system.app.config["CDSYNC_REDIS_URL"].removeprefix("unix://"))
        self.redis = subprocess.Popen(redis_server.command(unix_socket, Path(system.folder) / "redis"))
        redis_server.wait_until_up(system.app.config["CDSYNC_REDIS_URL"])
        self.port = _free_port()
        self.web = self._start("-m", "waitress", f"--listen=127.0.0.1:{self.port}", "--threads=4", "app:app")
        self.worker = self._start("-m", "rq_jobs.worker")

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, *words], env=self.environment, start_new_session=True)

    def stop(self) -> None:
        """Ends what was started here, the runs in the worker included."""
        self.kill_run()
        for process in (self.worker, self.web, self.redis):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL) if process is not self.redis else process.terminate()
            process.wait()

    def add_wave(self) -> None:
        """New orders of a few shapes: one or two lines, simple products, shipping seldom as the shop's own."""
        stock = [
            p for p in self.system.shop.rows("products") if p["active"] == "1" and p["reference"].startswith("SOAK-")
        ]
        for _ in range(min(WAVE, ORDERS - self.made)):
            chosen = self.random.sample(stock, self.random.choice((1, 1, 2)))
            lines = [
                line_json(
                    sku=product["reference"],
                    quantity=self.random.choice((1, 1, 1, 2, 5)),
                    unit_price=self.random.choice(PRICES),
                    shipping=self.random.choice(("0.00", "3.33", "5.90")) if place == 0 else "0.00",
                )
                for place, product in enumerate(chosen)
            ]
            status = self.random.choice(("InPreparation",) * 4 + ("WaitingAcceptance",))
            self.system.market.add(order_json(lines=lines, status=status, customer_reference=f"b{self.made % 3000}"))
            self.made += 1

    def kick(self) -> None:
        """What the scheduler would do: a run of each operation when its time comes, unless one of its kind is open."""
        self.ticks += 1
        due = [name for name, every in EVERY.items() if self.ticks % every == 0]
        with self.system.app.app_context():
            runs.close_lost()
            if self.ticks % LOOKED_AT_EVERY == 0:
                self.to_retry = left_to_a_person()
            for operation, order_ids in self.to_retry.items():
                if order_ids and self._started(operation, order_ids=order_ids):
                    self.retried += len(order_ids)
                    self.to_retry = {**self.to_retry, operation: []}
            for operation in due:
                self._started(operation)

    def _started(self, operation: str, **chosen: Any) -> bool:
        """False while a run of it is open."""
        try:
            start_and_enqueue(accounts.find(None), operation, trigger="scheduler", actor="soak", **chosen)
        except ConfigError as error:
            if error.code != "run.already_running":
                raise
            return False
        return True

    def kill_worker(self) -> None:
        """The worker and the run in it, at once and without a word; a new worker takes over."""
        self.kill_run()
        with suppress(ProcessLookupError):
            self.worker.kill()
        self.worker.wait()
        self.kills += 1
        self.worker = self._start("-m", "rq_jobs.worker")

    def kill_run(self) -> None:
        """The process that RQ forked for the run under way, if any."""
        children = Path(f"/proc/{self.worker.pid}/task/{self.worker.pid}/children")
        victims = [int(word) for word in children.read_text().split()] if children.exists() else []
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def look_around(self) -> None:
        """A page now and then, and the resident memory of web and worker in kB."""
        with suppress(URLError, OSError):
            urlopen(f"http://127.0.0.1:{self.port}/sign-in", timeout=5).read()
        for name, process in (("web", self.web), ("worker", self.worker)):
            with suppress(OSError):  # just killed, or not Linux
                lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
                self.memory[name] += [int(line.split()[1]) for line in lines if line.startswith("VmRSS")]

    def states(self) -> Counter[str]:
        with self.system.app.app_context():
            rows = db.session.execute(select(Order.state, func.count()).group_by(Order.state)).all()
            db.session.rollback()
            return Counter(dict(rows))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything started here is ended
    with rehearsed(timeout_seconds=SHOP_TIMEOUT) as system:
        for number in range(40):
            system.shop.add_product(f"SOAK-{number}", f"Article {number}", Decimal(number + 1), stock=100_000)
        soak = Soak(system)
        try:
            _soak(soak)
            return prove(soak, system)
        finally:
            soak.stop()


def _soak(soak: Soak) -> None:
    began = last_kill = last_word = time.monotonic()
    for weather in soak.weather:
        weather.blowing = True
    while time.monotonic() - began < MINUTES * 60:
        states = soak.states()
        ended = states["imported"]
        if soak.made < ORDERS and soak.made - ended < 2 * WAVE:
            soak.add_wave()
        if ended >= ORDERS:
            break
        soak.kick()
        soak.look_around()
        if time.monotonic() - last_kill > KILL_EVERY:
            soak.kill_worker()
            last_kill = time.monotonic()
        if time.monotonic() - last_word > 30:
            last_word = time.monotonic()
            print(f"{last_word - began:6.0f} s  made {soak.made}  {dict(states)}  kills {soak.kills}", flush=True)
        time.sleep(1)
    soak.seconds = time.monotonic() - began
    for weather in soak.weather:
        weather.blowing = False


if __name__ == "__main__":
    sys.exit(main())

"""`python -m bench.eight_shops [ORDERS [SECONDS]]`: 1, 2, 4 and 8 workers on eight shops of 0.2 seconds a request.

Eight accounts, each with a marketplace and a shop in a process of its own; the shop sleeps before each answer. In each
round eight imports of ORDERS (12) each are enqueued at once; counted is from there to the last one's end. CPU of the
workers and of the shops, how busy the whole machine was, and how long the workers waited for SQLite's write lock, stand
beside. The database is SQLite's in a temporary folder (TMPDIR says where), or the empty one that CDSYNC_DATABASE_URL
names. Ends by itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from rq import Worker
from sqlalchemy import func, select

from app import create_app
from cdsync import accounts, settings, states
from cdsync.db import db
from cdsync.launch import redis_server
from cdsync.models import Account, Order, Run
from cdsync.operations import start_and_enqueue
from cdsync.runs import queue

from .lock_waits import waited
from .shops_apart import Sides, sides

SHOPS, ROUNDS = 8, (1, 2, 4, 8)
KEY = "a key for measurements, long enough"
LONGEST_ROUND = 600.0  # seconds
GOAL = 0.9


def machine() -> tuple[float, float]:
    """Seconds so far that all processors together were busy, and that they had."""
    words = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    ticks = os.sysconf("SC_CLK_TCK")
    return (sum(words) - words[3] - words[4]) / ticks, sum(words) / ticks


def cpu(pid: int) -> float:
    """Seconds of processor of a process, of those below it and of those of them that have ended."""
    family, ticks = [pid], 0
    for each in family:
        with suppress(OSError):
            family += [int(word) for word in Path(f"/proc/{each}/task/{each}/children").read_text().split()]
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(word) for word in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Round:
    """One number of workers. Seconds; cpu: of the workers and of the shops; machine: how busy all of it was, 0 to 1;
    waits: for the database's write lock, of all workers together."""

    workers: int
    wall: float
    cpu: float
    shops_cpu: float
    machine: float
    waits: float
    requests: int
    orders: int
    processes: int


class Installation:
    """A cdsync with eight accounts, its Redis, and workers that come and go."""

    def __init__(self, app: Flask, shops: Sides) -> None:
        self.app, self.shops = app, shops
        with app.app_context():
            self.redis = queue.connection()

    def orders_come(self, number: int) -> int:
        """At each marketplace; how many requests the shops had since."""
        for _, shop in self.shops:
            shop.send(number)
        return sum(shop.recv() for _, shop in self.shops)

    @contextmanager
    def workers(self, number: int) -> Iterator[subprocess.Popen[bytes]]:
        """Inside, so many are there."""
        names = ("CDSYNC_DATABASE_URL", "CDSYNC_REDIS_URL", "CDSYNC_SECRET_KEY")
        told = {name: str(self.app.config[name]) for name in names}
        told |= {"CDSYNC_ALLOW_PRIVATE_ADDRESSES": "loopback", "CDSYNC_WORKERS": str(number)}
        program = [sys.executable, "-m", "bench.lock_waits"]
        process = subprocess.Popen(program, env={**os.environ, **told}, start_new_session=True)
        try:
            _until(lambda: len(self._alive()) == number)
            yield process
        finally:
            _until(self._idle)
            process.terminate()
            process.wait(timeout=90)
            _until(lambda: not self._alive())

    def carry_out(self, operation: str, orders: int | None = None) -> float:
        """The operation for every account, all of them enqueued at once; seconds until the last one ended.

        orders: so many of each account; None: all that are due.
        """
        with self.app.app_context():
            chosen = [(each, self._next(each, orders)) for each in accounts.every() if each.active]
            began = time.monotonic()
            for account, order_ids in chosen:
                start_and_enqueue(account, operation, trigger="cli", order_ids=order_ids)
            db.session.remove()
            _until(lambda: not self._open_runs())
            return time.monotonic() - began

    def _next(self, account: Account, orders: int | None) -> list[int] | None:
        if orders is None:
            return None
        due = select(Order.id).where(Order.account_id == account.id, Order.state == states.TO_IMPORT)
        return list(db.session.scalars(due.order_by(Order.id).limit(orders)))

    def _alive(self) -> list[str]:
        with self.app.app_context():
            return queue.workers_alive()

    def _idle(self) -> bool:
        """A run is over a moment before its process."""
        return all(worker.get_state() == "idle" for worker in Worker.all(connection=self.redis))

    def _open_runs(self) -> int:
        number = db.session.scalar(select(func.count(Run.id)).where(Run.open)) or 0
        db.session.remove()
        return number


def measured(of: Installation, workers: int, orders: int) -> Round:
    """One round."""
    of.orders_come(0)
    with of.workers(workers) as pool:
        busy, all_of_it = machine()
        before, lock = (cpu(pool.pid), sum(cpu(pid) for pid, _ in of.shops)), waited(of.redis)
        wall = of.carry_out("import", orders)
        busy, all_of_it = (now - then for now, then in zip(machine(), (busy, all_of_it), strict=True))
        processes = len(of._alive())
        used, shops = cpu(pool.pid) - before[0], sum(cpu(pid) for pid, _ in of.shops) - before[1]
        waits = waited(of.redis) - lock
    share = busy / all_of_it
    return Round(workers, wall, used, shops, share, waits, of.orders_come(0), orders * SHOPS, processes)


def _until(holds: Any) -> None:
    end = time.monotonic() + LONGEST_ROUND
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("a round takes too long")
        time.sleep(0.05)


@contextmanager
def installation(seconds: float) -> Iterator[Installation]:
    """Everything that is needed, ended with the block."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cdsync-bench-"))
        app = create_app(instance_path=folder, CDSYNC_SECRET_KEY=KEY, CDSYNC_ALLOW_PRIVATE_ADDRESSES="loopback")
        shops, documents = stack.enter_context(sides(SHOPS, seconds))
        url = str(app.config["CDSYNC_REDIS_URL"])
        server = subprocess.Popen(redis_server.command(Path(url.removeprefix("unix://")), Path(folder) / "redis"))
        stack.callback(server.wait)
        stack.callback(server.terminate)
        redis_server.wait_until_up(url)
        with app.app_context():
            db.create_all()
            for each in documents:
                settings.load(each | {"schedule": dict.fromkeys(settings.OPERATIONS)})
            db.session.remove()
            stack.callback(db.engine.dispose)
        yield Installation(app, shops)


def report(rounds: list[Round], of: Installation) -> bool:
    """A line for each number of workers; whether each is linear, until the processors are full."""
    print(
        f"{'workers':>7} {'wall':>7} {'speed-up':>8} {'÷ workers':>9} {'CPU':>6} {'shops':>6} {'machine':>7} ", end=""
    )
    print(f"{'lock waits':>10} {'requests an order':>18} {'processes':>9}")
    well = True
    for each in rounds:
        faster = rounds[0].wall / each.wall
        well = well and (faster / each.workers >= GOAL or each.machine >= GOAL)
        print(
            f"{each.workers:>7} {each.wall:>6.1f}s {faster:>8.2f} {faster / each.workers:>9.2f} {each.cpu:>5.1f}s "
            f"{each.shops_cpu:>5.1f}s {each.machine:>7.0%} {each.waits:>9.2f}s {each.requests / each.orders:>18.2f} "
            f"{each.processes:>9}",
            flush=True,
        )
    with of.app.app_context():
        dialect = db.engine.dialect.name
        ended = db.session.execute(select(Run.state, func.count()).group_by(Run.state)).all()
        bad = db.session.scalar(select(func.count()).where(Order.problem_code.is_not(None)))
        db.session.remove()
    print(f"{dialect}; {os.cpu_count()} cores, load of the machine {os.getloadavg()[0]:.0f}; ", end="")
    print(f"runs: {dict(map(tuple, ended))}, {bad} orders stopped by a problem")
    return well and not bad


def main() -> int:
    words = sys.argv[1:]
    orders, seconds = int((words or ["12"])[0]), float(words[1] if words[1:] else 0.2)
    with installation(seconds) as of:
        of.orders_come(orders * len(ROUNDS) + 1)
        with of.workers(max(ROUNDS)):
            of.carry_out("lookup")
            of.carry_out("import", 1)  # what a shop tells of itself is kept from now on
        rounds = [measured(of, number, orders) for number in ROUNDS]
        return 0 if report(rounds, of) else 1


if __name__ == "__main__":
    sys.exit(main())

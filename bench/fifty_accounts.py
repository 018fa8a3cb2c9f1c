"""`python -m bench.fifty_accounts [MINUTES [HANGING]]`: 50 accounts, 5 hang; how late the other 45 begin their runs.

Real Redis, scheduler and workers as `make run` starts them; sandboxes on loopback, and for the five: two marketplaces
and two shops that send a byte a second, and one seller both of whose sides take 20 seconds for each answer. Lookups
and imports every five minutes. Stops by itself after MINUTES (10). HANGING 0: the 45 alone, to compare with.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from sqlalchemy import select

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.launch import redis_server
from cdsync.models import Account, Run
from cdsync.sandbox.octopia import OctopiaSandbox, order_json

from .rehearsed import Rehearsed, document, rehearsed

GOOD, DRIPPING_MARKETS, DRIPPING_SHOPS, SLOW = 45, 2, 2, 1
SLOW_SECONDS = 20.0
EVERY = {"lookup": (5, "*/5 * * * *"), "import": (5, "*/5 * * * *")}
Talk = Callable[[socket.socket], None]


class Door:
    """A server on loopback that treats each connection as `talk` does; daemon threads, gone with the process."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._door = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        while True:
            connection, _ = self._door.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._talk(connection)


def drip(connection: socket.socket) -> None:
    """A byte a second, for as long as anybody listens."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(1)


def slowly(place: str) -> Talk:
    """What the server at `place` answers, each answer so much later."""

    def talk(connection: socket.socket) -> None:
        host, _, port = place.partition(":")
        with socket.create_connection((host, int(port))) as behind:
            while asked := connection.recv(1 << 20):
                behind.sendall(asked)
                answered = behind.recv(1 << 20)
                time.sleep(SLOW_SECONDS)
                connection.sendall(answered)

    return talk


def connect(system: Rehearsed, markets: list[OctopiaSandbox], hanging: int) -> None:
    """The accounts, the good ones first; each of the hanging has an order to import, so that its shop is asked."""
    hang = ["market"] * DRIPPING_MARKETS + ["shop"] * DRIPPING_SHOPS + ["slow"] * SLOW
    kinds = ["good"] * GOOD + hang[:hanging]
    with system.app.app_context():
        for number, kind in enumerate(kinds):
            market = OctopiaSandbox(seller_id=str(1000 + number)).start()
            if kind != "good":
                market.add(order_json(status="InPreparation"))
            markets.append(market)
            given = document(market, system.shop, 60) | {"account": f"{kind} {number}"}
            if kind in ("market", "slow"):
                talk = drip if kind == "market" else slowly(urlsplit(market.api_url).netloc)
                place = Door(talk).place
                for name in ("api_url", "token_url"):
                    given["marketplace"][name] = f"http://{place}{urlsplit(given['marketplace'][name]).path}"
            if kind in ("shop", "slow"):
                given["shop"]["url"] = f"http://{Door(drip if kind == 'shop' else slowly(_place(system))).place}"
            given["schedule"] = {"accept": None, "ship": None, "reconcile": None}
            given["schedule"] |= {name: cron for name, (_, cron) in EVERY.items()}
            settings.load(given)
        accounts.named("main").active = False  # type: ignore[union-attr]
        db.session.commit()
        db.session.remove()


def _place(system: Rehearsed) -> str:
    return urlsplit(system.shop.url).netloc


@contextmanager
def processes(system: Rehearsed) -> Iterator[subprocess.Popen[bytes]]:
    """Redis, workers and scheduler; the workers' process is given."""
    names = ("CDSYNC_DATABASE_URL", "CDSYNC_REDIS_URL", "CDSYNC_SECRET_KEY")
    environment = {**os.environ, **{name: str(system.app.config[name]) for name in names}}
    environment["CDSYNC_ALLOW_PRIVATE_ADDRESSES"] = "loopback"
    place = Path(system.app.config["CDSYNC_REDIS_URL"].removeprefix("unix://"))
    started = [subprocess.Popen(redis_server.command(place, Path(system.folder) / "redis"))]
    try:
        redis_server.wait_until_up(system.app.config["CDSYNC_REDIS_URL"])
        for name in ("rq_jobs.workers", "rq_jobs.schedule"):
            started.append(subprocess.Popen([sys.executable, "-m", name], env=environment, start_new_session=True))
        yield started[1]
    finally:
        for process in reversed(started):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=90)
            process.kill()


def memory(parent: int) -> tuple[int, float]:
    """Processes below `parent`, and the memory of them and it in MB; what is shared counts once."""
    family, size = [parent], 0.0
    for pid in family:
        with suppress(OSError):
            family += [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            size += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) / 1024
    return len(family) - 1, size


def report(system: Rehearsed, begin: datetime, end: datetime) -> bool:
    """Prints a line for each kind of account and operation; whether the good ones missed none of their times."""
    well = True
    with system.app.app_context():
        rows = db.session.execute(
            select(Account.name, Run.operation, Run.started_at, Run.finished_at, Run.state)
            .join(Account, Account.id == Run.account_id)
            .where(Run.trigger == "scheduler")
            .order_by(Run.id)
        ).all()
        names = [account.name for account in accounts.every() if account.name != "main"]
        db.session.rollback()
    for kind in [each for each in ("good", "market", "shop", "slow") if any(name.startswith(each) for name in names)]:
        for operation, (minutes, _) in EVERY.items():
            late, ran, missed, seconds = [], [], 0, []
            for name in (each for each in names if each.startswith(kind)):
                mine = [row for row in rows if (row.name, row.operation) == (name, operation) and row.started_at]
                seconds += [(row.finished_at - row.started_at).total_seconds() for row in mine if row.finished_at]
                times = [at for row in mine if begin <= (at := row.started_at) < end]
                due = [begin + timedelta(minutes=n * minutes) for n in range(int((end - begin).seconds / 60 / minutes))]
                found = [min((at for at in times if at >= each), default=None) for each in due]
                late += [(at - each).total_seconds() for at, each in zip(found, due, strict=True) if at]
                missed += found.count(None)
                ran.append(len(times))
            if kind == "good":
                well = well and not missed and max(late) < 60
            print(
                f"{kind:7} {operation:7} accounts {len(ran):2}  due each {len(due)}  runs each {min(ran)}–{max(ran)}  "
                f"without a run {missed}  late: p50 {median(late or [0]):5.1f} s, max {max(late or [0]):5.1f} s  "
                f"a run took: p50 {median(seconds or [0]):5.1f} s, max {max(seconds or [0]):5.1f} s"
            )
    return well


def main() -> int:
    minutes, hanging = (*(int(word) for word in sys.argv[1:]), *(10, 5)[len(sys.argv) - 1 :])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything started here is ended
    markets: list[OctopiaSandbox] = []
    most = (0, 0.0)
    with rehearsed() as system:
        try:
            connect(system, markets, hanging)
            with processes(system) as workers:
                begin = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=2)
                begin += timedelta(minutes=-begin.minute % 5)
                end = begin + timedelta(minutes=minutes)
                time.sleep(20)  # they have started by then
                number, size = memory(workers.pid)
                print(f"{minutes} minutes from {begin:%H:%M} UTC; {number} workers at rest: {size:.0f} MB", flush=True)
                while datetime.now(UTC) < end:
                    time.sleep(2)
                    most = max(most, memory(workers.pid))
                load = os.getloadavg()
            print(
                f"workers at most: {most[0]} processes, {most[1]:.0f} MB; "
                f"load of the machine {load[0]:.0f} on {os.cpu_count()} cores"
            )
            return 0 if report(system, begin, end) else 1
        finally:
            for market in markets:
                market.stop()


if __name__ == "__main__":
    sys.exit(main())

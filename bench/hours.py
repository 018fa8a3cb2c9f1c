"""`python -m bench.hours [HOURS [accept]]`: from "ready at the marketplace" to "in the shop"; and an idle hour.

Default schedules, imports on; with `accept` acceptance by itself too. The real scheduler, Redis and a worker that forks
for each run; only the clock jumps, from one look of the scheduler to the next at which anything is to be done. An idle
hour first; then orders become ready at random moments, twelve an hour. Fails over its goals.
"""

from __future__ import annotations

import logging
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import time_machine
from rq import Queue
from rq.job import Job
from sqlalchemy import func, select

from cdsync import accounts, settings
from cdsync.bookkeeping import arrivals
from cdsync.connectors.octopia.api import access_token
from cdsync.db import db, now
from cdsync.launch import redis_server
from cdsync.models import Order, Run
from cdsync.runs import queue
from cdsync.sandbox.octopia import line_json, order_json
from rq_jobs import asking, horse_keeper, outages, run_operation, schedule, worker

from .rehearsed import Rehearsed, rehearsed

AN_HOUR = 12  # orders
IDLE = timedelta(hours=1)
MOST_REQUESTS, MEDIAN, LATEST = 40, timedelta(minutes=3), timedelta(minutes=15)


class RunsApart(worker.OperationWorker):
    """Its runs know no access token of this process, which the scheduler shares with it here only."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        access_token._SLOTS.clear()
        super().main_work_horse(job, queue)


class Hours:
    """A cdsync at work, whose clock jumps. Processes that it forks have the same time."""

    def __init__(self, system: Rehearsed, clock: time_machine.Traveller) -> None:
        self.system, self._clock = system, clock
        for module in (asking, horse_keeper, outages, run_operation, schedule, worker):
            module.application = lambda: system.app  # type: ignore[attr-defined]
        with system.app.app_context():
            self.redis = queue.connection()
            self.skus = simple_skus(system)
        self.scheduler = schedule.SettingsScheduler(self.redis)
        self.worker = RunsApart(self.redis, 4)

    def pass_until(self, end: datetime, ready: list[datetime]) -> None:
        """Lets time pass; at each of these moments an order becomes ready."""
        coming = sorted(ready)
        while now() < end:
            self._clock.move_to(max(now(), min([end, self._next_look(), *coming[:1]])))
            while coming and coming[0] <= now():
                coming.pop(0)
                self._order()
            self._look()

    def _order(self) -> None:
        line = line_json(sku=random.choice(self.skus), quantity=1, unit_price="19.99", shipping="4.99")
        self.system.market.add(order_json(lines=[line], updated_at=now(), created_at=now() - timedelta(hours=1)))

    def _next_look(self) -> datetime:
        """The first look at which there is anything to do: they come every ten seconds."""
        with self.system.app.app_context():
            questions = [_due(each) for each in arrivals.every().values()]
        times = [job.next_enqueue_time for job in self.scheduler.get_jobs() if job.next_enqueue_time]
        tick, first = schedule.TICK_SECONDS, max(min([*times, *questions], default=now()), now())
        return first + timedelta(seconds=tick - first.timestamp() % tick)

    def _look(self) -> None:
        self.scheduler.enqueue_jobs()
        self.scheduler.heartbeat()
        self.scheduler.questions.join()
        while any(len(each) for each in queue.every(self.redis)):
            self.worker.work(burst=True, logging_level="WARNING")


def simple_skus(system: Rehearsed) -> list[str]:
    """Articles that anybody can order, without combinations."""
    sold = {row["id_product"] for row in system.shop.rows("combinations")}
    products = [row for row in system.shop.rows("products") if row["active"] == "1" and row["reference"]]
    return [row["reference"] for row in products if row["id"] not in sold][:2]


def _due(asked: arrivals.Arrivals) -> datetime:
    return datetime.fromisoformat(asked.since) + arrivals.EACH_REQUEST * asked.requests


@contextmanager
def hours(accepts: bool) -> Iterator[Hours]:
    """Both systems, Redis, settings; ended with the block."""
    with rehearsed() as system:
        place = Path(system.app.config["CDSYNC_REDIS_URL"].removeprefix("unix://"))
        server = subprocess.Popen(redis_server.command(place, Path(system.folder) / "redis"))
        try:
            redis_server.wait_until_up(system.app.config["CDSYNC_REDIS_URL"])
            chosen = {"import": settings.USUAL_SCHEDULE["import"], "accept": settings.OFTEN if accepts else None}
            with system.app.app_context():
                settings.load({"account": "main", "schedule": chosen})
                db.session.remove()
            with time_machine.travel(datetime.now(UTC)) as clock:
                yield Hours(system, clock)
        finally:
            server.terminate()
            server.wait()


def idle_hour(of: Hours) -> tuple[Counter[str], int]:
    """What the marketplace is asked in an hour in which nothing happens, by path, and how many runs there are."""
    begin = now().replace(minute=2, second=0, microsecond=0) + timedelta(hours=1)
    of.pass_until(begin, [])
    of.system.market.server.log.clear()
    with of.system.app.app_context():
        before = db.session.scalar(select(func.count(Run.id))) or 0
        db.session.remove()
    of.pass_until(begin + IDLE, [])
    with of.system.app.app_context():
        runs = (db.session.scalar(select(func.count(Run.id))) or 0) - before
        db.session.remove()
    return Counter(f"{seen.method} {seen.path}" for seen in of.system.market.server.log), runs


def busy_hours(of: Hours, number: int) -> list[timedelta]:
    """How long each order took from ready to in the shop, the fastest first."""
    begin = now()
    of.system.market.server.log.clear()
    ready = [begin + random.random() * timedelta(hours=number) for _ in range(AN_HOUR * number)]
    of.pass_until(begin + timedelta(hours=number, minutes=16), ready)
    with of.system.app.app_context():
        wanted = (Order.marketplace_updated_at, Order.imported_at, Order.problem_code)
        rows = db.session.execute(select(*wanted)).all()
        db.session.remove()
    assert len(rows) == len(ready), f"{len(rows)} orders of {len(ready)} were found"
    assert all(row.imported_at for row in rows), Counter(row.problem_code for row in rows)
    return sorted(row.imported_at - row.marketplace_updated_at for row in rows)


def main() -> int:
    number = int(sys.argv[1]) if sys.argv[1:] else 4
    random.seed(11)
    logging.getLogger("rq").setLevel(logging.WARNING)
    with hours("accept" in sys.argv) as of:
        asked, runs = idle_hour(of)
        took = busy_hours(of, number)
        by_kind = Counter(f"{seen.method} {seen.path.rpartition('/')[2]}" for seen in of.system.market.server.log)
        with of.system.app.app_context():
            account = accounts.find(None).id
            kinds = db.session.execute(
                select(Run.operation, Run.trigger, func.count())
                .where(Run.account_id == account)
                .group_by(Run.operation, Run.trigger)
            ).all()
            db.session.remove()
    print(f"an idle hour: {asked.total()} requests of {MOST_REQUESTS}, {runs} runs; {dict(asked)}")
    middle, late = median(took), took[-1 - len(took) // 100]
    print(
        f"{len(took)} orders in {number} hours: p50 {_minutes(middle)} of 3, p99 {_minutes(late)} of 15 minutes", end=""
    )
    print(f", fastest {_minutes(took[0])}, slowest {_minutes(took[-1])}")
    print(f"requests to the marketplace meanwhile: {by_kind.total()}, {dict(by_kind)}")
    print("runs: " + ", ".join(f"{row[0]} by {row[1]} {row[2]}" for row in kinds))
    return 0 if asked.total() <= MOST_REQUESTS and middle <= MEDIAN and late <= LATEST else 1


def _minutes(took: timedelta) -> str:
    return f"{took.total_seconds() / 60:.2f}"


if __name__ == "__main__":
    sys.exit(main())

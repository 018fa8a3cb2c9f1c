"""`python -m bench.lookup [ORDERS [FILE]]`: what a lookup costs beside asking for the same pages and nothing else.

Three processes, one after the other, on one list of so many orders (10,000 by default): one only reads it page by page
and decodes it; one looks up all of it into an empty database; one looks it up again. CPU seconds, memory at its
highest, statements and commits of each; the ratios are of CPU. Kept in FILE as well; exit code 1 when a figure is over
its goal.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from app import create_app
from cdsync import accounts, runs, settings
from cdsync.connectors.base import NoRecorder
from cdsync.connectors.http import allowed_addresses
from cdsync.connectors.octopia.api.client import OctopiaClient
from cdsync.connectors.octopia.api.settings import connection
from cdsync.db import db
from cdsync.models import Run
from cdsync.operations import runner

from .lines import Line, keep

KEY = "a key for measurements, long enough"
GOALS = {"new": 3.0, "known": 1.3}
MEGABYTES = 150
Figures = dict[str, Any]


def main(orders: int, file: Path | None = None) -> int:
    with tempfile.TemporaryDirectory(prefix="cdsync-lookup-") as folder:
        command = [sys.executable, "-m", "bench.lookup_market", str(orders)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as market:
            assert market.stdout is not None
            port = market.stdout.readline().strip()
            found = {part: _in_a_process(part, port, folder) for part in ("fetching alone", "new", "known")}
            market.communicate()
    assert all(each["orders"] == orders for each in found.values()), found
    if file is not None:
        keep(_lines(found, orders), file)
    return _shown(found, orders)


def _lines(found: dict[str, Figures], orders: int) -> list[Line]:
    part, alone = f"lookup of {orders:,} orders", found["fetching alone"]["seconds"]
    times = [
        Line(part, f"{name}: CPU by fetching alone", found[name]["seconds"] / alone, "×", GOALS[name]) for name in GOALS
    ]
    return [
        *times,
        *(Line(part, f"{name}: memory", found[name]["megabytes"], "MB", MEGABYTES) for name in GOALS),
        *(Line(part, f"{name}: CPU an order", found[name]["seconds"] / orders * 1000, "ms") for name in GOALS),
        *(Line(part, f"{name}: statements an order", found[name]["statements"] / orders, "") for name in GOALS),
    ]


def _in_a_process(part: str, port: str, folder: str) -> Figures:
    command = [sys.executable, "-m", "bench.lookup", part, port, folder]
    return dict(
        json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
    )


def _shown(found: dict[str, Figures], orders: int) -> int:
    alone, over = found["fetching alone"]["seconds"], 0
    for part, each in found.items():
        ratio = each["seconds"] / alone
        wrong = part in GOALS and (ratio > GOALS[part] or each["megabytes"] > MEGABYTES)
        over += wrong
        print(
            f"{part:<15} {each['seconds']:>7.2f} s  {each['seconds'] / orders * 1000:>6.3f} ms an order "
            f" {ratio:>6.2f} × {each['megabytes']:>5.0f} MB  {each['statements'] / orders:>7.3f} statements and "
            f"{each['commits'] / orders:>6.3f} commits an order{'   over its goal' if wrong else ''}"
        )
    return 1 if over else 0


def part(name: str, port: str, folder: str) -> None:
    """One of the three, in this process; its figures as the last line."""
    if name == "fetching alone":
        allowed_addresses.allow(allowed_addresses.networks("loopback"))
        with_figures(lambda: _fetch(_marketplace(port)))
        return
    app = create_app(instance_path=folder, CDSYNC_SECRET_KEY=KEY, CDSYNC_ALLOW_PRIVATE_ADDRESSES="loopback")
    with app.app_context():
        if name == "new":
            db.create_all()
            shop = {"connector": "prestashop", "url": f"http://127.0.0.1:{port}", "key": "K" * 32}
            settings.load({"account": "main", "marketplace": _marketplace(port), "shop": shop})
        run = runs.start(accounts.find(None), "lookup", trigger="cli")
        with_figures(lambda: _processed(runner.execute(run.id)))


def with_figures(act: Callable[[], int]) -> None:
    """CPU from the first request on: what a process needs to start is none of the lookup's."""
    seen: Counter[str] = Counter()
    event.listen(Engine, "before_cursor_execute", lambda *sent: seen.update(statements=not re.match("BEGIN", sent[2])))
    event.listen(Engine, "commit", lambda _: seen.update(commits=1))
    began = time.process_time()
    orders = act()
    seconds, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = {name: seen[name] for name in ("statements", "commits")}
    print(json.dumps({"orders": orders, "seconds": seconds, "megabytes": peak, **counts}))


def _fetch(values: dict[str, str]) -> int:
    client, since = OctopiaClient(connection(values), NoRecorder()), datetime.now(UTC) - timedelta(days=7)
    index = found = 0
    while True:
        index += 1
        query = [("updatedAtMin", f"{since:%Y-%m-%dT%H:%M:%SZ}"), ("pageIndex", str(index)), ("pageSize", "100")]
        page = client.page("/orders", query)
        found += len(page.entries)
        if len(page.entries) < 100:
            return found


def _processed(run: Run) -> int:
    assert run.state == runs.FINISHED, (run.state, run.error_code, run.error_data)
    return run.processed


def _marketplace(port: str) -> dict[str, str]:
    at = f"http://127.0.0.1:{port}"
    names = {"client_id": "bench", "client_secret": "a secret for measurements", "seller_id": "1"}
    return {"connector": "octopia", "api_url": at, "token_url": f"{at}/token", **names}


if __name__ == "__main__":
    if len(sys.argv) > 3:
        part(*sys.argv[1:])
    else:
        number, *place = sys.argv[1:] or ["10000"]
        sys.exit(main(int(number), *map(Path, place)))

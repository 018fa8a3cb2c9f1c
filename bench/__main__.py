"""`python -m bench [--postgresql] ORDERS…`: everything that is measured beside a goal, as one table.

Each part in a process of its own, one after the other: imports and the usual way, a lookup beside fetching alone, and
every page with so many orders, in SQLite and, when asked, in a PostgreSQL of its own. The databases are made once and
found again; the figures are kept as `results/DATE.json`, with several numbers of orders their curves as
`docs/speed.svg`. Exit code 1 when a figure is over its goal.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from cdsync.config import database_url
from tests.databases import server

from .curves import drawn
from .lines import Line, keep, kept, table

HERE = Path(__file__).parent
LOOKED_UP = 10_000
ADDITIONS = 1_000_000


def main(sizes: list[int], databases: list[str]) -> int:
    lines = [_machine(), *_part("importing"), *_part("lookup", str(min(LOOKED_UP, max(sizes))))]
    for database in databases:
        for size in sizes:
            lines += _pages(size, database)
    print(table(lines))
    into = HERE / "results" / f"{datetime.now(UTC):%Y-%m-%d}.json"
    into.parent.mkdir(exist_ok=True)
    keep(lines, into)
    if len(sizes) > 1:
        (HERE.parent / "docs" / "speed.svg").write_text(drawn(lines), encoding="utf-8")
    over = sum(bool(each.missed) for each in lines)
    print(f"\n{len(lines)} measured, {over} over their goal; kept in {into.relative_to(HERE.parent)}")
    return 1 if over else 0


def _machine() -> Line:
    """How fast the machine is at this hour, so that files of two days compare: the best of five."""
    spent = []
    for _each in range(5):
        began = time.process_time()
        sum(number for number in range(ADDITIONS))
        spent.append(time.process_time() - began)
    return Line("this machine", f"{ADDITIONS:,} additions in Python", min(spent) * 1000, "ms")


def _pages(size: int, database: str) -> list[Line]:
    if database == "sqlite":
        return _part("million", str(size))
    with server.kept(Path(tempfile.gettempdir()) / "cdsync-million-postgresql") as address:
        name = f"orders_{size}"
        with create_engine(database_url(address), isolation_level="AUTOCOMMIT").connect() as connection:
            if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return _part("million", str(size), CDSYNC_DATABASE_URL=address.replace("/postgres?", f"/{name}?"))


def _part(name: str, *arguments: str, **environment: str) -> list[Line]:
    """The lines of `python -m bench.NAME ARGUMENTS… FILE`, shown as it goes."""
    with tempfile.TemporaryDirectory(prefix="cdsync-bench-") as folder:
        file = Path(folder) / "lines"
        command = [sys.executable, "-m", f"bench.{name}", *arguments, str(file)]
        print(f"\n{name} {' '.join(arguments)}", flush=True)
        ended = subprocess.run(command, check=False, env={**os.environ, **environment})
        if not file.exists():
            raise SystemExit(f"bench.{name} ended with {ended.returncode} and measured nothing")
        return kept(file)


if __name__ == "__main__":
    words = sys.argv[1:]
    main_databases = ["sqlite", "postgresql"] if "--postgresql" in words else ["sqlite"]
    sys.exit(main([int(each) for each in words if each.isdigit()] or [2_000, 20_000], main_databases))

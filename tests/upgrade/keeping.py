"""What is kept of a release, written and read: its database as SQL, what both sides held, and what was going on.

Nothing of the machine that made it: where a port stood there is the name of its account and side.
"""

from __future__ import annotations

import json
import lzma
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("releases")
SIDES = ("marketplace", "shop")


@dataclass(frozen=True)
class KeptAccount:
    """What both sides of an account held, as the snapshots of that release's rehearsal; stock: before all this."""

    marketplace: bytes
    shop: bytes
    stock: dict[str, int]


@dataclass(frozen=True)
class Kept:
    """A kept release. at: when it was kept, aware. orders: account, kind, step, point and ref of each.

    database: SQL for SQLite, in which `{main.shop}` and the like are ports of 127.0.0.1.
    """

    release: str
    commit: str
    at: datetime
    orders: list[dict[str, Any]]
    database: str
    accounts: dict[str, KeptAccount]


def keep(instance: Path, release: str, commit: str) -> None:
    """From the folder that `inside.py` has filled."""
    told = json.loads((instance / "kept.json").read_text())
    folder = FOLDER / release
    folder.mkdir(parents=True, exist_ok=True)
    database = _dumped(instance / "cdsync.sqlite3")
    for account, there in told["accounts"].items():
        for side, port in there["ports"].items():
            database = re.sub(rf"(127\.0\.0\.1\]?):{port}\b", rf"\1:{_mark(account, side)}", database)
            _pack(_snapshot(folder, account, side), (instance / f"{account}.{side}.json").read_bytes())
    _pack(folder / "database.sql.xz", database.encode())
    stock = {account: there["stock"] for account, there in told["accounts"].items()}
    about = {"release": release, "commit": commit, "at": told["at"], "stock": stock, "orders": told["orders"]}
    (folder / "about.json").write_text(_lines(about))


def kept(release: str) -> Kept:
    folder = FOLDER / release
    about = json.loads((folder / "about.json").read_text())
    accounts = {
        name: KeptAccount(*(_unpacked(_snapshot(folder, name, side)) for side in SIDES), stock)
        for name, stock in about["stock"].items()
    }
    at, database = datetime.fromisoformat(about["at"]), _unpacked(folder / "database.sql.xz").decode()
    return Kept(release, about["commit"], at, about["orders"], database, accounts)


def with_ports(database: str, ports: Mapping[tuple[str, str], int]) -> str:
    """The SQL with these ports, by account and side."""
    for (account, side), port in ports.items():
        database = database.replace(_mark(account, side), str(port))
    return database


def _snapshot(folder: Path, account: str, side: str) -> Path:
    return folder / f"{account.replace(' ', '-')}.{side}.json.xz"


def _mark(account: str, side: str) -> str:
    return f"{{{account}.{side}}}"


def _lines(about: dict[str, Any]) -> str:
    """JSON with a line for each order."""
    told = {name: json.dumps(value) for name, value in about.items()}
    told["orders"] = "[\n  " + ",\n  ".join(map(json.dumps, about["orders"])) + "\n ]"
    return "{\n" + ",\n".join(f' "{name}": {value}' for name, value in told.items()) + "\n}\n"


def _dumped(file: Path) -> str:
    """As SQL. An index of words is what makes it anew: Python 3.11 writes virtual tables as it cannot read them."""
    with closing(sqlite3.connect(file)) as database:
        made = database.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
        virtual = dict(made.fetchall())
        signs = ("PRAGMA writable_schema", "INSERT INTO sqlite_master", "CREATE VIRTUAL TABLE")
        signs += tuple(sign for name in virtual for sign in (f'INSERT INTO "{name}', f"CREATE TABLE '{name}_"))
        statements = [each for each in database.iterdump() if not each.startswith(signs)]
    anew = [f"{sql};\nINSERT INTO {name} ({name}) VALUES ('rebuild');" for name, sql in virtual.items()]
    return "\n".join([*statements[:-1], *anew, statements[-1]]) + "\n"


def _pack(file: Path, content: bytes) -> None:
    file.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))


def _unpacked(file: Path) -> bytes:
    return lzma.decompress(file.read_bytes())

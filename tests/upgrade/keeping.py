"""What is kept of a release, written and read: its database as SQL, what both sides held, and what was going on.

Nothing of the machine that made it: the ports of both sides are `{marketplace}` and `{shop}`.
"""

from __future__ import annotations

import json
import lzma
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("releases")
KEY = "the key of the kept releases, for tests alone"
PEOPLE = {"Mona": ("merchant", "a horse that sells lamps"), "Sam": ("support", "a door that asks nothing")}
# By each step of the journal: the kind of order that takes it, and what else that needs.
STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "customer": ("same_buyer", {}),
    "addresses": ("company", {}),
    "cart": ("combination", {}),
    "prices": ("several_vat_rates", {}),
    "order": ("another_price", {}),
    "shipping": ("dearer_shipping", {}),
    "totals": ("dearer_shipping", {}),
    "status": ("dearer_shipping", {}),
    "payment": ("relay_point", {}),
}


@dataclass(frozen=True)
class Kept:
    """A kept release. at: when it was kept, aware. orders: ref, kind, step and point of each. stock: before all this.

    database: SQL for SQLite, in which `{marketplace}` and `{shop}` are ports of 127.0.0.1. marketplace, shop: snapshots
    of the rehearsal systems of that release.
    """

    release: str
    commit: str
    at: datetime
    orders: list[dict[str, Any]]
    stock: dict[str, int]
    database: str
    marketplace: bytes
    shop: bytes


def keep(instance: Path, release: str, commit: str) -> None:
    """From the folder that `inside.py` has filled."""
    told = json.loads((instance / "kept.json").read_text())
    folder = FOLDER / release
    folder.mkdir(parents=True, exist_ok=True)
    about = {"release": release, "commit": commit, **{name: told[name] for name in ("at", "orders", "stock")}}
    (folder / "about.json").write_text(_lines(about))
    database = _dumped(instance / "cdsync.sqlite3")
    for name, port in told["ports"].items():
        database = re.sub(rf"(127\.0\.0\.1\]?):{port}\b", rf"\1:{{{name}}}", database)
    _pack(folder / "database.sql.xz", database.encode())
    for name in ("marketplace", "shop"):
        _pack(folder / f"{name}.json.xz", (instance / f"{name}.json").read_bytes())


def kept(release: str) -> Kept:
    folder = FOLDER / release
    about = json.loads((folder / "about.json").read_text())
    database, marketplace, shop = (
        lzma.decompress((folder / f"{name}.xz").read_bytes())
        for name in ("database.sql", "marketplace.json", "shop.json")
    )
    return Kept(
        release, about["commit"], datetime.fromisoformat(about["at"]), about["orders"], about["stock"],
        database.decode(), marketplace, shop,
    )  # fmt: skip


def _lines(about: dict[str, Any]) -> str:
    """JSON with a line for each order."""
    told = {name: json.dumps(value) for name, value in about.items()}
    told["orders"] = "[\n  " + ",\n  ".join(map(json.dumps, about["orders"])) + "\n ]"
    return "{\n" + ",\n".join(f' "{name}": {value}' for name, value in told.items()) + "\n}\n"


def _dumped(file: Path) -> str:
    with closing(sqlite3.connect(file)) as database:
        return "\n".join(database.iterdump()) + "\n"


def _pack(file: Path, content: bytes) -> None:
    file.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))

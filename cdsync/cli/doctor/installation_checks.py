"""What `doctor` looks at in the installation itself: whose its files are, and whether its key fits its secrets."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from flask import current_app

from cdsync import settings
from cdsync.config import SHARED
from cdsync.db import db
from cdsync.installation import private_files
from cdsync.models import order_word_index
from cdsync.retention import tidying

MOST_NAMED = 5

Fault = tuple[str, dict[str, object], str]  # code, data, and what exactly


def of_files() -> Fault | None:
    """Files of the instance folder that others may read."""
    folder = Path(current_app.instance_path)
    found = private_files.left_open(folder, shared=bool(current_app.config[SHARED]))
    return ("instance.open", {"folder": str(folder)}, _some(found)) if found else None


def of_secrets() -> Fault | None:
    """Stored secrets that the key there is does not read, else those that a former one still has to."""
    lost = [f"{account}: {key}" for account, key in settings.unreadable()]
    if lost:
        return "settings.secret_unreadable", {}, _some(lost)
    former = settings.with_former_key()
    return ("settings.secret_former_key", {"count": former}, "") if former else None


def of_search() -> str:
    """How words are found in orders: by an index, or what is missing for one. Every order is found in any case."""
    with db.engine.connect() as connection:
        if order_word_index.has_index(connection):
            return "by an index"
    if db.engine.dialect.name == "sqlite":
        return f"without an index, slower: SQLite {sqlite3.sqlite_version} has no FTS5 with trigrams"
    return f"without an index, slower: pg_trgm is not there; as the server's administrator: {order_word_index.BY_HAND}"


def of_tidying() -> str:
    """When old records went the last time, and how many."""
    last = tidying.last()
    return f"{last[0]:%Y-%m-%d %H:%M} UTC: {tidying.in_words(last[1])}" if last else "not yet"


def _some(found: list[str]) -> str:
    return ", ".join(found[:MOST_NAMED]) + (", …" if len(found) > MOST_NAMED else "")

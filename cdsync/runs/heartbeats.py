"""Signs of life of long-running processes, in the database where the pages look. Knows no run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cdsync.db import now, reading, transaction
from cdsync.models import Heartbeat


def beat(name: str, **detail: Any) -> None:
    """Writes a sign of life under a name such as "worker:host:pid", in a commit of its own."""
    try:
        _write(name, detail)
    except IntegrityError:  # the first beat of the same name came from two threads
        _write(name, detail)


def alive(prefix: str, seconds: float = 90) -> list[Heartbeat]:
    """Who gave a sign of life within the last `seconds`, by name; the rows can be read without a transaction."""
    with reading() as session:
        recent = (Heartbeat.name.startswith(prefix), Heartbeat.at > now() - timedelta(seconds=seconds))
        rows = list(session.scalars(select(Heartbeat).where(*recent).order_by(Heartbeat.name)))
        for row in rows:
            session.expunge(row)
        return rows


def _write(name: str, detail: dict[str, Any]) -> None:
    with transaction() as session:
        row = session.get(Heartbeat, name)
        if row is None:
            row = Heartbeat(name=name)
            session.add(row)
        row.at, row.detail = now(), detail

"""Who carries a run out: its owner's name, its lease, and whether it is still theirs. Opens and closes none."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from cdsync.db import READ_ONLY, db, now, reading, transaction
from cdsync.models import OPEN_RUN, Run

from .states import LOST, QUEUED, RUNNING

LEASE_SECONDS = 30.0  # of a run and its claims: a killed worker's orders are free again well within a minute
_OURS = select(Run.id).where(Run.id == bindparam("run"), Run.owner == bindparam("me"), OPEN_RUN)


def owner_token() -> str:
    """A name for who runs a run, unlike any other's: host:pid:random, at most 64 characters."""
    return f"{_process(os.getpid())}{secrets.token_hex(8)}"


def is_lost_in(process: int) -> bool:
    """Whether the newest run that a process of this machine took was lost: whatever it still does, it is to end."""
    with reading() as session:
        its = select(Run.state).where(Run.owner.startswith(_process(process), autoescape=True))
        return session.scalar(its.order_by(Run.id.desc()).limit(1)) == LOST


def take(run_id: int, owner: str, seconds: float = LEASE_SECONDS) -> bool:
    """Takes a queued run for `owner`; False when somebody else did, or it is over."""
    with transaction() as session:
        at = {"started_at": now(), "progressed_at": now(), "lease_until": _until(seconds)}
        values = {"state": RUNNING, "owner": owner, **at}
        query = update(Run).where(Run.id == run_id, Run.state == QUEUED, OPEN_RUN).values(values)
        return session.scalar(query.returning(Run.id)) is not None


def keep_alive(session: Session, run_id: int, owner: str, seconds: float, progressed_at: datetime) -> bool:
    """Prolongs a run's lease, inside the caller's transaction; False when it is no longer this owner's.

    progressed_at: when it last got on, aware UTC.
    """
    mine = (Run.id == run_id, Run.owner == owner, OPEN_RUN)
    values = {"lease_until": _until(seconds), "progressed_at": progressed_at}
    return session.scalar(update(Run).where(*mine).values(values).returning(Run.id)) is not None


def stop_requested(run_id: int, owner: str) -> bool:
    """Whether the run has to end: a person asked, or it is no longer this owner's."""
    with reading() as session:
        row = session.execute(select(Run.stop_requested, Run.owner, Run.open).where(Run.id == run_id)).one()
        return bool(row.stop_requested or row.owner != owner or not row.open)


def is_ours(run_id: int, owner: str) -> bool:
    """Whether the run is open and this owner's."""
    engine = db.engine.execution_options(**{READ_ONLY: True})  # without a session: asked before each request
    with engine.connect() as connection:
        return connection.execute(_OURS, {"run": run_id, "me": owner}).first() is not None


def progress(session: Session, run_id: int, owner: str, values: Mapping[str, Any]) -> None:
    """Writes total, processed or counts of a run that is still this owner's, inside the caller's transaction."""
    mine = (Run.id == run_id, Run.owner == owner, OPEN_RUN)
    session.execute(update(Run).where(*mine).values(dict(values)))


def _process(number: int) -> str:
    return f"{socket.gethostname()[:30]}:{number}:"


def _until(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)

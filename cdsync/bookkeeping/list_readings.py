"""How far a marketplace's list was read: what is read to its end counts, what was not goes on where it stood.

A reading begins at one lookup and may come to its end at a later one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdsync.db import reading
from cdsync.models import ListReading


@dataclass(frozen=True)
class Begun:
    """A reading of that seller's list. since: from when on; began_at: when it began; both aware UTC. place: where it
    goes on, in the connector's own words."""

    seller: str
    since: datetime
    began_at: datetime
    place: str


def unfinished(account_id: int, seller: str) -> Begun | None:
    """The reading of this seller's list that has not come to its end; None where it begins anew."""
    with reading() as session:
        row = session.get(ListReading, account_id)
        if row is None or row.since is None or row.seller != seller:
            return None
        return Begun(seller, row.since, row.began_at, row.place)


def last_whole(account_id: int) -> datetime | None:
    """When the last reading began that came to its end, aware UTC."""
    with reading() as session:
        return session.scalar(select(ListReading.whole_at).where(ListReading.account_id == account_id))


def keep_place(session: Session, account_id: int, begun: Begun) -> None:
    """What was read up to this place is kept."""
    values = {"seller": begun.seller, "since": begun.since, "began_at": begun.began_at, "place": begun.place}
    _row(session, account_id, **values)


def end(session: Session, account_id: int, begun: Begun) -> None:
    """It came to its end."""
    told = {"seller": begun.seller, "since": None, "began_at": begun.began_at, "place": ""}
    _row(session, account_id, **told, whole_at=begun.began_at)


def _row(session: Session, account_id: int, **values: object) -> None:
    """Only one lookup of an account runs at a time."""
    row = session.get(ListReading, account_id)
    if row is None:
        row = ListReading(account_id=account_id)
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value)

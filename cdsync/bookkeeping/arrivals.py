"""What an account's marketplace says, between two lookups, of orders that came since: what was asked, when, the answer.

Kept beside what else is remembered of the account (`cached_reads`), under a name that no clearing touches. Asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdsync.db import now, reading, transaction
from cdsync.errors import CdsyncError
from cdsync.models import CachedRead

from .read_cache import REMEMBERED

NAME = f"{REMEMBERED}arrivals"
EACH_REQUEST = timedelta(minutes=2)  # each request of a question pays for so long until the next: 30 an hour at most


@dataclass(frozen=True)
class Arrivals:
    """Where the questions of an account stand. Times are ISO 8601, UTC.

    seller, mark: of the last lookup's list. known: how many the marketplace counts beyond the mark although its list
    does not tell them: nothing new. told: the last answer, None when there is none since that lookup. asked_at: the
    last question. since: from when the next one's time counts. requests: how many the last one took. failed: why it had
    no answer, {"code": …, "data": …}; then nothing more is asked before a lookup got through.
    """

    seller: str
    mark: str
    since: str
    known: int = 0
    told: int | None = None
    asked_at: str = ""
    requests: int = 1
    failed: dict[str, Any] = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        """Whether it is time to ask."""
        waited = now() - datetime.fromisoformat(self.since)
        return bool(self.mark) and not self.failed and waited >= EACH_REQUEST * max(1, self.requests)


def of(account_id: int) -> Arrivals | None:
    """None before the first lookup, and where the marketplace gives no mark."""
    return every().get(account_id)


def every() -> Mapping[int, Arrivals]:
    """Of all accounts, by their id: one query."""
    with reading() as session:
        rows = session.execute(select(CachedRead.account_id, CachedRead.value).where(CachedRead.name == NAME)).all()
        return {row.account_id: Arrivals(**row.value) for row in rows}


def listed(session: Session, account_id: int, seller: str, mark: str, *, anything: bool) -> None:
    """A lookup read the seller's list to its end. anything: whether that told anything new.

    Where it did not, what was counted before it stays known: the marketplace counts what it does not list.
    """
    row = _row(session, account_id)
    before = Arrivals(**row.value) if row is not None else None
    known = 0
    if before is not None and before.seller == seller and not anything:
        known = before.known if before.told is None else before.told
    asked = (before.asked_at, before.requests) if before is not None else ("", 1)
    _put(session, account_id, row, Arrivals(seller, mark, now().isoformat(), known, None, *asked))


def take_turn(account_id: int, seller: str) -> Arrivals | None:
    """What to ask with, when it is time and nobody else asks: the next time counts from now. Commits."""
    with transaction() as session:
        row = _row(session, account_id)
        found = Arrivals(**row.value) if row is not None else None
        if found is None or found.seller != seller or not found.is_due:
            return None
        at = now().isoformat()
        _put(session, account_id, row, replace(found, since=at, asked_at=at))
        return found


def answered(account_id: int, mark: str, told: int | None, requests: int) -> bool:
    """Keeps the answer to a question with this mark; whether it tells of orders that are not known. Commits.

    told: None where the mark means nothing to the marketplace: the next lookup brings another one. False when a lookup
    has come to its end meanwhile: it knows better.
    """
    with transaction() as session:
        row, found = _asked(session, account_id, mark)
        if found is None:
            return False
        if told is None:
            _put(session, account_id, row, replace(found, mark=""))
            return False
        _put(session, account_id, row, replace(found, told=told, known=min(found.known, told), requests=requests))
        return told > found.known


def unanswered(account_id: int, mark: str, error: CdsyncError, requests: int) -> None:
    """There is no answer to a question with this mark, nor any asking again before a lookup got through. Commits."""
    with transaction() as session:
        row, found = _asked(session, account_id, mark)
        if found is not None:
            failed = {"code": error.code, "data": dict(error.data)}
            _put(session, account_id, row, replace(found, told=None, failed=failed, requests=requests))


def _asked(session: Session, account_id: int, mark: str) -> tuple[CachedRead | None, Arrivals | None]:
    row = _row(session, account_id)
    found = Arrivals(**row.value) if row is not None else None
    return row, found if found is not None and found.mark == mark else None


def _row(session: Session, account_id: int) -> CachedRead | None:
    mine = (CachedRead.account_id == account_id, CachedRead.name == NAME)
    return session.scalar(select(CachedRead).where(*mine).with_for_update())


def _put(session: Session, account_id: int, row: CachedRead | None, what: Arrivals) -> None:
    """Only an account's lookup makes its row, and of those one runs at a time."""
    if row is None:
        row = CachedRead(account_id=account_id, name=NAME)
        session.add(row)
    row.value, row.read_at = asdict(what), now()

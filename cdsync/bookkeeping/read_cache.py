"""The shop's own data (countries, taxes, statuses …) kept for some minutes between runs. No orders, no people.

A run otherwise begins with reading all of it, though it changes a few times a year.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from cdsync.db import now, reading, transaction
from cdsync.errors import TemporaryError
from cdsync.models import CachedRead

KEPT = timedelta(minutes=10)
REMEMBERED = "remembered "  # begins the names of what is neither too old ever nor cleared
log = logging.getLogger(__name__)


class AccountCache:
    """`connectors.cache.Cache` of one account, on the table cached_reads."""

    def __init__(self, account_id: int) -> None:
        self._account_id = account_id

    def get(self, name: str) -> Any:
        """The value put under the name less than `KEPT` ago, or None."""
        with reading() as session:
            fresh = CachedRead.read_at > now() - KEPT
            return session.scalar(select(CachedRead.value).where(*self._named(name), fresh))

    def put(self, name: str, value: Any) -> None:
        """Keeps a value. A locked database costs the saving of a request later on, not this run."""
        try:
            self._write(name, value)
        except TemporaryError as exc:
            log.warning("%s of the shop was not kept: %s", name, exc.code)

    def clear(self) -> None:
        """Forgets everything this account has kept, but for what it is to remember."""
        remembered = CachedRead.name.startswith(REMEMBERED, autoescape=True)
        with transaction() as session:
            session.execute(delete(CachedRead).where(CachedRead.account_id == self._account_id, ~remembered))

    def recall(self, name: str) -> Any:
        """The value remembered under the name, or None."""
        with reading() as session:
            return session.scalar(select(CachedRead.value).where(*self._named(REMEMBERED + name)))

    def remember(self, name: str, value: Any) -> None:
        """As `put`, for as long as nothing takes its place."""
        self.put(REMEMBERED + name, value)

    def _write(self, name: str, value: Any) -> None:
        try:
            with transaction() as session:
                known = update(CachedRead).where(*self._named(name)).values(value=value, read_at=now())
                if session.scalar(known.returning(CachedRead.id)) is None:
                    session.add(CachedRead(account_id=self._account_id, name=name, value=value, read_at=now()))
        except IntegrityError:
            log.info("%s of the shop was kept by another run a moment ago", name)

    def _named(self, name: str) -> tuple[Any, ...]:
        return CachedRead.account_id == self._account_id, CachedRead.name == name

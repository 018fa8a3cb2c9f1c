"""Exchanges on their way into the database, with the next commit of their run or one of their own. Asks nobody."""

from __future__ import annotations

import logging
import time
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from cdsync import database_errors
from cdsync.connectors import base
from cdsync.db import Base, write_with_next
from cdsync.models import Order

from .recorded_requests import kept_body, without_secrets

_EXCHANGES, _ORDERS = (Base.metadata.tables[each] for each in ("exchanges", "exchange_orders"))
_ADDED = insert(_EXCHANGES).returning(_EXCHANGES.c.id, _EXCHANGES.c.at)
_TIED = insert(_ORDERS)
_OF_ACCOUNT = select(Order.marketplace_ref, Order.id).where(
    Order.account_id == bindparam("account"), Order.marketplace_ref.in_(bindparam("refs", expanding=True))
)
log = logging.getLogger(__name__)


class WaitingExchanges:
    """Those of one run, or of nobody's; `db.Waiting`. What is kept of them is made out when they are added."""

    def __init__(self, account_id: int, run_id: int | None) -> None:
        self._account_id, self._run_id = account_id, run_id
        self._rows: list[dict[str, Any]] = []
        self._refs: list[tuple[str, ...]] = []
        self._since = 0.0
        self._known_ids: dict[str, int] = {}  # a reference is one order's for good: asked for once
        self.has_a_write = False

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def seconds(self) -> float:
        """How long the first of them has waited."""
        return time.monotonic() - self._since if self._rows else 0.0

    def add(self, exchange: base.Exchange) -> None:
        if not self._rows:
            self._since = time.monotonic()
            write_with_next(self)
        self._rows.append(self._row(exchange))
        self._refs.append(exchange.order_refs)
        self.has_a_write = self.has_a_write or exchange.method != "GET"

    def write(self, session: Session) -> None:
        connection = session.connection()
        if len({row["at"] for row in self._rows}) < len(self._rows):  # which is which, only their order says
            ids = [connection.execute(_ADDED, row).scalar_one() for row in self._rows]
        else:
            by_moment = {at: number for number, at in connection.execute(_ADDED, self._rows)}
            ids = [by_moment[row["at"]] for row in self._rows]
        self._find_ids(session)
        pairs = [
            {"exchange_id": number, "order_id": self._known_ids[ref]}
            for number, refs in zip(ids, self._refs, strict=True)
            for ref in dict.fromkeys(refs)
            if ref in self._known_ids
        ]
        if pairs:
            connection.execute(_TIED, pairs)

    def written(self) -> None:
        self._rows, self._refs, self.has_a_write = [], [], False

    def failed(self, error: Exception) -> None:
        """A full disk costs the record, not what it is of; what nobody foresaw is raised."""
        self.written()
        known = database_errors.meaning(error) if isinstance(error, DatabaseError) else None
        if known is None:
            raise error
        log.warning("run %s: exchanges were not kept: %s", self._run_id, known.code)

    def _find_ids(self, session: Session) -> None:
        new = {ref for refs in self._refs for ref in refs} - self._known_ids.keys()
        if new:
            found = session.connection().execute(_OF_ACCOUNT, {"account": self._account_id, "refs": sorted(new)})
            self._known_ids.update({row.marketplace_ref: row.id for row in found})

    def _row(self, exchange: base.Exchange) -> dict[str, Any]:
        return {
            "account_id": self._account_id,
            "run_id": self._run_id,
            "side": exchange.side,
            "method": exchange.method,
            "url": without_secrets(exchange.url),
            "status": exchange.status,
            "milliseconds": exchange.milliseconds,
            "failure": exchange.failure[:64],
            "request_body": kept_body(exchange.request_body),
            "response_body": kept_body(exchange.response_body),
            "at": exchange.at,
        }

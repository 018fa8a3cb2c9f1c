"""HTTP exchanges kept for support: written right after each answer, without secrets, read back masked.

Secrets never reach the table; personal data does, and is masked when shown (`masked`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import DatabaseError

from cdsync import connectors, database_errors
from cdsync.connectors import base
from cdsync.connectors.recording.masking import HIDDEN, masked_address, masked_body
from cdsync.db import db, now, reading, transaction
from cdsync.errors import ConfigError, TemporaryError, WrongStateError
from cdsync.models import Account, Exchange, ExchangeOrder, Order
from cdsync.settings.sections import default_connector

LONGEST_BODY = 64 * 1024
KEPT = timedelta(days=90)
log = logging.getLogger(__name__)

_SECRET_NAMES = "ws_key|client_secret|access_token|refresh_token|id_token|passwd|password|secure_key|authorization|key"


def _patterns(names: str) -> tuple[re.Pattern[str], ...]:
    """Where a named value can stand: JSON, XML (CDATA or not), a printed dict, a form or query, a filter."""
    return (
        re.compile(rf'("(?:{names})"\s*:\s*)"(?:[^"\\]|\\.)*"?', re.IGNORECASE),
        re.compile(rf"('(?:{names})'\s*:\s*)'(?:[^'\\]|\\.)*'?", re.IGNORECASE),
        re.compile(
            rf"(<(?:{names})(?:\s[^>]*)?>)(?!\s*<language)(?:<!\[CDATA\[.*?\]\]>|[^<]+)", re.IGNORECASE | re.DOTALL
        ),
        re.compile(rf"((?:^|[?&\s])(?:{names})=)[^&\s]*", re.IGNORECASE),
        re.compile(rf"(filter(?:\[|%5B)(?:{names})(?:\]|%5D)=)[^&\s]*", re.IGNORECASE),
    )


_SECRETS = _patterns(_SECRET_NAMES)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_USER_IN_URL = re.compile(r"(https?://)[^/@\s]+@")


class RunRecorder:
    """`connectors.base.Recorder` for a run: one short commit per exchange, never inside a transaction.

    still_ours: whether the run is still this process's; asked before each request leaves. answered: told of each
    answer that came.
    """

    def __init__(
        self,
        account_id: int,
        run_id: int | None = None,
        still_ours: Callable[[], bool] = lambda: True,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        self._account_id, self._run_id = account_id, run_id
        self._still_ours, self._answered = still_ours, answered

    def sending(self) -> None:
        """Refuses to let a request leave while a transaction is open: it would hold locks for as long as it takes.

        Raises WrongStateError("order.claimed") when the run has been closed: a process that slept past its lease must
        not go on where it stood, since somebody else has taken over.
        """
        if db.session().in_transaction():
            raise RuntimeError("a database transaction is open while a request is about to leave")
        if not self._still_ours():
            raise WrongStateError("order.claimed", owner="")

    def record(self, exchange: base.Exchange) -> None:
        """Keeps an exchange. A locked database or a full disk costs the record, not the request: its outcome is known
        already, and a refusal here would be taken for the other side's."""
        if exchange.status is not None:
            self._answered()
        try:
            self._write(exchange)
        except TemporaryError as exc:
            log.warning("run %s: an exchange was not kept: %s", self._run_id, exc.code)
        except DatabaseError as exc:
            known = database_errors.meaning(exc)
            if known is None:
                raise
            log.warning("run %s: an exchange was not kept: %s", self._run_id, known.code)

    def _write(self, exchange: base.Exchange) -> None:
        with transaction() as session:
            row = Exchange(
                account_id=self._account_id,
                run_id=self._run_id,
                side=exchange.side,
                method=exchange.method,
                url=without_secrets(exchange.url),
                status=exchange.status,
                milliseconds=exchange.milliseconds,
                failure=exchange.failure[:64],
                request_body=_kept(exchange.request_body),
                response_body=_kept(exchange.response_body),
                at=exchange.at,
            )
            session.add(row)
            session.flush()
            mine = (Order.account_id == self._account_id, Order.marketplace_ref.in_(exchange.order_refs))
            for order_id in session.scalars(select(Order.id).where(*mine)) if exchange.order_refs else ():
                session.add(ExchangeOrder(exchange_id=row.id, order_id=order_id))


def of_order(order_id: int, limit: int = 200) -> list[Exchange]:
    """The exchanges an order was part of, oldest first; the newest `limit` when there are more."""
    with reading() as session:
        query = select(Exchange).join(ExchangeOrder, ExchangeOrder.exchange_id == Exchange.id)
        newest = query.where(ExchangeOrder.order_id == order_id).order_by(Exchange.id.desc()).limit(limit)
        rows = list(session.scalars(newest))[::-1]
        for row in rows:
            session.expunge(row)
        return rows


def prune(before: timedelta = KEPT) -> int:
    """Forgets exchanges older than `before`; how many."""
    with transaction() as session:
        old = select(Exchange.id).where(Exchange.at < now() - before)
        session.execute(delete(ExchangeOrder).where(ExchangeOrder.exchange_id.in_(old)))
        gone = session.scalars(delete(Exchange).where(Exchange.at < now() - before).returning(Exchange.id)).all()
    return len(gone)


def without_secrets(text: str) -> str:
    """The text with keys, tokens and passwords taken out, wherever they stand."""
    hidden = _BEARER.sub(rf"\1 {HIDDEN}", _USER_IN_URL.sub(rf"\1{HIDDEN}@", text))
    json_like, printed, xml, query, listed = _SECRETS
    hidden = json_like.sub(rf'\1"{HIDDEN}"', hidden)
    hidden = printed.sub(rf"\1'{HIDDEN}'", hidden)
    for pattern in (xml, query, listed):
        hidden = pattern.sub(rf"\1{HIDDEN}", hidden)
    return hidden


def masked(row: Exchange, fields: Collection[str], hide: Callable[[str], str] = str) -> tuple[str, str, str]:
    """Its address, request and answer with only what is known to be harmless (`fields`: `harmless_fields` of its side).

    hide: takes out of what stays what it must not quote, such as the buyer's own name in a refusal.
    """
    sent, got = (masked_body(body, fields, hide) for body in (row.request_body, row.response_body))
    return masked_address(row.url, fields, hide), sent, got


def harmless_fields(of: Account, side: str) -> frozenset[str]:
    """The fields of that side's system that say nothing of a customer; none when its connector is gone."""
    stored = of.settings.get(side) or {}
    try:
        return connectors.harmless_fields(side, str(stored.get("connector") or default_connector(side)))
    except ConfigError:
        return frozenset()


def _kept(body: str) -> str:
    clean = without_secrets(body[: LONGEST_BODY * 2].replace("\x00", "\ufffd"))  # PostgreSQL takes no NUL
    return clean if len(clean) <= LONGEST_BODY else clean[:LONGEST_BODY] + "…"

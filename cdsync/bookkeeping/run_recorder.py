"""Writes a run's HTTP exchanges right after each answer; those of a list's pages once it is known what they told."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from cdsync import database_errors
from cdsync.connectors import base
from cdsync.db import db, transaction
from cdsync.errors import TemporaryError, WrongStateError
from cdsync.models import Exchange, ExchangeOrder, Order

from .recorded_requests import kept_body, without_secrets

OK = 200
FIGURES_SECONDS = 5.0  # what has no body is written so often
log = logging.getLogger(__name__)


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
        self._page: list[base.Exchange] | None = None
        self._without_body: list[base.Exchange] = []
        self._written = 0.0

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
        if self._page is not None and exchange.method == "GET" and exchange.status == OK:
            self._page.append(exchange)
        else:
            self._keep([exchange])

    @contextmanager
    def page_by_page(self) -> Iterator[Callable[[bool], None]]:
        """Inside, answers wait for what is said of their page: whether it told anything new (True), or nothing.

        Of a page that told nothing its body is not kept: the next lookup brings the same once more.
        """
        self._page, self._written = [], time.monotonic()
        try:
            yield self._told
        finally:
            self._told(anything=True)
            self._page = None
            self._keep_figures()

    def _told(self, anything: bool) -> None:
        page, self._page = self._page or [], []
        if anything:
            self._keep_figures()
            self._keep(page)
            return
        self._without_body += [replace(each, request_body="", response_body="") for each in page]
        if time.monotonic() - self._written > FIGURES_SECONDS:
            self._keep_figures()

    def _keep_figures(self) -> None:
        some, self._without_body = self._without_body, []
        self._keep(some)
        self._written = time.monotonic()

    def _keep(self, exchanges: Sequence[base.Exchange]) -> None:
        if not exchanges:
            return
        try:
            self._write(exchanges)
        except TemporaryError as exc:
            log.warning("run %s: an exchange was not kept: %s", self._run_id, exc.code)
        except DatabaseError as exc:
            known = database_errors.meaning(exc)
            if known is None:
                raise
            log.warning("run %s: an exchange was not kept: %s", self._run_id, known.code)

    def _write(self, exchanges: Sequence[base.Exchange]) -> None:
        with transaction() as session:
            rows = [self._row(each) for each in exchanges]
            session.add_all(rows)
            session.flush()
            for row, exchange in zip(rows, exchanges, strict=True):
                mine = (Order.account_id == self._account_id, Order.marketplace_ref.in_(exchange.order_refs))
                for order_id in session.scalars(select(Order.id).where(*mine)) if exchange.order_refs else ():
                    session.add(ExchangeOrder(exchange_id=row.id, order_id=order_id))

    def _row(self, exchange: base.Exchange) -> Exchange:
        return Exchange(
            account_id=self._account_id,
            run_id=self._run_id,
            side=exchange.side,
            method=exchange.method,
            url=without_secrets(exchange.url),
            status=exchange.status,
            milliseconds=exchange.milliseconds,
            failure=exchange.failure[:64],
            request_body=kept_body(exchange.request_body),
            response_body=kept_body(exchange.response_body),
            at=exchange.at,
        )

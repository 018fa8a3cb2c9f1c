"""Keeps a run's HTTP exchanges with what comes of them; those of a list's pages once it is known what they told."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.exc import DatabaseError

from cdsync import database_errors
from cdsync.connectors import base
from cdsync.db import db, transaction
from cdsync.errors import TemporaryError, WrongStateError

from .waiting_exchanges import WaitingExchanges

OK, CREATED = 200, 201
FIGURES_SECONDS = 5.0  # what has no body is written so often
LONGEST_WAIT = 5.0  # seconds that an exchange waits at most while requests go on
MOST_WAITING = 50
log = logging.getLogger(__name__)


class RunRecorder:
    """`connectors.base.Recorder` for a run: exchanges are kept with what is committed next.

    A write that was answered is kept in one commit with what came of it, and in any case before another request
    leaves: what is done next depends on it. What was read waits for the next commit, five seconds at most. Anything
    that did not go well is kept at once, for it is what support asks for.

    A process that is killed loses the reads since its last commit. Of a write it loses the record together with what
    came of it or neither, and only where it dies between the answer and that very commit: then the journal still says
    that the request was begun, and it is looked up.

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
        self._run_id = run_id
        self._still_ours, self._answered = still_ours, answered
        self._waiting = WaitingExchanges(account_id, run_id)
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
        if self._waiting.has_a_write or self._waiting.seconds > LONGEST_WAIT:
            self._keep_waiting()
        if not self._still_ours():
            raise WrongStateError("order.claimed", owner="")

    def record(self, exchange: base.Exchange) -> None:
        """Keeps an exchange. A locked database or a full disk costs the record, not the request: its outcome is known
        already, and a refusal here would be taken for the other side's."""
        if exchange.status is not None:
            self._answered()
        if self._page is not None and exchange.method == "GET" and exchange.status == OK:
            self._page.append(exchange)
            return
        self._waiting.add(exchange)
        if not self._may_wait(exchange):
            self._keep_waiting()

    def _may_wait(self, exchange: base.Exchange) -> bool:
        """Whether somebody is going to commit, and the record tells nothing that would be missed."""
        return self._run_id is not None and exchange.status in (OK, CREATED) and len(self._waiting) < MOST_WAITING

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
        for each in exchanges:
            self._waiting.add(each)
        self._keep_waiting()

    def _keep_waiting(self) -> None:
        if not self._waiting:
            return
        try:
            with transaction():  # which writes what waits
                pass
        except TemporaryError as exc:
            log.warning("run %s: exchanges are not kept yet: %s", self._run_id, exc.code)
        except DatabaseError as exc:
            known = database_errors.meaning(exc)
            if known is None:
                raise
            log.warning("run %s: exchanges were not kept: %s", self._run_id, known.code)

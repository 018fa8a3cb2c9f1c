"""What an operation works with: its run, the account's settings, both sides opened, progress, and when to stop.

Holds plain values only, so that nothing here opens a transaction while a request is under way.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from sqlalchemy.orm import Session

from cdsync import kept_figures, orders, runs, settings
from cdsync.bookkeeping.journal import OrderJournal
from cdsync.bookkeeping.read_cache import AccountCache
from cdsync.bookkeeping.run_recorder import RunRecorder
from cdsync.bookkeeping.stock_turns import StockTurns
from cdsync.connectors.base import ImportPolicy, Marketplace, Shop
from cdsync.db import reading, transaction
from cdsync.errors import CdsyncError, UnknownOutcomeError
from cdsync.installation.stop_signals import StopFlag
from cdsync.models import Account, Run

from .outcome import Outcome
from .progress import Progress

DONE, PROBLEM, WAITING, SKIPPED = "done", "problem", "waiting", "skipped"
ROWS_AT_ONCE = 500  # rows in one transaction: thousands would keep everybody else from writing
DEFAULT_TIMEOUT = 60.0
PROGRESS_SECONDS = 0.5


class RunContext:
    """One run of one operation. Made by the runner once the run is its own; raises ConfigError for broken settings."""

    def __init__(self, run: Run, owner: str) -> None:
        self.run_id, self.account_id, self.owner = run.id, run.account_id, owner
        self.operation, self.trigger = run.operation, run.trigger
        self.by = orders.By(run.id, run.actor)  # who does what the run does
        self.found_by = orders.By(run.id)  # what it only finds out is nobody's doing
        self.wanted: tuple[int, ...] | None = None if run.wanted is None else tuple(run.wanted)
        self.options: dict[str, Any] = dict(run.options or {})
        self.counts: Counter[str] = Counter()
        self.total = self.processed = 0
        self._written = 0.0
        self.stop_signal = StopFlag()  # a person, a signal, or another owner of the run: it has to end
        with reading() as session:
            self.account_settings = settings.read(session.get_one(Account, self.account_id))
        self.progress = Progress(self.shop_timeout)

    @property
    def orders_settings(self) -> settings.OrderSettings:
        return self.account_settings.orders

    @property
    def shop_timeout(self) -> float:
        """Seconds after which an unknown outcome is asked again."""
        return float(self.account_settings.shop.get("timeout_seconds") or DEFAULT_TIMEOUT)

    @property
    def lease_seconds(self) -> float:
        """Of the run and its claims, however long a request may take: what is under way is waited for all the same."""
        return runs.LEASE_SECONDS

    @cached_property
    def marketplace(self) -> Marketplace:
        """Of the settings this run began with, whatever is saved meanwhile."""
        gate = orders.AccountGate(self.account_id, lambda: self.seller_home)
        return settings.marketplace_of(self.account_settings, self.recorder, gate)

    @cached_property
    def shop(self) -> Shop:
        """As `marketplace`."""
        gate = orders.AccountGate(self.account_id, lambda: self.home)
        return settings.shop_of(self.account_settings, self.recorder, AccountCache(self.account_id), gate)

    @cached_property
    def seller_home(self) -> orders.Home:
        """Where the orders belong that this run may work on, as far as the marketplace alone tells."""
        return orders.Home(settings.seller_of(self.account_settings))

    @cached_property
    def home(self) -> orders.Home:
        """Where the orders belong that this run may work on. Asks the shop; raises ConfigError, TemporaryError."""
        return orders.Home(self.seller_home.seller, settings.shop_place(self.account_settings, self.shop))

    @cached_property
    def policy(self) -> ImportPolicy:
        return settings.policy_of(self.account_settings)

    @cached_property
    def journal(self) -> OrderJournal:
        lease = self.lease_seconds
        return OrderJournal(self.account_id, self.run_id, self.owner, lease, self.home, self.stock_turns)

    @cached_property
    def stock_turns(self) -> StockTurns:
        """Who may move stock in the shop; one for each shop, whatever accounts are tied to it."""
        return StockTurns(str(self.account_settings.shop.get("url") or ""), self.owner, self.shop_timeout)

    @cached_property
    def recorder(self) -> RunRecorder:
        still_ours = partial(runs.is_ours, self.run_id, self.owner)
        return RunRecorder(self.account_id, self.run_id, still_ours, self.progress.made)

    def stopping(self) -> bool:
        """Asked between two orders: whether to end here. Once it has to, it has to for good."""
        if not self.stop_signal.is_set() and runs.stop_requested(self.run_id, self.owner):
            self.stop_signal.set()
        return self.stop_signal.is_set()

    def expect(self, order_ids: Sequence[int]) -> None:
        """The orders this run will work on: its total, each of them pending."""
        self.progress.made()
        for at in range(0, len(order_ids), ROWS_AT_ONCE):
            with transaction() as session:
                runs.put_pending(session, self.run_id, order_ids[at : at + ROWS_AT_ONCE])
        with transaction() as session:
            self.total += len(order_ids)
            runs.progress(session, self.run_id, self.owner, {"total": self.total})

    def put(self, session: Session, order_id: int, outcome: str, code: str | None = None) -> None:
        """What became of an order, counted, inside the caller's transaction."""
        runs.put_outcome(session, self.run_id, order_id, outcome, code)
        self.count(session, outcome)

    def put_all(self, session: Session, order_ids: Sequence[int], outcome: str) -> None:
        """The same of many orders that came to the same."""
        runs.put_all(session, self.run_id, order_ids, outcome)
        self._got_on({outcome: len(order_ids)}, len(order_ids))
        if self._is_due:
            self.write_progress(session)

    def found_problem(self, session: Session, order_id: int, code: str) -> None:
        """A problem found by looking at an order that is counted already, inside the caller's transaction."""
        runs.put_outcome(session, self.run_id, order_id, PROBLEM, code)
        self.count(session, PROBLEM, processed=False)

    def skip(self, order_id: int, code: str | None = None, outcome: str = SKIPPED) -> None:
        """`put` in a commit of its own."""
        with transaction() as session:
            self.put(session, order_id, outcome, code)

    def count(self, session: Session, outcome: str, *, processed: bool = True) -> None:
        """Counts without naming an order, inside the caller's transaction: the run has got on."""
        self._got_on({outcome: 1}, int(processed))
        if self._is_due:
            self.write_progress(session)

    def count_all(self, outcomes: Mapping[str, int]) -> None:
        """The same of many orders, once what became of them is committed."""
        self._got_on(outcomes, sum(outcomes.values()))
        if self._is_due:
            with transaction() as session:
                self.write_progress(session)
            kept_figures.sum_up_if_free()  # here, and not beside the lease: no busy database is to cost that

    def _got_on(self, outcomes: Mapping[str, int], processed: int) -> None:
        self.progress.made()
        self.counts.update({outcome: number for outcome, number in outcomes.items() if number})
        self.processed += processed
        self.total = max(self.total, self.processed)

    @property
    def _is_due(self) -> bool:
        return time.monotonic() - self._written > PROGRESS_SECONDS

    def write_progress(self, session: Session) -> None:
        """What was counted so far, for those who watch; at most every now and then, and at the end."""
        values = {"counts": dict(self.counts), "processed": self.processed, "total": self.total}
        runs.progress(session, self.run_id, self.owner, values)
        self._written = time.monotonic()

    def warn(self, error: CdsyncError) -> Outcome:
        """Something beside the operation's purpose did not work: counted, and seen on the run, which goes on."""
        with transaction() as session:
            self.count(session, "warning", processed=False)
        return Outcome(warning=error)

    def wait_for_shop(self, error: CdsyncError) -> CdsyncError:
        """An unknown outcome is asked again after the shop's time limit, when nobody said otherwise."""
        if isinstance(error, UnknownOutcomeError) and error.retry_after is None:
            error.retry_after = self.shop_timeout
        return error

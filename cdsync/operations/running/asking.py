"""Between two lookups: asks marketplaces whether orders came, and starts a lookup when some did.

An account is asked while its lookups run by themselves, at least hourly, and its marketplace can count (`powers`).
Nothing is kept of a question but its time and answer; what fails is not asked again before a lookup got through, so
that the lookup alone tells of an outage. Counting misses what came in the very second of the last change a lookup saw,
and what the marketplace lists late: the lookups by schedule are the sure way.
"""

from __future__ import annotations

import logging

from cdsync import accounts, resting, runs, settings, states
from cdsync.bookkeeping import arrivals
from cdsync.connectors import powers
from cdsync.connectors.base import Exchange
from cdsync.db import db, reading
from cdsync.errors import AccessRefusedError, CdsyncError, ConfigError
from cdsync.models import Account
from cdsync.runs import timetable

from .starting import start_and_enqueue

log = logging.getLogger(__name__)


class CountedRequests:
    """`connectors.base.Recorder` that keeps no exchange, only how many requests were sent."""

    def __init__(self) -> None:
        self.sent = 0

    def sending(self) -> None:
        if db.session().in_transaction():
            raise RuntimeError("a database transaction is open while a request is about to leave")
        self.sent += 1

    def record(self, exchange: Exchange) -> None: ...


def accounts_to_ask() -> list[int]:
    """The ids of those whose time has come. Asks nobody."""
    due = {account_id for account_id, found in arrivals.every().items() if found.is_due}
    if not due:
        return []
    asked = (each.id for each in accounts.every() if each.id in due and is_asked(each))
    return [account_id for account_id in asked if not resting.needed(account_id, "lookup")]


def is_asked(account: Account) -> bool:
    """Whether this account's marketplace is asked at all: that is wanted, and its lookups run by themselves, often."""
    often = account.active and timetable.is_often(settings.schedule(account)["lookup"])
    return often and settings.asks_between_lookups(account)


def ask(account_id: int) -> int | None:
    """Asks one account's marketplace; the run of the lookup that was started for it. None: nothing came, or no answer.

    Raises the database's errors only.
    """
    try:
        with reading() as session:
            account = session.get_one(Account, account_id)
            chosen = settings.read(account)
    except ConfigError as error:
        log.info("account %s is not asked for orders: %s", account_id, error.code)
        return None
    turn = arrivals.take_turn(account_id, settings.seller_of(chosen))
    if turn is None or not _came(account_id, chosen, turn):
        return None
    return start_for_arrivals(account_id, "lookup")


def start_for_arrivals(account_id: int, operation: str) -> int | None:
    """Starts the operation because orders came; the run, None where it cannot be started now: its schedule will."""
    try:
        account = db.session.get_one(Account, account_id)
        return start_and_enqueue(account, operation, trigger=runs.ARRIVAL, actor=runs.SCHEDULER).id
    except ConfigError as error:
        log.info("%s of account %s does not begin with the orders that came: %s", operation, account_id, error.code)
        return None


def _came(account_id: int, chosen: settings.AccountSettings, turn: arrivals.Arrivals) -> bool:
    recorder = CountedRequests()
    try:
        marketplace = settings.marketplace_of(chosen, recorder)
        told = powers.waiting_since(marketplace, turn.mark, _states(chosen))
    except CdsyncError as error:
        log.info("account %s could not be asked for orders: %s", account_id, error.code)
        arrivals.unanswered(account_id, turn.mark, error, recorder.sent)
        if isinstance(error, AccessRefusedError):
            resting.begin(account_id, error)
        return False
    return arrivals.answered(account_id, turn.mark, told, recorder.sent)


def _states(chosen: settings.AccountSettings) -> frozenset[str]:
    """Those that something happens to by itself, and the one everybody waits for."""
    accepts = chosen.schedule["accept"] and chosen.orders.acceptance != "manual"
    return frozenset({states.TO_IMPORT, states.TO_ACCEPT} if accepts else {states.TO_IMPORT})

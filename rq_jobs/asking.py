"""Asks marketplaces between lookups, beside the clock: a silent one holds a thread of its own and nobody else.

In the scheduler's process, which lives for long: an access token does for hours there, and for one run only in a
worker's.
"""

from __future__ import annotations

import logging
import threading

from redis.exceptions import RedisError
from sqlalchemy.exc import DatabaseError

from cdsync.errors import CdsyncError
from cdsync.operations.running.asking import accounts_to_ask, ask

from .run_operation import application

AT_ONCE = 4  # accounts; those that do not answer are left alone from then on
log = logging.getLogger(__name__)


class Questions:
    """Those under way, of this process."""

    def __init__(self) -> None:
        self._under_way: dict[int, threading.Thread] = {}

    def begin(self) -> None:
        """Begins those whose time has come, as many as may be; needs an application context."""
        self._under_way = {account: each for account, each in self._under_way.items() if each.is_alive()}
        for account_id in accounts_to_ask():
            if account_id not in self._under_way and len(self._under_way) < AT_ONCE:
                thread = threading.Thread(target=_ask, args=(account_id,), name=f"question-{account_id}", daemon=True)
                self._under_way[account_id] = thread
                thread.start()

    def join(self) -> None:
        """Waits for those under way."""
        for each in self._under_way.values():
            each.join()


def _ask(account_id: int) -> None:
    """Whatever it meets is over with this question: the schedule goes on, and says what is away."""
    try:
        with application().app_context():
            ask(account_id)
    except (CdsyncError, DatabaseError, RedisError) as error:
        log.info("account %s was not asked for orders: %s", account_id, type(error).__name__)
    except Exception:
        log.exception("asking account %s for orders", account_id)

"""Whether a side that rests works again: asked at growing intervals by what the schedule begins, shown by any run."""

from __future__ import annotations

import logging

from sqlalchemy import select

from cdsync import resting, settings
from cdsync.connectors.base import Check
from cdsync.db import reading
from cdsync.errors import CdsyncError
from cdsync.models import Account, Exchange

log = logging.getLogger(__name__)


def resting_side(account_id: int, operation: str) -> resting.Rest | None:
    """The resting side that keeps a scheduled run from being started now; None when it may be.

    A side whose time has come is asked first, outside any run; when it works, it rests no longer.
    """
    for rest in resting.needed(account_id, operation):
        if not (resting.take_try(account_id, rest.side) and _works(account_id, rest)):
            return resting.of(account_id).get(rest.side, rest)
        resting.end(account_id, rest.side)
    return None


def end_answered(account_id: int, run_id: int) -> None:
    """A run came to its end without being refused: the resting sides that answered it well rest no longer."""
    for side in resting.of(account_id):
        with reading() as session:
            good = (Exchange.run_id == run_id, Exchange.side == side, Exchange.status.between(200, 299))
            answered = session.scalar(select(Exchange.id).where(*good).limit(1))
        if answered is not None:
            resting.end(account_id, side)


def _works(account_id: int, rest: resting.Rest) -> bool:
    """Asks the side as "Test connection" does; whether it lets us in."""
    try:
        checks = _checks(account_id, rest.side)
    except CdsyncError as error:
        log.info("the %s of account %s still rests: %s", rest.side, account_id, error.code)
        return False
    return any(check.ok for check in checks) and not any(check.code == rest.code for check in checks if not check.ok)


def _checks(account_id: int, side: str) -> list[Check]:
    with reading() as session:  # over before a request leaves
        account = session.get_one(Account, account_id)
        opened = settings.open_marketplace(account) if side == resting.MARKETPLACE else settings.open_shop(account)
    return list(opened.check())

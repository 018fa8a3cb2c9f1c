"""A side that refuses its key: what an account's schedules need it for rests, until it works again. Asks nobody.

Kept among the account's notices, which the overview shows: one for each side, however many runs would have failed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cdsync.db import now, reading, transaction
from cdsync.error_catalogue import entry_of
from cdsync.errors import AccessRefusedError
from cdsync.models import Account

FIRST_TRY, LONGEST = timedelta(minutes=15), timedelta(hours=6)
MARKETPLACE, SHOP = "marketplace", "shop"
NEEDS: dict[str, tuple[str, ...]] = {  # a shop that refuses costs a lookup only its checks
    "lookup": (MARKETPLACE,),
    "accept": (MARKETPLACE, SHOP),
    "import": (SHOP,),
    "ship": (SHOP, MARKETPLACE),
    "reconcile": (MARKETPLACE, SHOP),
}
Notice = dict[str, Any]


@dataclass(frozen=True)
class Rest:
    """A side that rests: why, since when, and when it is asked next whether it works (aware UTC)."""

    side: str
    code: str
    data: dict[str, Any]
    since: datetime
    next_try_at: datetime


def side_of(error: AccessRefusedError) -> str:
    """By the first word of its code."""
    return entry_of(error.code).side


def of(account_id: int) -> dict[str, Rest]:
    """The sides of an account that rest, by their name."""
    with reading() as session:
        return {rest.side: rest for rest in of_notices(session.get_one(Account, account_id).notices)}


def needed(account_id: int, operation: str) -> list[Rest]:
    """Those resting sides that an operation cannot do without."""
    resting = of(account_id)
    return [resting[side] for side in NEEDS.get(operation, ()) if side in resting]


def begin(account_id: int, error: AccessRefusedError) -> None:
    """The side of this error rests from now on; nothing when it does already. Commits."""
    side, at = side_of(error), now()
    notice: Notice = {"code": error.code, "data": dict(error.data), "rests": side, "since": at.isoformat()}
    notice |= {"tries": 0, "next_try_at": (at + FIRST_TRY).isoformat()}
    _change(account_id, lambda notices: notices if _at(notices, side) else [*notices, notice])


def end(account_id: int, *sides: str) -> bool:
    """These sides work, or are to be tried: whether one of them rested. Commits."""
    return _change(account_id, lambda notices: without(notices, sides))


def without(notices: Iterable[Notice], sides: Collection[str]) -> list[Notice]:
    """The notices but for those of these sides' rest: their settings were saved, so that they are tried again."""
    return [each for each in notices if each.get("rests") not in sides]


def take_try(account_id: int, side: str) -> bool:
    """Whether it is time to ask the side again, and nobody else does; the time after this one comes later. Commits."""
    with transaction() as session:
        account = session.get_one(Account, account_id, with_for_update=True)
        notice = _at(account.notices, side)
        if notice is None or datetime.fromisoformat(notice["next_try_at"]) > now():
            return False
        tries = int(notice["tries"]) + 1
        wait = min(FIRST_TRY * 2 ** min(tries, 10), LONGEST)
        later = notice | {"tries": tries, "next_try_at": (now() + wait).isoformat()}
        account.notices = [later if each is notice else each for each in account.notices]
    return True


def of_notices(notices: Iterable[Notice]) -> list[Rest]:
    """The sides that rest, of an account's notices."""
    return [rest for each in notices if (rest := read(each))]


def operations_of(notices: Iterable[Notice]) -> frozenset[str]:
    """The operations that do not start by schedule now, of an account's notices."""
    sides = {rest.side for rest in of_notices(notices)}
    return frozenset(operation for operation, needed_sides in NEEDS.items() if sides & set(needed_sides))


def read(notice: Notice) -> Rest | None:
    """What a notice says of a side that rests; None for any other notice."""
    if "rests" not in notice:
        return None
    since, next_try_at = (datetime.fromisoformat(notice[name]) for name in ("since", "next_try_at"))
    return Rest(notice["rests"], notice["code"], notice.get("data") or {}, since, next_try_at)


def _at(notices: list[Notice], side: str) -> Notice | None:
    return next((each for each in notices if each.get("rests") == side), None)


def _change(account_id: int, change: Callable[[list[Notice]], list[Notice]]) -> bool:
    """Whether it made any difference."""
    with reading() as session:
        before = session.get_one(Account, account_id).notices
    if change(before) == before:
        return False  # as nearly always: nothing to write
    with transaction() as session:
        account = session.get_one(Account, account_id, with_for_update=True)
        account.notices = change(account.notices)
    return True

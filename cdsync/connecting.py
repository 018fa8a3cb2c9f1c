"""Accounts on their way to being connected: begun, taken up again, finished, given up. Asks neither side.

How far one got is `Account.setup`, {"step": the next step to do}; None once it is connected, and for every account
that was made in another way. Nothing runs by itself in one before its last step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, or_, select

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.models import Account, Order, Run, ShopOrder

STEPS = 5
NOTHING_BY_ITSELF = dict.fromkeys(settings.OPERATIONS)
NAME_TAKEN = "There is an account of this name already."
READING = ("lookup", "reconcile")  # these operations write to neither side


def begin(name: str, document: Mapping[str, Any], actor: str) -> Account:
    """Makes an account with the sections given; what is left out is as declared, the real addresses among it.

    One that nobody has told anything yet is taken. Raises SettingsInvalid with every fault; nothing is made then.
    """
    known = accounts.named(name)
    if known is not None and not _is_blank(known):
        raise settings.SettingsInvalid({"account": NAME_TAKEN})
    account = settings.load({**document, "account": name, "schedule": NOTHING_BY_ITSELF}, actor=actor)
    account.setup = {"step": 1}
    db.session.commit()
    return account


def proposed_name() -> str:
    """The name of an account that nobody has told anything yet (an installation begins with one), else a free one."""
    return next((each.name for each in accounts.real() if _is_blank(each)), None) or accounts.free_name()


def unfinished(known: Iterable[Account]) -> list[Account]:
    """Those of these accounts that are on their way."""
    return [account for account in known if account.setup is not None and not account.rehearsal]


def find(account_id: int) -> Account:
    """The account, while it is on its way. Raises ConfigError("connect.finished" [account]), ("account.unknown")."""
    account = db.session.get(Account, account_id)
    if account is None:
        raise ConfigError("account.unknown", account=account_id, known=[each.name for each in accounts.every()])
    if account.setup is None:
        raise ConfigError("connect.finished", account=account.name)
    return account


def step(account: Account) -> int:
    """The next step to do, 1 to 5."""
    at = (account.setup or {}).get("step", 1)
    return min(max(at, 1), STEPS) if isinstance(at, int) else 1


def reach(account_id: int, number: int) -> None:
    """Opens a step; going back to an earlier one closes none. Raises as `find`."""
    account = find(account_id)
    account.setup = {"step": max(step(account), number)}
    db.session.commit()


def finish(account_id: int, schedule: Mapping[str, str | None], actor: str) -> None:
    """Switches the schedules on as chosen: the account is connected. Raises as `find`, and SettingsInvalid."""
    account = find(account_id)
    name = account.name
    settings.load({"account": name, "schedule": dict(schedule)}, actor=actor)
    account = find(account_id)
    account.setup = None
    db.session.commit()


def orders_read(account_id: int) -> int:
    """How many orders the account holds."""
    return db.session.scalar(select(func.count(Order.id)).where(Order.account_id == account_id)) or 0


def has_only_read(account_id: int) -> bool:
    """Whether nothing was written anywhere for it: no run that writes, no shop order, nothing tied to a shop."""
    wrote = (
        select(Run.id).where(Run.account_id == account_id, Run.operation.not_in(READING)),
        select(ShopOrder.id).where(ShopOrder.account_id == account_id),
        select(Order.id).where(
            Order.account_id == account_id, or_(Order.shop != "", Order.accepted_sent_at.is_not(None))
        ),
    )
    return all(db.session.scalar(query.limit(1)) is None for query in wrote)


def forget_orders(account_id: int) -> int:
    """Forgets what was only read, so that another seller or shop can be entered; how many orders.

    Raises as `find`, ConfigError("account.has_orders" [account, count]) once something was written for one of them,
    and ("run.already_running" [run]).
    """
    account = find(account_id)
    if not has_only_read(account_id):
        raise ConfigError("account.has_orders", account=account.name, count=orders_read(account_id))
    return accounts.empty(account_id)


def give_up(account_id: int) -> None:
    """Removes an account that is on its way, and the orders that were only read. Raises as `forget_orders`."""
    forget_orders(account_id)
    accounts.remove(account_id)


def _is_blank(account: Account) -> bool:
    return not (account.settings or account.rehearsal or account.setup or orders_read(account.id))


__all__ = [
    "NOTHING_BY_ITSELF",
    "STEPS",
    "begin",
    "find",
    "finish",
    "forget_orders",
    "give_up",
    "has_only_read",
    "orders_read",
    "proposed_name",
    "reach",
    "step",
    "unfinished",
]

"""Accounts by name: find, list, create, remove. What their settings mean is the business of `cdsync.settings`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from .db import db, transaction
from .errors import ConfigError
from .models import (
    OPEN_RUN,
    Account,
    CachedRead,
    Exchange,
    ExchangeOrder,
    ImportStep,
    ListReading,
    Order,
    OrderEvent,
    OrderLine,
    ProductMapping,
    ReconcileRow,
    Reconciliation,
    Run,
    RunOrder,
    ShopOrder,
)

DEFAULT = "main"
REHEARSAL = "Rehearsal"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")


def find(name: str | None) -> Account:
    """The account of that name; None: the only one, or the first when there are several, a real one before all.

    Raises ConfigError("account.unknown") for a name nobody has, ("settings.incomplete") when there is none at all.
    """
    query = select(Account).order_by(Account.rehearsal, Account.id).limit(1)
    account = db.session.scalar(query if name is None else query.where(Account.name == name))
    if account is not None:
        return account
    known = [each.name for each in every()]
    if known and name is not None:
        raise ConfigError("account.unknown", account=name, known=known)
    raise ConfigError("settings.incomplete", fields=["marketplace", "shop"])


def every() -> list[Account]:
    """All accounts: the real ones, oldest first, then the rehearsal."""
    return list(db.session.scalars(select(Account).order_by(Account.rehearsal, Account.id)))


def real() -> list[Account]:
    """The accounts that are no rehearsal, oldest first."""
    return [account for account in every() if not account.rehearsal]


def rehearsal() -> Account | None:
    """The rehearsal account, if there is one."""
    return db.session.scalar(select(Account).where(Account.rehearsal.is_(True)).order_by(Account.id).limit(1))


def are_named(of: Account, known: Sequence[Account] | None = None) -> bool:
    """Whether what is said of this account has to name it: there are several, or it is the rehearsal.

    known: all accounts, where they are at hand.
    """
    return of.rehearsal or len(every() if known is None else known) > 1


def ensure(name: str, *, rehearsal: bool = False) -> Account:
    """The account of that name, made and committed when absent; raises ValueError for a name `is_name` refuses."""
    if not is_name(name):
        raise ValueError(f"not an account name: {name!r}")
    found = named(name)
    if found is not None:
        return found
    account = Account(name=name, settings={}, rehearsal=rehearsal)
    db.session.add(account)
    try:
        db.session.commit()
    except IntegrityError:  # somebody else made it meanwhile
        db.session.rollback()
        account = find(name)
    return account


def is_name(name: str) -> bool:
    """Whether this names an account: 1 to 64 letters without accents, digits, spaces, dots, dashes; no sign first."""
    return _NAME.fullmatch(name) is not None


def free_name(wanted: str = DEFAULT) -> str:
    """A name nobody has yet: the wanted one, or it with a number."""
    taken = {each.name for each in every()}
    return next(name for name in (wanted, *(f"{wanted} {n}" for n in range(2, len(taken) + 3))) if name not in taken)


def dismiss_notice(account_id: int, code: str) -> bool:
    """A person has read what the account had to tell under this code; whether it was still there. Commits."""
    with transaction() as session:
        account = session.get_one(Account, account_id)
        left = [each for each in account.notices if each.get("code") != code or "rests" in each]
        was_there = len(left) < len(account.notices)
        account.notices = left
    return was_there


def empty(account_id: int) -> int:
    """Forgets every order, run, comparison and product mapping of an account; how many orders. One commit.

    Raises ConfigError("run.already_running" [run]) while a run of it is open.
    """
    with transaction() as session:
        open_run = session.scalar(select(Run.id).where(Run.account_id == account_id, OPEN_RUN).limit(1))
        if open_run is not None:
            raise ConfigError("run.already_running", run=open_run)
        orders = select(Order.id).where(Order.account_id == account_id)
        runs = select(Run.id).where(Run.account_id == account_id)
        exchanges = select(Exchange.id).where(Exchange.account_id == account_id)
        compared = select(Reconciliation.id).where(Reconciliation.account_id == account_id)
        count = session.scalar(select(func.count()).select_from(orders.subquery())) or 0
        for statement in (
            delete(ReconcileRow).where(ReconcileRow.reconciliation_id.in_(compared)),
            delete(Reconciliation).where(Reconciliation.account_id == account_id),
            delete(ExchangeOrder).where(ExchangeOrder.order_id.in_(orders)),
            delete(ExchangeOrder).where(ExchangeOrder.exchange_id.in_(exchanges)),
            delete(Exchange).where(Exchange.account_id == account_id),
            delete(RunOrder).where(RunOrder.order_id.in_(orders)),
            delete(RunOrder).where(RunOrder.run_id.in_(runs)),
            *(delete(each).where(each.order_id.in_(orders)) for each in (OrderEvent, ImportStep, OrderLine, ShopOrder)),
            delete(Order).where(Order.account_id == account_id),
            delete(Run).where(Run.account_id == account_id),
            delete(ProductMapping).where(ProductMapping.account_id == account_id),
            delete(CachedRead).where(CachedRead.account_id == account_id),
            delete(ListReading).where(ListReading.account_id == account_id),
        ):
            session.execute(statement.execution_options(synchronize_session=False))
        session.expire_all()
    return count


def remove(account_id: int) -> None:
    """Removes a rehearsal, or an account that has no orders yet, with everything that hangs on it.

    Raises ConfigError("account.has_orders" [account, count]): the record of what was imported is never thrown away,
    and ("run.already_running" [run]).
    """
    account = db.session.get_one(Account, account_id)
    count = db.session.scalar(select(func.count(Order.id)).where(Order.account_id == account_id)) or 0
    if count and not account.rehearsal:
        raise ConfigError("account.has_orders", account=account.name, count=count)
    empty(account_id)
    with transaction() as session:
        session.execute(delete(Account).where(Account.id == account_id))


def named(name: str) -> Account | None:
    """The account of exactly that name, if there is one."""
    return db.session.scalar(select(Account).where(Account.name == name))

"""Accounts by name: find, list, create. What their settings mean is the business of `cdsync.settings`."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from .db import db
from .errors import ConfigError
from .models import Account

DEFAULT = "main"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")


def find(name: str | None) -> Account:
    """The account of that name; None: the only one, or the first when there are several.

    Raises ConfigError("account.unknown") for a name nobody has, ("settings.incomplete") when there is none at all.
    """
    query = select(Account).order_by(Account.id).limit(1)
    account = db.session.scalar(query if name is None else query.where(Account.name == name))
    if account is not None:
        return account
    known = [each.name for each in every()]
    if known and name is not None:
        raise ConfigError("account.unknown", account=name, known=known)
    raise ConfigError("settings.incomplete", fields=["marketplace", "shop"])


def every() -> list[Account]:
    """All accounts, oldest first."""
    return list(db.session.scalars(select(Account).order_by(Account.id)))


def ensure(name: str) -> Account:
    """The account of that name, made and committed when absent; raises ValueError for a name `is_name` refuses."""
    if not is_name(name):
        raise ValueError(f"not an account name: {name!r}")
    found = _named(name)
    if found is not None:
        return found
    account = Account(name=name, settings={})
    db.session.add(account)
    try:
        db.session.commit()
    except IntegrityError:  # somebody else made it meanwhile
        db.session.rollback()
        account = find(name)
    return account


def is_name(name: str) -> bool:
    """Whether this can name an account: 1 to 64 letters, digits, spaces, dots, dashes; a letter or digit first."""
    return _NAME.fullmatch(name) is not None


def _named(name: str) -> Account | None:
    return db.session.scalar(select(Account).where(Account.name == name))

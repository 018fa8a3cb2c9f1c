"""What must not mix: the rehearsal with real systems, and two accounts that would import one order twice.

Judges sections as they would be stored, against the accounts there are. Answers sentences by key; stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .. import accounts, connectors
from ..connectors import declared_settings
from ..connectors.base import Setting
from ..connectors.http import allowed_addresses
from ..connectors.identity import place
from ..db import reading
from ..errors import ConfigError
from ..models import Account
from ..secrets import decrypt, is_encrypted
from . import sections
from .rehearsal import addresses

Sections = Mapping[str, Mapping[str, Any]]

OWN_IN_REHEARSAL = (
    "This is the rehearsal, and it stays one. Connect your own shop instead: it gets an account of its own."
)
REHEARSAL_IN_REAL = "This is the address of the rehearsal. A real account is never tied to it."
KEPT_NAME = "This name is kept for the rehearsal. Choose another one."


def mixed(account: Account | None, merged: Sections, others: Iterable[Account]) -> dict[str, str]:
    """Rehearsal addresses in a real account, or anything of one's own in the rehearsal. Sentences by key."""
    if account is not None and account.rehearsal:
        return dict.fromkeys(_own(account.settings, merged), OWN_IN_REHEARSAL)
    invented = {where for each in others if each.rehearsal for where in _addresses(each.settings)}
    return {
        f"{side}.{setting.name}": REHEARSAL_IN_REAL
        for side, setting, value in _values(merged)
        if setting.kind == "url" and value and place(str(value), with_path=False) in invented
    }


def keep_apart(account: Account, sides: Sections) -> None:
    """Before anything is sent with values that are not stored yet: `mixed` of both sides, whole and in clear.

    Raises ConfigError("rehearsal.own_settings") for anything of one's own in the rehearsal, and
    ("rehearsal.addresses" [address]) for the rehearsal's address in a real account.
    """
    found = mixed(account, sides, accounts.every())
    if not found:
        if account.rehearsal:
            allowed_addresses.allow_rehearsal(account.places or ())
        return
    if account.rehearsal:
        raise ConfigError("rehearsal.own_settings")
    side, _dot, name = next(iter(found)).partition(".")
    raise ConfigError("rehearsal.addresses", address=str(sides[side].get(name, "")))


def twice(account: Account | None, merged: Sections, others: Iterable[Account]) -> dict[str, str]:
    """Another account that reads the same orders of the same seller: each order would be made once in each."""
    mine = _seller(merged)
    for other in others:
        if other.rehearsal or (account is not None and other.id == account.id) or mine is None:
            continue
        if _seller(other.settings) == mine and _overlap(merged, other.settings):
            sentence = (
                f"The account “{other.name}” reads the orders of this seller already: each order would be made twice. "
                "Change that account, or give each one sales channels of its own."
            )
            return {f"marketplace.{_named_last('marketplace', merged)}": sentence}
    return {}


def reads_the_same(account_id: int) -> str | None:
    """The name of an older real account that reads the same orders: a database from elsewhere may hold two such."""
    with reading():
        return same_among(accounts.every(), account_id)


def same_among(known: Iterable[Account], account_id: int) -> str | None:
    """`reads_the_same`, where all accounts are known already."""
    real = [each for each in known if not each.rehearsal]
    mine = next((each for each in real if each.id == account_id), None)
    if mine is None or not (seller := _seller(mine.settings)):
        return None
    older = (each for each in real if each.id < account_id and _seller(each.settings) == seller)
    return next((each.name for each in older if _overlap(mine.settings, each.settings)), None)


def sharing(account: Account, others: Iterable[Account]) -> list[tuple[str, str]]:
    """("marketplace" or "shop", name) of each other real account with the same seller or the same shop.

    Allowed, since neither can make an order twice, but worth knowing.
    """
    found = []
    for other in others:
        if other.id == account.id or other.rehearsal or account.rehearsal:
            continue
        if (seller := _seller(account.settings)) is not None and seller == _seller(other.settings):
            found.append(("marketplace", other.name))
        if (shop := _identity("shop", account.settings)) is not None and shop == _identity("shop", other.settings):
            found.append(("shop", other.name))
    return found


def says_where(setting: Setting) -> bool:
    """Whether a setting says who asks, and where: the rehearsal's own are never changed by hand."""
    return setting.required or setting.identifies or setting.kind in ("url", "secret")


def _own(stored: Sections, merged: Sections) -> list[str]:
    """The keys that say who and where, with another value than the rehearsal's."""
    return [
        f"{side}.{setting.name}"
        for side, setting, value in _values(merged)
        if says_where(setting) and _clear(value) != _clear(stored.get(side, {}).get(setting.name))
    ]


def _clear(value: Any) -> Any:
    if value in (None, "", []):
        return None
    try:
        return decrypt(value) if is_encrypted(value) else value
    except ConfigError:
        return value


def _values(merged: Sections) -> Iterable[tuple[str, Setting, Any]]:
    for side in sections.SIDES:
        connector = str(merged.get(side, {}).get("connector") or sections.default_connector(side))
        for setting in _declared(side, connector):
            yield side, setting, merged.get(side, {}).get(setting.name)


def _declared(side: str, connector: str) -> tuple[Setting, ...]:
    try:
        return declared_settings(side, connector)
    except ConfigError:  # a connector that is not installed any more
        return ()


def _addresses(stored: Sections) -> frozenset[str]:
    return addresses(stored.get("marketplace", {}), stored.get("shop", {}))


def _seller(stored: Sections) -> str | None:
    return _identity("marketplace", stored)


def _identity(side: str, stored: Sections) -> str | None:
    """None while it is not filled in, or where the connector does not say what identifies it."""
    values = stored.get(side, {})
    connector = str(values.get("connector") or sections.default_connector(side))
    if not any(setting.identifies for setting in _declared(side, connector)):
        return None
    return connectors.identity(side, connector, values) or None


def _overlap(one: Sections, other: Sections) -> bool:
    """Whether the two read the same orders: not when a dividing setting has no value in common."""
    for side, setting, value in _values(one):
        theirs = other.get(side, {}).get(setting.name, setting.default)
        mine = setting.default if value is None else value
        if setting.divides and mine and theirs and not set(mine) & set(theirs):
            return False
    return True


def _named_last(side: str, merged: Sections) -> str:
    """The last identifying setting: the seller's number, which the sentence stands best beside."""
    return [setting.name for each, setting, _value in _values(merged) if each == side and setting.identifies][-1]

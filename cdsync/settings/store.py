"""Accounts' settings: load a document, show it, read it. The only place that touches `Account.settings`.

Stored is what was chosen; defaults are filled in when reading, so a better default reaches everybody.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import select

from .. import accounts, resting
from ..connectors import declared_settings
from ..db import db
from ..errors import ConfigError
from ..models import Account
from ..secrets import decrypt, is_encrypted
from . import conflicting_accounts, entered_for, home_changes, sections
from .fields import KEEP, ORDERS, SCHEDULE, SECTIONS, Field
from .refused import SettingsInvalid, SettingsMove
from .rehearsal import addresses
from .values import MASK

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OrderSettings:
    """Section `orders`, typed; declared with its defaults in `fields.ORDERS`. References are the shop's ids as text."""

    lookback_days: int
    ask_between_lookups: bool
    import_without_stock: bool
    imported_status: str | None
    shipped_status: str | None
    cancelled_status: str | None
    put_away_spoiled: bool
    carriers: Mapping[str, str]  # delivery mode → the shop carrier's stable reference
    default_carrier: str | None
    marketplace_carriers: Mapping[str, str]  # shop carrier → the marketplace's name
    fee_sku: str | None
    customer_group: str | None
    payment_module: str
    customer_email: str
    acceptance: str
    wait_for_tracking_hours: int
    country_without_vat_rule: str
    outlying_places: str


@dataclass(frozen=True)
class AccountSettings:
    """Everything an account was told, defaults filled in, secrets in clear: never log it."""

    account: str
    rehearsal: bool
    marketplace: Mapping[str, Any] = field(repr=False)
    shop: Mapping[str, Any] = field(repr=False)
    orders: OrderSettings
    schedule: Mapping[str, str | None]


def load(
    document: Mapping[str, Any],
    *,
    actor: str = "",
    moved: Mapping[str, str] | None = None,
    rehearsal: bool = False,
    ask: bool = False,
) -> Account:
    """Checks the whole document, then merges it into its account and commits; makes the account when absent.

    document: as docs/settings.md; keys left out keep their value, `MASK` keeps the stored secret. Without "account"
    the only real account is meant, "main" when there is none. moved: side → where it is now, for a side that was
    proved to be the same seller or shop as before (`cdsync.relocation`); the account's orders follow in one commit.
    rehearsal: the rehearsal's own start says where it is; the account is the rehearsal's. ask: somebody can be asked,
    so that another shop is refused also while no order of the account was written to the former one yet.
    Raises SettingsInvalid with every fault, SettingsMove when orders belong to another seller or shop than the document
    says; then nothing was changed.
    """
    name, account, merged, again = _checked(document, rehearsal)
    moves = home_changes.changes(db.session(), account, account.settings, merged) if account is not None else []
    unproved = [each for each in moves if each.side not in (moved or {}) and (each.tied or ask)]
    if unproved and not rehearsal:
        db.session.rollback()
        raise SettingsMove(unproved, again)
    _refuse(again)
    account = account or accounts.ensure(name, rehearsal=rehearsal)
    account.settings = merged
    account.notices = resting.without(account.notices, document.keys())
    if rehearsal:
        account.places = sorted(addresses(merged["marketplace"], merged["shop"]))
    for side, home in (moved or {}).items():
        home_changes.follow(db.session(), account.id, side, home)
    db.session.commit()
    log.info("settings of account %s changed by %s: %s", name, actor or "?", ", ".join(_keys(document)))
    return account


def moves(document: Mapping[str, Any]) -> list[home_changes.HomeChange]:
    """What `load` of the document would refuse with `SettingsMove`; stores nothing.

    Raises SettingsInvalid, but not for a secret that has to be entered again.
    """
    _name, account, merged, _again = _checked(document, False)
    found = home_changes.changes(db.session(), account, account.settings, merged) if account is not None else []
    db.session.rollback()
    return found


def would_be(document: Mapping[str, Any]) -> AccountSettings:
    """The settings its account would have after `load`, all checks but those of `SettingsMove` made; stores nothing."""
    name, account, merged, again = _checked(document, False)
    _refuse(again)
    full = _filled(merged)
    chosen = _settings_of(name, _is_rehearsal(account, full), full)
    db.session.rollback()
    return chosen


def _checked(
    document: Mapping[str, Any], rehearsal: bool
) -> tuple[str, Account | None, dict[str, dict[str, Any]], dict[str, str]]:
    """The account's name, the account if there is one, its sections as they would be stored, and what forbids that
    all the same: secrets that have to be entered again. Raises SettingsInvalid for every other fault."""
    faults: dict[str, str] = {}
    if not isinstance(document, Mapping):
        raise SettingsInvalid({"": "Must be an object with the sections marketplace, shop, orders, schedule, keep."})
    name = _account_name(document, faults)
    account = db.session.scalar(select(Account).where(Account.name == name).with_for_update())
    stored = account.settings if account else {}
    merged = {section: _merged(section, document, stored, faults) for section in show_order()}
    faults.update({str(key): sections.UNKNOWN for key in document if key != "account" and key not in merged})
    again = {key: text for key, text in faults.items() if text == entered_for.AGAIN}
    if faults == again and not rehearsal:
        known = accounts.every()
        if account is None and name.startswith(accounts.REHEARSAL):
            faults["account"] = conflicting_accounts.KEPT_NAME
        mixed = conflicting_accounts.mixed(account, merged, known)
        faults = (mixed or conflicting_accounts.twice(account, merged, known)) | faults
    if faults != again:
        _refuse(faults)
    return name, account, merged, again


def _refuse(faults: Mapping[str, str]) -> None:
    if faults:
        db.session.rollback()
        raise SettingsInvalid(faults)


def read(account: Account) -> AccountSettings:
    """The settings to work with.

    Raises ConfigError("connector.unknown"), ("settings.secret_unreadable" [setting]), and
    ("settings.secret_elsewhere" [setting]) when a secret was entered for other addresses than those it would go to.
    """
    full = _full(account)
    for side in sections.SIDES:
        _at_home(side, account.settings.get(side, {}), full[side])
    return _settings_of(account.name, _is_rehearsal(account, full), full)


def connector_of(account: Account, side: str) -> str:
    """The name of the account's connector for "marketplace" or "shop": the chosen one, or the usual one."""
    return str(account.settings.get(side, {}).get("connector") or sections.default_connector(side))


def _at_home(side: str, stored: Mapping[str, Any], full: Mapping[str, Any]) -> None:
    """`load` stores no such secret; a changed default, or a database changed by hand, would still send one."""
    for name in entered_for.elsewhere(side, full["connector"], stored, full):
        raise ConfigError("settings.secret_elsewhere", setting=f"{side}.{name}")


def _is_rehearsal(account: Account | None, full: Mapping[str, Mapping[str, Any]]) -> bool:
    """Flagged so, and tied to the rehearsal's own systems: pointed anywhere else, its orders are strangers there."""
    if account is None or not account.rehearsal:
        return False
    return addresses(full["marketplace"], full["shop"]) <= set(account.places or ())


def _settings_of(name: str, rehearsal: bool, full: Mapping[str, Mapping[str, Any]]) -> AccountSettings:
    return AccountSettings(
        account=name,
        rehearsal=rehearsal,
        marketplace=_clear("marketplace", full["marketplace"]),
        shop=_clear("shop", full["shop"]),
        orders=OrderSettings(**{each.name: full["orders"][each.name] for each in fields(OrderSettings)}),
        schedule=full["schedule"],
    )


def schedule(account: Account) -> dict[str, str | None]:
    """Operation → crontab fields, or None where it is off; whatever else may be wrong with the account's settings."""
    return _with_defaults(SCHEDULE, account.settings.get("schedule", {}))


def asks_between_lookups(account: Account) -> bool:
    """Whether the marketplace may be asked for new orders between two lookups."""
    return bool(_with_defaults(ORDERS, account.settings.get("orders", {}))["ask_between_lookups"])


def kept_days(account: Account) -> dict[str, int]:
    """For how many days each kind of record is kept, by the key of the section `keep`; 0: for ever."""
    return _with_defaults(KEEP, account.settings.get("keep", {}))


def show(account: Account) -> dict[str, Any]:
    """The document of docs/settings.md, defaults filled in, each stored secret as `MASK`: `load` takes it back.

    Raises ConfigError("connector.unknown") when a chosen connector is not installed any more.
    """
    full = _full(account)
    for side in sections.SIDES:
        secret = sections.secret_names(side, full[side]["connector"])
        full[side] = {
            key: MASK if value and (key in secret or is_encrypted(value)) else value
            for key, value in full[side].items()
        }
    return {"account": account.name, **full}


def defaults() -> dict[str, Any]:
    """The document of an account nobody has told anything yet."""
    return {"account": accounts.DEFAULT, **_filled({})}


def is_complete(account: Account, operation: str | None = None) -> list[str]:
    """The dotted keys still missing before the operation (None: before all of them) can run; empty: complete."""
    full = _full(account)
    missing = missing_in(full["marketplace"], full["shop"])
    for each in ORDERS:
        needed = bool(each.needed_by) if operation is None else operation in each.needed_by
        if needed and full["orders"][each.name] is None:
            missing.append(f"orders.{each.name}")
    return missing


def missing_in(marketplace: Mapping[str, Any], shop: Mapping[str, Any]) -> list[str]:
    """The dotted keys of both sides, defaults filled in, that are still missing."""
    return [
        f"{side}.{setting.name}"
        for side, values in (("marketplace", marketplace), ("shop", shop))
        for setting in declared_settings(side, values["connector"])
        if setting.required and values.get(setting.name) in (None, "", [])
    ]


def show_order() -> tuple[str, ...]:
    """The sections, in the order they are shown."""
    return (*sections.SIDES, *SECTIONS)


def _account_name(document: Mapping[str, Any], faults: dict[str, str]) -> str:
    if "account" not in document:
        known = [each for each in accounts.every() if not each.rehearsal]
        if len(known) > 1:
            faults["account"] = f"Say which account is meant: {', '.join(each.name for each in known)}."
        return known[0].name if known else accounts.DEFAULT
    name = document["account"]
    if not isinstance(name, str) or not accounts.is_name(name):
        faults["account"] = (
            "Must be text of at most 64 letters without accents, digits, spaces, dots or dashes; no sign first."
        )
        return accounts.DEFAULT
    return name


def _merged(
    section: str, document: Mapping[str, Any], stored: Mapping[str, Any], faults: dict[str, str]
) -> dict[str, Any]:
    given = document.get(section, {})
    if not isinstance(given, Mapping):
        faults[section] = "Must be an object."
        return {}
    if section in sections.SIDES:
        return sections.connector(section, given, stored.get(section, {}), faults)
    return sections.declared(section, given, stored.get(section, {}), faults)


def _full(account: Account) -> dict[str, dict[str, Any]]:
    return _filled(account.settings)


def _filled(stored: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    full: dict[str, dict[str, Any]] = {}
    for side in sections.SIDES:
        chosen = stored.get(side, {})
        name = chosen.get("connector") or sections.default_connector(side)
        full[side] = {"connector": name, **sections.connector_defaults(side, name)}
        full[side].update((key, value) for key, value in chosen.items() if key in full[side] and value is not None)
    for section, declared in SECTIONS.items():
        full[section] = _with_defaults(declared, stored.get(section, {}))
    return full


def _with_defaults(declared: Sequence[Field], stored: Mapping[str, Any]) -> dict[str, Any]:
    return {each.name: each.default for each in declared} | dict(stored)


def _clear(side: str, section: Mapping[str, Any]) -> dict[str, Any]:
    result = {}
    for key, value in section.items():
        try:
            result[key] = decrypt(value) if is_encrypted(value) else value
        except ConfigError as exc:
            raise ConfigError(exc.code, setting=f"{side}.{key}") from exc
    return result


def _keys(document: Mapping[str, Any]) -> list[str]:
    """Which keys were given, for the log: never their values."""
    return sorted(
        f"{section}.{key}" for section, given in document.items() if isinstance(given, Mapping) for key in given
    )

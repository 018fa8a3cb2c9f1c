"""What the shop and the marketplace offer to choose from, asked live and kept for a minute. Stores nothing.

A side that does not answer never breaks the page: its error is handed on as a sentence and what is saved stays usable.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cachetools import TTLCache

from cdsync import connectors, rehearsal, resting, settings
from cdsync.connectors import powers
from cdsync.connectors.base import Check, Choice, ShopData
from cdsync.errors import CdsyncError, ConfigError
from cdsync.models import Account

from ..shell import outside
from .fields import Choices

KEEP_SECONDS = 60
MOST_KEPT = 1000  # of one process: an agency saves many accounts within a minute
SHARE_OF_THE_SHOP = 0.6  # of the page's time: the marketplace is asked however slow the shop is
_kept: TTLCache[str, Offered] = TTLCache(MOST_KEPT, KEEP_SECONDS)
_held: TTLCache[str, bool] = TTLCache(MOST_KEPT, KEEP_SECONDS)  # values of a side: every check of it held
_lock = threading.Lock()


@dataclass(frozen=True)
class Offered:
    """The choices of both sides; an error stands for the side that did not answer. `asked`: whether anybody did."""

    choices: Choices = field(default_factory=Choices)
    spellings: Mapping[str, str] | None = None  # every spelling of a delivery mode → the one to show
    shop_error: CdsyncError | None = None
    marketplace_error: CdsyncError | None = None
    asked: bool = False
    shop: ShopData | None = None  # everything the shop said, when it answered


def in_clear(account: Account, side: str, posted: Mapping[str, Any]) -> dict[str, Any]:
    """One side's values as posted, the masked and missing ones filled from what is stored; secrets in clear.

    See `settings.to_try`: a secret that was entered for another address is withheld.
    """
    return settings.to_try(account, side, posted)


def kept(account: Account, sides: Mapping[str, Mapping[str, Any]]) -> Offered:
    """What was offered lately for the same values; never asks."""
    with _lock:
        return _kept.get(_fingerprint(account, sides), Offered())


def ask(account: Account, sides: Mapping[str, Mapping[str, Any]]) -> Offered:
    """Asks both sides what they offer, or answers from what was kept. `sides`: their values in clear.

    Makes requests, so it ends the database transaction first.
    """
    known = kept(account, sides)
    if known.asked:
        return known
    key, account_id = _fingerprint(account, sides), account.id
    try:
        settings.keep_apart(account, sides)
        _require_running(account)
        with outside.asked("choices", account_id) as page:
            with page.part(SHARE_OF_THE_SHOP):
                offered = _ask_shop(Offered(asked=True), sides["shop"])
            offered = _ask_marketplace(offered, sides["marketplace"])
    except CdsyncError as error:
        return Offered(asked=True, shop_error=error, marketplace_error=error)
    if offered.shop_error is None and offered.marketplace_error is None:
        with _lock:
            _kept[key] = offered
    return offered


def check(account: Account, side: str, values: Mapping[str, Any]) -> list[Check]:
    """Every check of one side with the values given; a refusal to even start is one failed check.

    What must not be sent, since it belongs to the rehearsal or does not, is refused before anything is.
    """
    other = {name: in_clear(account, name, {}) for name in ("marketplace", "shop")}
    key, account_id = _fingerprint(account, {side: values}), account.id
    try:
        settings.keep_apart(account, {**other, side: values})
        _require_running(account)
        with outside.asked("check", side, account_id):
            checks: list[Check] = outside.side(side, values).check()
    except CdsyncError as error:
        return [Check("settings", ok=False, code=error.code, data=error.data)]
    if all(each.ok for each in checks):
        with _lock:
            _held[key] = True
        resting.end(account_id, side)
    return checks


def held_lately(account: Account, side: str, values: Mapping[str, Any]) -> bool:
    """Whether every check of the side held within the last minute, with these values."""
    with _lock:
        return _fingerprint(account, {side: values}) in _held


def forget() -> None:
    """Drops what was kept: the next page asks again."""
    with _lock:
        _kept.clear()
        _held.clear()


def _require_running(account: Account) -> None:
    """Raises ConfigError("rehearsal.stopped"): its systems are not out of reach, they were only left."""
    if account.rehearsal and not rehearsal.runs(account):
        raise ConfigError("rehearsal.stopped")


def _ask_shop(offered: Offered, values: Mapping[str, Any]) -> Offered:
    try:
        data = _complete("shop", values).reference_data()
    except CdsyncError as error:
        return replace(offered, shop_error=error)
    choices = replace(
        offered.choices,
        carriers=data.carriers,
        statuses=data.statuses,
        groups=data.groups,
        payment_modules=data.payment_modules,
    )
    return replace(offered, choices=choices, shop=data)


def _ask_marketplace(offered: Offered, values: Mapping[str, Any]) -> Offered:
    try:
        marketplace = _complete("marketplace", values)
        modes = marketplace.delivery_modes()
        offered = replace(offered, spellings=_spellings(marketplace, modes))
        carriers = tuple(Choice(each.ref, each.name, each.active) for each in marketplace.carriers())
    except CdsyncError as error:
        return replace(offered, marketplace_error=error)
    return replace(offered, choices=replace(offered.choices, marketplace_carriers=carriers))


def _complete(side: str, values: Mapping[str, Any]) -> Any:
    """The side opened; raises ConfigError("{side}.settings_missing") while a required setting is empty."""
    for each in connectors.declared_settings(side, str(values.get("connector", ""))):
        if each.required and values.get(each.name, each.default) in (None, "", []):
            raise ConfigError(f"{side}.settings_missing", setting=each.label)
    return outside.side(side, values)


def _spellings(marketplace: Any, modes: list[str]) -> dict[str, str]:
    """Every spelling of the known modes. A connector need not know any: then each mode is only itself."""
    return {spelling: mode for mode in modes for spelling in (mode, *powers.spellings_of(marketplace, mode))}


def _fingerprint(account: Account, sides: Mapping[str, Mapping[str, Any]]) -> str:
    """A key that does not hold the secrets themselves."""
    text = json.dumps([account.id, {side: dict(values) for side, values in sides.items()}], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()

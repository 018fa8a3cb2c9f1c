"""What the shop and the marketplace offer to choose from, asked live and kept for a minute. Stores nothing.

A side that does not answer never breaks the page: its error is handed on as a sentence and what is saved stays usable.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .. import connectors, rehearsal, settings
from ..connectors.base import Check, Choice, NoRecorder, ShopData
from ..db import db
from ..errors import CdsyncError, ConfigError
from ..models import Account
from .settings_fields import Choices

KEEP_SECONDS = 60
_kept: dict[str, tuple[float, Offered]] = {}
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
        since, offered = _kept.get(_fingerprint(account, sides), (0.0, Offered()))
    return offered if time.monotonic() - since < KEEP_SECONDS else Offered()


def ask(account: Account, sides: Mapping[str, Mapping[str, Any]]) -> Offered:
    """Asks both sides what they offer, or answers from what was kept. `sides`: their values in clear.

    Makes requests, so it ends the database transaction first.
    """
    known = kept(account, sides)
    if known.asked:
        return known
    key = _fingerprint(account, sides)
    try:
        settings.keep_apart(account, sides)
        _require_running(account)
    except ConfigError as error:
        return Offered(asked=True, shop_error=error, marketplace_error=error)
    db.session.rollback()
    offered = _ask_marketplace(_ask_shop(Offered(asked=True), sides["shop"]), sides["marketplace"])
    if offered.shop_error is None and offered.marketplace_error is None:
        with _lock:
            _drop_old()
            _kept[key] = (time.monotonic(), offered)
    return offered


def check(account: Account, side: str, values: Mapping[str, Any]) -> list[Check]:
    """Every check of one side with the values given; a refusal to even start is one failed check.

    What must not be sent, since it belongs to the rehearsal or does not, is refused before anything is.
    """
    other = {name: in_clear(account, name, {}) for name in ("marketplace", "shop")}
    try:
        settings.keep_apart(account, {**other, side: values})
        _require_running(account)
        db.session.rollback()
        checks: list[Check] = _open(side, values).check()
    except CdsyncError as error:
        return [Check("settings", ok=False, code=error.code, data=error.data)]
    return checks


def forget() -> None:
    """Drops what was kept: the next page asks again."""
    with _lock:
        _kept.clear()


def _require_running(account: Account) -> None:
    """Raises ConfigError("rehearsal.stopped"): its systems are not out of reach, they were only left."""
    if account.rehearsal and not rehearsal.runs(account):
        raise ConfigError("rehearsal.stopped")


def _open(side: str, values: Mapping[str, Any]) -> Any:
    settings.require_secrets(side, values)
    rest = dict(values)
    name = str(rest.pop("connector", ""))
    opener: Any = connectors.open_marketplace if side == "marketplace" else connectors.open_shop
    return opener(name, rest, NoRecorder())


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
    return _open(side, values)


def _spellings(marketplace: Any, modes: list[str]) -> dict[str, str]:
    """Every spelling of the known modes. A connector need not know any: then each mode is only itself."""
    told = getattr(marketplace, "delivery_mode_spellings", lambda mode: (mode,))
    return {spelling: mode for mode in modes for spelling in (mode, *told(mode))}


def _fingerprint(account: Account, sides: Mapping[str, Mapping[str, Any]]) -> str:
    """A key that does not hold the secrets themselves."""
    text = json.dumps([account.id, {side: dict(values) for side, values in sides.items()}], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _drop_old() -> None:
    now = time.monotonic()
    for key in [key for key, (since, _offered) in _kept.items() if now - since >= KEEP_SECONDS]:
        del _kept[key]

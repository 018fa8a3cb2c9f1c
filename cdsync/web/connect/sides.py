"""Steps 1 and 2 of connecting: shop and marketplace, what only the merchant has. Stores by `settings.load`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from cdsync import connecting, connectors, settings
from cdsync.connectors import powers
from cdsync.connectors.base import KeyRights
from cdsync.models import Account
from cdsync.settings import SettingsInvalid
from cdsync.settings.values import EMPTY

from ..settings import choices as settings_choices
from ..settings.choices import Offered
from ..settings.fields import usual_values
from ..settings.posted import document_of, over_stored, side_of
from ..settings.view import FormView, form_view
from ..shell import access
from ..text.language import _

SIDE = {1: "shop", 2: "marketplace"}


def number_of(side: str) -> int:
    return next(number for number, name in SIDE.items() if name == side)


def store(account: Account, side: str) -> None:
    """Stores one side as posted; raises SettingsInvalid, also for what is still empty, which is stored all the same."""
    account_id = account.id
    settings.load(_posted(account, side), actor=access.actor())
    missing = [name for name in settings.is_complete(connecting.find(account_id)) if name.startswith(f"{side}.")]
    if missing:
        raise SettingsInvalid(dict.fromkeys(missing, EMPTY))


def holds(account: Account, side: str) -> bool:
    """Whether every check of the stored side holds; asks it, unless they held a moment ago."""
    values = _in_clear(account, side)
    if settings_choices.held_lately(account, side, values):
        return True
    return all(each.ok for each in settings_choices.check(account, side, values))


def view(account: Account, side: str, invalid: SettingsInvalid | None = None, *, tried: bool = False) -> FormView:
    """The form of one side: as posted when that did not hold, else as stored. tried: with what its test finds now."""
    document = settings.show(account) if invalid is None else _shown(account, side)
    checks = {side: settings_choices.check(account, side, _in_clear(account, side))} if tried else {}
    return form_view(account, document, invalid.errors if invalid else {}, Offered(), checks)


def with_usual(account: Account, side: str) -> FormView:
    """The form as posted, with what is normally left alone as it is declared."""
    document = _shown(account, side)
    document[side] |= usual_values(side, str(document[side].get("connector", "")))
    return form_view(account, document, {}, Offered(), {})


def nothing_yet(
    side: str, document: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None
) -> FormView:
    """The form of one side while there is no account."""
    shown = over_stored(settings.defaults(), document or {})
    nobody = Account(name="", settings={})
    return form_view(nobody, shown, errors or {}, Offered(), {})


def posted_without_account(side: str) -> dict[str, Any]:
    return {side: side_of(request.form, side, settings.defaults()[side])}


def rights(connector: str) -> KeyRights | None:
    """What the shop's key has to be allowed, as far as its connector says."""
    return powers.rights_of(connectors.shop_class(connector))


def found_at(connector: str) -> str:
    """A heading: where the merchant finds what the marketplace's settings ask for."""
    told = powers.found_at(connectors.marketplace_class(connector))
    return _(told) if told else _("What your marketplace gave you to sign in with")


def _posted(account: Account, side: str) -> dict[str, Any]:
    document = document_of(request.form, account.name, settings.show(account))
    return {"account": account.name, side: document.get(side, {})}


def _shown(account: Account, side: str) -> dict[str, Any]:
    return over_stored(settings.show(account), _posted(account, side))


def _in_clear(account: Account, side: str) -> dict[str, Any]:
    return settings_choices.in_clear(account, side, {})

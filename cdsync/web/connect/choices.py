"""Step 3 of connecting: statuses and carriers, proposed by their names for the merchant to check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import request

from cdsync import connecting, settings
from cdsync.models import Account
from cdsync.settings import SettingsInvalid
from cdsync.settings.proposals import Proposals, propose

from ..settings import choices as settings_choices
from ..settings.choices import Offered
from ..settings.fields import Input
from ..settings.mappings import Row, met_modes
from ..settings.posted import document_of, over_stored
from ..settings.view import FormView, form_view
from ..shell import access
from ..text.language import _

STATUSES = ("orders.imported_status", "orders.shipped_status")
CHOOSE = "Choose one."


@dataclass(frozen=True)
class ChoicesView:
    """The form, the two statuses, the rows of both mappings; each proposal says so."""

    form: FormView
    statuses: list[Input]
    carriers: list[Row]
    marketplace_carriers: list[Row]

    @property
    def offered(self) -> Offered:
        return self.form.offered


def store(account: Account) -> None:
    """Stores the choices; raises SettingsInvalid, also while a status is not chosen."""
    account_id = account.id
    settings.load(_posted(account), actor=access.actor())
    missing = [name for name in settings.is_complete(connecting.find(account_id)) if name.startswith("orders.")]
    if missing:
        raise SettingsInvalid(dict.fromkeys(missing, CHOOSE))


def view(account: Account, invalid: SettingsInvalid | None = None) -> ChoicesView:
    """What can be chosen, asked of both sides, with proposals where nothing was chosen yet."""
    stored = settings.show(account)
    sides = {side: settings_choices.in_clear(account, side, {}) for side in ("marketplace", "shop")}
    met = met_modes(account.id)
    offered = settings_choices.ask(account, sides)
    document = stored if invalid is None else over_stored(stored, _posted(account))
    found = _proposals(offered, [*met]) if invalid is None else Proposals()
    shown, proposed = _with(document, found)
    form = form_view(account, shown, invalid.errors if invalid else {}, offered, {})
    inputs = {each.key: each for each in form.places["statuses"]}
    choose = _("no single carrier of your shop resembles it: choose one")
    name_it = _("no name of the marketplace resembles it: choose one if you ship with it")
    return ChoicesView(
        form,
        [_marked(inputs[key], key in proposed) for key in STATUSES],
        [_row(row, f"orders.carriers.{row.key}" in proposed, choose) for row in form.carriers],
        [_row(row, f"orders.marketplace_carriers.{row.key}" in proposed, name_it) for row in form.marketplace_carriers],
    )


def _posted(account: Account) -> dict[str, Any]:
    document = document_of(request.form, account.name, settings.show(account))
    return {"account": account.name, "orders": document.get("orders", {})}


def _proposals(offered: Offered, met: list[str]) -> Proposals:
    """For every mode the marketplace is known to use, and every one orders came with."""
    if offered.shop is None:
        return Proposals()
    modes = dict.fromkeys([*(offered.spellings or {}).values(), *met])
    return propose(offered.shop, modes, offered.choices.marketplace_carriers)


def _with(document: dict[str, Any], found: Proposals) -> tuple[dict[str, Any], set[str]]:
    """The document with proposals where nothing is chosen, and the keys of those; what is chosen stays."""
    orders = dict(document["orders"])
    proposed: set[str] = set()
    for name in ("imported_status", "shipped_status"):
        value = getattr(found, name)
        if orders.get(name) is None and value is not None:
            orders[name] = value
            proposed.add(f"orders.{name}")
    for name in ("carriers", "marketplace_carriers"):
        chosen = dict(orders.get(name) or {})
        fresh = {key: value for key, value in getattr(found, name).items() if key not in chosen}
        orders[name] = chosen | fresh
        proposed |= {f"orders.{name}.{key}" for key in fresh}
    return {**document, "orders": orders}, proposed


def _marked(each: Input, proposed: bool) -> Input:
    return (
        replace(each, help=f"{_('Proposed by its name; change it if it is wrong.')} {each.help}")
        if (proposed)
        else each
    )


def _row(row: Row, proposed: bool, otherwise: str) -> Row:
    if proposed:
        return replace(row, note=_("proposed by its name"))
    return row if row.value else replace(row, note=otherwise)

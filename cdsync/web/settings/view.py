"""Puts the Settings form together: sections, inputs, mapping rows, errors by field. Reads orders, changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from cdsync import settings
from cdsync.connectors import marketplace_class, names, shop_class
from cdsync.connectors.base import Check
from cdsync.errors import ConfigError
from cdsync.models import Account

from .choices import Offered
from .fields import Input, connector_inputs, element_id, keep_inputs, order_inputs, schedule_inputs
from .mappings import Row, carrier_rows, marketplace_rows, met_modes


@dataclass(frozen=True)
class Side:
    """Marketplace or shop: its connector, its inputs, and what "Test connection" found."""

    name: str
    connector: str
    connectors: tuple[str, ...]
    inputs: list[Input]
    error: str
    checks: list[Check] | None
    title: str = ""  # the connector's own name for the other side: "Cdiscount"

    @property
    def heading(self) -> str:
        return str(_("Marketplace") if self.name == "marketplace" else _("Shop"))

    @property
    def about(self) -> str:
        return str(_("Where orders come from.") if self.name == "marketplace" else _("Where orders go."))

    @property
    def main(self) -> list[Input]:
        """What stands open in the form."""
        return [each for each in self.inputs if not each.seldom]

    @property
    def seldom(self) -> list[Input]:
        """What is folded away, since it is normally left alone."""
        return [each for each in self.inputs if each.seldom]

    @property
    def fixed(self) -> bool:
        """Whether it is the rehearsal's own, which is not changed by hand."""
        return any(each.fixed for each in self.inputs)

    @property
    def off_usual(self) -> bool:
        """Whether something of it has another value than the declared one, or one that does not hold."""
        return any(each.differs or each.error for each in self.seldom)


@dataclass(frozen=True)
class Fault:
    """One line of the summary above the form."""

    label: str
    text: str
    anchor: str


@dataclass(frozen=True)
class FormView:
    """Everything the templates of the form need."""

    account: str
    sides: dict[str, Side]
    places: dict[str, list[Input]]
    schedule: list[Input]
    keep: list[Input]
    carriers: list[Row]
    marketplace_carriers: list[Row]
    errors: Mapping[str, str]
    offered: Offered
    missing: list[str]
    faults: list[Fault] = field(default_factory=list)

    @property
    def wants_choices(self) -> bool:
        """Whether the page should ask the other sides by itself: there is something to ask, and nobody did yet."""
        connected = not any(name.startswith(("marketplace.", "shop.")) for name in self.missing)
        return connected and not self.offered.asked


PLACES = ("orders", "carriers", "statuses", "customers", "acceptance")


def form_view(
    account: Account,
    document: Mapping[str, Any],
    errors: Mapping[str, str],
    offered: Offered,
    checks: Mapping[str, list[Check]],
) -> FormView:
    """The form showing `document`. `errors`: dotted key → sentence, as `SettingsInvalid` has them."""
    orders = document["orders"]
    carriers, back = _texts(orders.get("carriers")), _texts(orders.get("marketplace_carriers"))
    view = FormView(
        account=account.name,
        sides={
            side: _side(side, document[side], errors, checks.get(side), account.rehearsal)
            for side in ("marketplace", "shop")
        },
        places={place: order_inputs(place, orders, errors, offered.choices) for place in PLACES},
        schedule=schedule_inputs(document["schedule"], errors),
        keep=keep_inputs(document["keep"], errors),
        carriers=carrier_rows(met_modes(account.id), carriers, offered),
        marketplace_carriers=marketplace_rows(carriers, back, offered),
        errors=errors,
        offered=offered,
        missing=_missing(account),
    )
    view.faults.extend(_faults(view))
    return view


def _side(
    name: str, values: Mapping[str, Any], errors: Mapping[str, str], checks: list[Check] | None, rehearsal: bool
) -> Side:
    connector = str(values.get("connector", ""))
    error = errors.get(f"{name}.connector", "")
    try:
        inputs = connector_inputs(name, connector, values, errors, rehearsal)
    except ConfigError:
        inputs, error = [], error or _("There is no connector of this name.")
    choices = (connector,) if rehearsal else tuple(names(f"{name}s"))
    return Side(name, connector, choices, inputs, error, checks, _title(name, connector))


def _title(side: str, connector: str) -> str:
    try:
        found = marketplace_class(connector) if side == "marketplace" else shop_class(connector)
    except ConfigError:
        return ""
    return str(found.title)


def _missing(account: Account) -> list[str]:
    """What is still to fill in; an account whose connector is gone lacks at least that."""
    try:
        return settings.is_complete(account)
    except ConfigError:
        return ["marketplace.connector", "shop.connector"]


def _faults(view: FormView) -> list[Fault]:
    inputs = [*view.schedule, *view.keep]
    for side in view.sides.values():
        inputs += side.inputs
    for place in view.places.values():
        inputs += place
    labels = {each.key: each.label for each in inputs}
    labels |= {"orders.carriers": _("Carriers"), "orders.marketplace_carriers": _("Marketplace carriers")}
    return [
        Fault(labels.get(key, key or _("Settings")), _(text), element_id(key) if key else "settings-form")
        for key, text in view.errors.items()
    ]


def _texts(value: Any) -> dict[str, str]:
    return {str(key): str(each) for key, each in value.items()} if isinstance(value, Mapping) else {}

"""The Settings form as records: sections, fields, mapping rows. Built from what is declared; stores and asks nothing.

A connector's fields come from its own `Setting` declarations, the others from `cdsync.settings.fields`. What is valid
is decided by `cdsync.settings.load` alone, so a form and a settings file can never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from cdsync.connectors import declared_settings
from cdsync.connectors.base import Choice, Setting
from cdsync.settings import fields as declared
from cdsync.settings import says_where

from .sealed import sealed

# Where the keys of `orders` stand on the page; a key not named here stands in the section "orders".
PLACE = {
    "carriers": "carriers",
    "default_carrier": "carriers",
    "marketplace_carriers": "carriers",
    "imported_status": "statuses",
    "shipped_status": "statuses",
    "cancelled_status": "statuses",
    "customer_group": "customers",
    "customer_email": "customers",
    "acceptance": "acceptance",
    "wait_for_tracking_hours": "acceptance",
}


@dataclass(frozen=True)
class Input:
    """One input. `key` is its name in the form and in errors: "orders.lookback_days".

    kind: text | secret | url | number | list | choice | flag | cron. `empty` are the words for choosing nothing.
    """

    key: str
    label: str
    kind: str
    value: Any = None
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    empty: str = ""
    minimum: int | None = None
    maximum: int | None = None
    error: str = ""
    shop_list: str = ""  # which of the shop's lists the choices are, when they are
    seldom: bool = False  # normally left as it is
    usual: Any = None  # the value that is declared for it
    fixed: bool = False  # shown, and not to be changed by hand

    @property
    def id(self) -> str:
        """The element's id, and the anchor other pages link to."""
        return element_id(self.key)

    @property
    def is_optional(self) -> bool:
        """Whether an empty field is marked as one that may stay so."""
        return not self.required and self.kind in ("text", "url", "list", "number")

    @property
    def differs(self) -> bool:
        """Whether it has another value than the declared one."""
        return bool(self.value != self.usual)

    @property
    def shown(self) -> str:
        """The value as an input shows it."""
        if self.value is None:
            return ""
        return ", ".join(map(str, self.value)) if isinstance(self.value, (list, tuple)) else str(self.value)


@dataclass(frozen=True)
class Choices:
    """What can be chosen from, by the names the other sides use. Empty: not asked, or they could not answer."""

    carriers: tuple[Choice, ...] = ()
    statuses: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    payment_modules: tuple[Choice, ...] = ()
    marketplace_carriers: tuple[Choice, ...] = ()

    def of(self, live: str) -> tuple[Choice, ...]:
        """The list a declared key names, e.g. "shop.statuses" or "marketplace.carriers"."""
        side, _dot, name = live.partition(".")
        return tuple(getattr(self, name if side == "shop" else f"{side}_{name}", ()))


def element_id(key: str) -> str:
    """A key as an element's id: a dot would need escaping in a selector."""
    return key.replace(".", "-").replace("_", "-")


def connector_inputs(
    side: str, connector: str, values: Mapping[str, Any], errors: Mapping[str, str], rehearsal: bool = False
) -> list[Input]:
    """An input for each setting the connector of a side declares. Raises ConfigError("connector.unknown").

    rehearsal: what says who asks, and where, is fixed.
    """
    return [
        replace(_of_setting(side, each, values, errors), fixed=rehearsal and says_where(each))
        for each in declared_settings(side, connector)
    ]


def usual_values(side: str, connector: str) -> dict[str, Any]:
    """The declared values of what is normally left alone. Raises ConfigError("connector.unknown")."""
    return {each.name: each.default for each in declared_settings(side, connector) if each.seldom}


def order_inputs(place: str, values: Mapping[str, Any], errors: Mapping[str, str], choices: Choices) -> list[Input]:
    """The inputs of one place of `orders`, filled in; mappings have rows of their own instead."""
    return [
        _of_field("orders", each, values, errors, choices)
        for each in declared.ORDERS
        if PLACE.get(each.name, "orders") == place and each.kind != "mapping"
    ]


def schedule_inputs(values: Mapping[str, Any], errors: Mapping[str, str]) -> list[Input]:
    """A cron input per operation."""
    return [_of_field("schedule", each, values, errors, Choices()) for each in declared.SCHEDULE]


def keep_inputs(values: Mapping[str, Any], errors: Mapping[str, str]) -> list[Input]:
    """For how many days each kind of record is kept."""
    return [_of_field("keep", each, values, errors, Choices()) for each in declared.KEEP]


def with_stored(choices: Sequence[Choice], stored: Any) -> tuple[Choice, ...]:
    """The choices, with what is stored among them even when the other side no longer names it."""
    known = tuple(each for each in choices if each.active or each.ref == str(stored))
    if stored in {None, ""} or any(each.ref == str(stored) for each in known):
        return known
    name = _("%(ref)s (no longer there)", ref=stored) if choices else _("%(ref)s (as saved)", ref=stored)
    return (*known, Choice(str(stored), name))


def _of_setting(side: str, setting: Setting, values: Mapping[str, Any], errors: Mapping[str, str]) -> Input:
    key = f"{side}.{setting.name}"
    value = values.get(setting.name)
    return Input(
        key=key,
        label=_(setting.label),
        kind=setting.kind,
        value=sealed(value, side, values) if setting.kind == "secret" else setting.default if value is None else value,
        help=_(setting.help) if setting.help else "",
        required=setting.required,
        choices=tuple(Choice(each, each) for each in setting.choices),
        empty="" if setting.required else _("none"),
        minimum=setting.minimum,
        maximum=setting.maximum,
        error=errors.get(key, ""),
        seldom=setting.seldom,
        usual=setting.default,
    )


def _of_field(
    section: str, field: declared.Field, values: Mapping[str, Any], errors: Mapping[str, str], choices: Choices
) -> Input:
    key = f"{section}.{field.name}"
    value = values.get(field.name, field.default)
    kind = field.kind
    offered = tuple(Choice(ref, _(words)) for ref, words in field.choices)
    if kind == "reference":
        kind = "choice" if field.live else "text"
        offered = with_stored(choices.of(field.live), value)
    return Input(
        key=key,
        label=_(field.label),
        kind=kind,
        value=value,
        help=_(field.help) if field.help else "",
        required=not field.nullable,
        choices=offered,
        empty=_("None") if field.nullable else ("" if value else _("Choose …")),
        minimum=field.minimum,
        maximum=field.maximum,
        error=errors.get(key, ""),
        shop_list=field.live,
    )

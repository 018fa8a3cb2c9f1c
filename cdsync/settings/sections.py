"""Checks one section of a settings document against its declaration. Collects sentences; stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..connectors import declared_settings, names, retired_settings
from ..connectors.base import Setting
from ..secrets import encrypt
from . import entered_for, values
from .entered_for import Withheld
from .fields import SECTIONS, Field
from .values import EMPTY, MASK, BadValueError

UNKNOWN = "There is no such setting."
SIDES = {"marketplace": "marketplaces", "shop": "shops"}

Faults = dict[str, str]  # "orders.lookback_days" → sentence


def declared(section: str, given: Mapping[str, Any], stored: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """The section `orders` or `schedule` as it would be stored: what was stored, with what was given over it."""
    fields = {field.name: field for field in SECTIONS[section]}
    result = {key: value for key, value in stored.items() if key in fields}
    for key, value in given.items():
        name = f"{section}.{key}"
        if key not in fields:
            faults[name] = UNKNOWN
            continue
        try:
            _put(result, fields[key], value)
        except BadValueError as exc:
            faults[name] = str(exc)
    return result


def connector(side: str, given: Mapping[str, Any], stored: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """The section `marketplace` or `shop` as it would be stored, its secrets encrypted.

    With another connector the section begins anew: the old one's keys mean nothing to it. A stored secret stays only
    where it was entered for (`entered_for`).
    """
    chosen = given.get("connector", stored.get("connector") or default_connector(side))
    if chosen not in names(SIDES[side]):
        faults[f"{side}.connector"] = f"Must be one of: {', '.join(names(SIDES[side]))}."
        return {}
    settings = {setting.name: setting for setting in declared_settings(side, chosen)}
    same = chosen == stored.get("connector", chosen)
    result = {key: value for key, value in stored.items() if key in settings} if same else {}
    for key, value in given.items():
        if key == "connector":
            continue
        name = f"{side}.{key}"
        if key in retired_settings(side, chosen):
            continue
        if key not in settings:
            faults[name] = UNKNOWN
            continue
        try:
            _put_setting(result, settings[key], value)
        except BadValueError as exc:
            faults[name] = str(exc)
    faults.update({f"{side}.{name}": entered_for.AGAIN for name in _strayed(side, chosen, stored, result)})
    notes = entered_for.noted(side, chosen, stored, result)
    return {"connector": chosen, **result} | ({entered_for.NOTES: notes} if notes else {})


def _strayed(side: str, chosen: str, stored: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    """The secrets that were kept, not typed, beside addresses they were not entered for."""
    if chosen != stored.get("connector", chosen):
        return []
    return [name for name in entered_for.elsewhere(side, chosen, stored, result) if result.get(name) == stored[name]]


def default_connector(side: str) -> str:
    """The built-in one."""
    return names(SIDES[side])[0]


def connector_defaults(side: str, name: str) -> dict[str, Any]:
    """Every key the connector declares, with its default, in the order of the declaration.

    Raises ConfigError("connector.unknown").
    """
    return {setting.name: _plain(setting.default) for setting in declared_settings(side, name)}


def secret_names(side: str, name: str) -> frozenset[str]:
    """The connector's secret keys; raises ConfigError("connector.unknown")."""
    return frozenset(setting.name for setting in declared_settings(side, name) if setting.kind == "secret")


def _put(result: dict[str, Any], field: Field, value: Any) -> None:
    if value is None and not field.nullable and field.default is None:
        if result.get(field.name) is not None:
            raise BadValueError(EMPTY)
        return  # not chosen yet, and still not
    result[field.name] = values.of_field(field, value)


def _put_setting(result: dict[str, Any], setting: Setting, value: Any) -> None:
    """null and "" both mean none; a required value can stay unset but not be taken away."""
    if value is Withheld.TYPE_AGAIN:
        raise BadValueError(entered_for.AGAIN)
    if value is None or (isinstance(value, str) and not value.strip()):
        if setting.required and result.get(setting.name) is not None:
            raise BadValueError(EMPTY)
        if setting.required:
            return
        result[setting.name] = None
    elif setting.kind == "secret":
        _put_secret(result, setting.name, values.text(value))
    else:
        result[setting.name] = _of_setting(setting, value)


def _put_secret(result: dict[str, Any], name: str, value: str) -> None:
    if value != MASK:
        result[name] = encrypt(value)
    elif not result.get(name):
        raise BadValueError("The mask stands for a stored secret, and none is stored yet.")


def _of_setting(setting: Setting, value: Any) -> Any:
    checked: Any
    match setting.kind:
        case "url":
            checked = values.address(value)
        case "number":
            checked = values.number(value, setting.minimum, setting.maximum)
        case "choice":
            checked = values.one_of(value, setting.choices)
        case "list":
            checked = values.texts(value)
            if setting.required and not checked:
                raise BadValueError(EMPTY)
        case "text":
            checked = values.text(value)
        case _:
            raise AssertionError(setting.kind)
    return checked


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (tuple, list)) else value

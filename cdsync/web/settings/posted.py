"""Reads the Settings form into the document `settings.load` takes. Judges nothing: a wrong value is passed on as it is.

Only what the form holds goes into the document: a section the page did not show keeps what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from cdsync.connectors import declared_settings
from cdsync.connectors.base import Setting
from cdsync.errors import ConfigError
from cdsync.runs.timetable import CUSTOM, expression_of
from cdsync.settings import fields as declared

from .sealed import unsealed

Form = MultiDict[str, str]


def document_of(form: Form, account: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The document the form stands for. `stored` is the one shown, for the connectors the form does not name."""
    document: dict[str, Any] = {"account": account}
    for side in ("marketplace", "shop"):
        values = _side(form, side, stored.get(side, {}))
        if values:
            document[side] = values
    orders = {each.name: _value(form, f"orders.{each.name}", each) for each in declared.ORDERS}
    schedule = {each.name: _cron(form, f"schedule.{each.name}") for each in declared.SCHEDULE}
    keep = {each.name: _value(form, f"keep.{each.name}", each) for each in declared.KEEP}
    document["keep"] = {name: value for name, value in keep.items() if value is not _ABSENT}
    document["orders"] = {name: value for name, value in orders.items() if value is not _ABSENT}
    document["schedule"] = {name: value for name, value in schedule.items() if value is not _ABSENT}
    return {key: value for key, value in document.items() if value}


def over_stored(stored: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored with what was posted over it, for a form that is shown again."""
    result: dict[str, Any] = {"account": stored["account"]}
    for section in ("marketplace", "shop", "orders", "schedule", "keep"):
        posted = document.get(section, {})
        same = posted.get("connector") in {None, stored[section].get("connector")}
        result[section] = {**(stored[section] if same else {}), **posted}
    return result


def side_of(form: Form, side: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """One side's values as the form has them, with its connector: what "Test connection" tries."""
    return _side(form, side, stored) or {"connector": stored.get("connector")}


def row_errors(form: Form, key: str, errors: Mapping[str, str]) -> dict[str, str]:
    """The errors of a mapping's rows, by the row's own key."""
    prefix = f"{key}."
    return {name.removeprefix(prefix): text for name, text in errors.items() if name.startswith(prefix)}


class _Absent:
    """The form does not hold the key."""


_ABSENT = _Absent()


def _side(form: Form, side: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    chosen = form.get(f"{side}.connector")
    connector = chosen or str(stored.get("connector", ""))
    try:
        settings = declared_settings(side, connector)
    except ConfigError:
        return {"connector": connector}  # for load to refuse, with the key named
    values = {each.name: _setting(form, f"{side}.{each.name}", each) for each in settings}
    held = {name: value for name, value in values.items() if value is not _ABSENT}
    if not held and not chosen:  # just chosen: the form holds the old one's fields
        return {}
    beside = {**(stored if connector == stored.get("connector") else {}), **held, "connector": connector}
    typed = {each.name for each in settings if each.kind == "secret" and held.get(each.name)}
    return {
        "connector": connector,
        **{name: unsealed(value, side, beside) if name in typed else value for name, value in held.items()},
    }


def _setting(form: Form, key: str, setting: Setting) -> Any:
    if key not in form:
        return _ABSENT
    text = form[key].strip()
    if setting.kind == "list":
        return [part.strip() for part in text.split(",") if part.strip()]
    if setting.kind == "number":
        return _number(text) if text else None
    if not text and not setting.required:
        return None
    return text


def _value(form: Form, key: str, field: declared.Field) -> Any:
    if field.kind == "mapping":
        return _mapping(form, key)
    if field.kind == "flag":
        # An unticked box is not sent; the hidden field beside it says that the form had one.
        return _ABSENT if f"{key}.shown" not in form else key in form
    if key not in form:
        return _ABSENT
    text = form[key].strip()
    if field.kind == "number":
        return _number(text)
    if not text and field.kind == "reference":
        return None if field.nullable else _ABSENT  # not chosen yet is nothing wrong
    return text


def _mapping(form: Form, key: str) -> Any:
    """The rows of a mapping: two inputs each, in the same order; a row without a choice is left out."""
    if f"{key}.shown" not in form:
        return _ABSENT
    rows = zip(form.getlist(f"{key}.key"), form.getlist(f"{key}.value"), strict=False)
    return {name: value for name, value in rows if name.strip() and value.strip()}


def _cron(form: Form, key: str) -> Any:
    if key not in form:
        return _ABSENT
    return expression_of(form.get(f"{key}.preset", CUSTOM), form[key])


def _number(text: str) -> Any:
    """The number, or the text as it is: load says what is wrong with it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else text

"""Entities, lists, schemas and errors as the webservice's JSON, with its quirks. Only turns given data into text.

Source: recorded answers; classes/webservice/WebserviceOutputJSON.php. Ids are numbers from 9 on and texts before,
amounts and flags texts, and what PHP takes for empty is left out of a single entity.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ..core.schema import Association, Field
from ..core.store import Row
from . import computed
from .render import Rendering

CAST_BY_PHP = {
    ("carriers", "shipping_method"),
    ("carriers", "id_tax_rules_group"),
    ("products", "id_default_combination"),
}


def json_errors(errors: list[tuple[int, str]]) -> bytes:
    return _json({"errors": [{"code": code, "message": message} for code, message in errors]})


def json_schema(how: Rendering) -> bytes:
    """PrestaShop shows nothing but the associations' fields."""
    lists = {one.name: [{name: None for name, _, _, _ in one.fields}] for one in how.resource.associations.values()}
    return _json({how.resource.node: {"associations": lists} if lists else []})


def json_list(how: Rendering, rows: Iterable[Row], full: bool) -> bytes:
    found = [_json_entity(how, row) if full else {"id": int(row["id"])} for row in rows]
    return _json({how.resource.name: found} if found else [])


def json_entity(how: Rendering, row: Row) -> bytes:
    """One entity; PrestaShop leaves out what PHP takes for empty."""
    entity = {name: value for name, value in _json_entity(how, row).items() if value not in ("", "0", 0, None)}
    return _json({how.resource.node: entity})


def _json_entity(how: Rendering, row: Row) -> dict[str, Any]:
    entity: dict[str, Any] = {"id": int(row["id"])} if how.shows_id() else {}
    for field in how.shown():
        entity[field.name] = _json_value(how, field, row)
    entity.update(how.computed(row))
    lists = {}
    for one in how.associations():
        entries = computed.association(how.shop, how.resource.name, one.name, row)
        if entries:
            lists[one.name] = [_json_entry(how, one, entry) for entry in entries]
    if lists:
        entity["associations"] = lists
    return entity


def _json_value(how: Rendering, field: Field, row: Row) -> Any:
    value = how.value(field, row)
    if isinstance(value, dict):
        if len(value) == 1:
            return next(iter(value.values()))
        return [{"id": _whole(how, one), "value": text} for one, text in value.items()]
    if (how.resource.name, field.name) == ("products", "new"):
        return None
    cast_by_php = (how.resource.name, field.name) in CAST_BY_PHP
    return _number(value) if field.storage == "int" and (how.shop.major >= 9 or cast_by_php) else value


def _whole(how: Rendering, text: str) -> int | str:
    """An id that comes from the database: a number from 9 on."""
    return _number(text) if how.shop.major >= 9 else text


def _json_entry(how: Rendering, one: Association, entry: dict[str, str]) -> dict[str, Any]:
    names = [name for name, _, _, _ in one.fields if name in entry]
    if how.shop.major < 9:
        return {name: entry[name] for name in names}
    whole = ("id", "quantity", "product_id", "product_attribute_id", "product_quantity")
    return {name: _number(entry[name]) if name in whole or name.startswith("id_") else entry[name] for name in names}


def _number(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/").encode()

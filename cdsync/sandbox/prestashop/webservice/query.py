"""Lists: filters, sort, limit and display of a GET, on rows already stored. Refuses as PrestaShop does.

Source: WebserviceRequest::manageFilters; recorded refusals. What a filter's own text means: `filter_grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ...server import Request
from ..core.errors import Refused
from ..core.schema import Resource
from ..core.shop import NO_SHOP, Shop
from ..core.store import Row, number
from .filter_grammar import condition
from .spelling import closest

NUMBER = re.compile(r"-?\d+(\.\d+)?")
Indexed = tuple[str, list[str]]
DATES = ("date_add", "date_upd")
INDEX = {
    "addresses": "id_customer",
    "order_histories": "id_order",
    "order_payments": "order_reference",
    "order_states": "module_name",
    "states": "id_country",
}


def rows_asked(shop: Shop, resource: Resource, request: Request) -> list[Row]:
    """The stored rows that pass the request's filters, sorted and cut as it asks."""
    tests, indexed = _filters(resource, request)
    table = shop.store.table(resource.name)
    rows = table.where(indexed[0], *indexed[1]) if indexed else list(table)
    rows = [row for row in rows if _is_seen(shop, resource, row) and all(test(row) for test in tests)]
    for name, descending in reversed(_sorting(resource, request) or _by_index(shop, resource, request)):
        rows.sort(key=lambda row: _ordered(str(row.get(name, "")).lower()), reverse=descending)
    return _limited(rows, request.arg("limit"))


def _is_seen(shop: Shop, resource: Resource, row: Row) -> bool:
    """ObjectModel::getWebserviceObjectList: entities tied to other shops only, and their stock, are left out.

    `in_shops`: the shops an entity is tied to (carrier_shop, country_shop, …); all of them when not given.
    """
    if resource.name == "stock_availables":
        of_group = row["id_shop"] in NO_SHOP and row["id_shop_group"] == shop.own_group["id"]
        return bool(of_group or row["id_shop"] == shop.own_shop)
    return shop.own_shop in row.get("in_shops", [shop.own_shop])


def _by_index(shop: Shop, resource: Resource, request: Request) -> list[tuple[str, bool]]:
    """Without `sort` MySQL reads along the index it likes best, which is not always the id."""
    filtered = {key for key, _ in request.query if key.startswith("filter[")}
    if resource.name == "configurations":
        return [("name", False)] if "filter[name]" in filtered else []
    if shop.major < 9 and resource.name == "products" and "filter[reference]" in filtered:
        return [("reference", False)]
    return [(INDEX[resource.name], False)] if resource.name in INDEX and not filtered else []


def fields_asked(resource: Resource, request: Request, computed: Iterable[str] = ()) -> list[str] | None:
    """The fields that `display` names; None for all (`full`, or one entity). Only ids when there is no `display`.

    computed: names of fields that the request has computed for it.
    """
    display = request.arg("display")
    if display is None or display == "full":
        return None
    if display == "minimum":
        return ["id"]
    if not re.fullmatch(r"\[.*\]", display, re.S):
        raise Refused(
            400, (36, "The 'display' syntax is wrong. You can set 'full' or '[field_1,field_2,field_3,...]'.")
        )
    asked = [name.strip() for name in re.sub(r"\[[^\[\]]*\]", "", display[1:-1]).split(",")]
    known = ["id", *resource.fields, *computed]
    for name in asked:
        if name not in known and name != "associations":
            listed = ", ".join(known)
            raise Refused(400, (35, f'Unable to display this field "{name}". However, these are available: {listed}'))
    return asked


def _filterable(resource: Resource, dates: bool) -> list[str]:
    return ["id", *(name for name in resource.fields if dates or name not in DATES)]


def _filters(resource: Resource, request: Request) -> tuple[list[Callable[[Row], bool]], Indexed | None]:
    """The tests rows must pass, and one equality that an index can answer instead of a test."""
    tests: list[Callable[[Row], bool]] = []
    indexed: Indexed | None = None
    known = _filterable(resource, request.arg("date") not in (None, "", "0"))
    for key, value in request.query:
        match = re.fullmatch(r"filter\[(\w+)\](?:\[\w*\])?", key)
        if not match:
            continue
        name = match[1]
        if name not in known:
            raise Refused(400, (32, f"This filter does not exist.{_similar(name, known)}"))
        field = resource.fields.get(name)
        if field is not None and (field.computed or (resource.name == "products" and field.refused)):
            text = f'The field "{name}" is dynamic. It is not possible to filter GET query with this field.'
            raise Refused(400, (34, text))
        asked = condition(value)
        if asked is None:
            continue
        decimals = field is not None and field.storage.startswith("dec")
        number = decimals or field is None or field.storage in ("int", "bool")
        listed = field is None or not (decimals or field.multilingual)
        wanted = asked.stored_as(number=number) if listed and indexed is None else None
        if wanted is not None:
            indexed = (name, wanted)
        else:
            tests.append(_test(name, asked.check(number=number)))
    return tests, indexed


def _similar(name: str, known: list[str]) -> str:
    listed = ", ".join(f'"{one}"' for one in known)
    return f' Did you mean: "{closest(name, known)}"? The full list is: {listed}'


def _test(name: str, check: Callable[[str], bool]) -> Callable[[Row], bool]:
    """A translated field fits when it does in any language."""
    return lambda row: any(check(text) for text in _texts(row, name))


def _texts(row: Row, name: str) -> list[str]:
    value = row.get(name, "")
    return [str(one) for one in value.values()] if isinstance(value, dict) else [str(value)]


def _ordered(text: str) -> tuple[int, Any]:
    """A key that puts numbers in their order before texts in theirs."""
    return (0, number(text)) if NUMBER.fullmatch(text) else (1, text)


def _sorting(resource: Resource, request: Request) -> list[tuple[str, bool]]:
    sort = request.arg("sort")
    if not sort:
        return []
    known = _filterable(resource, request.arg("date") not in (None, "", "0"))
    found = []
    for part in sort.strip("[]").split(","):
        match = re.fullmatch(r"(\w+?)_(ASC|DESC)", part.strip(), re.I)
        name = match[1] if match else part.strip()
        if name not in known:
            plain = [one for one in known if one == "id" or not resource.fields[one].multilingual]
            translated = [one for one in known if one not in plain]
            listed = ", ".join([*plain, "for i18n fields:" + ", ".join(translated)])
            raise Refused(400, (38, f"Unable to filter by this field. However, these are available: {listed}"))
        if match is None:
            raise Refused(
                400, (37, 'The "sort" value has to be formed as this example: "field_ASC" or \'[field_1_DESC]\'')
            )
        found.append((name, match[2].upper() == "DESC"))
    return found


def _limited(rows: list[Row], limit: str | None) -> list[Row]:
    if not limit:
        return rows
    parts = [part.strip() for part in limit.strip("[]").split(",")]
    if len(parts) > 2:
        raise Refused(400, (39, 'The "limit" value has to be formed as this example: "5,25" or "10"'))
    offset, count = ("0", parts[0]) if len(parts) == 1 else parts
    start, length = (int(one) if one.isdigit() else 0 for one in (offset, count))
    return rows[start : start + length]

"""POST, PUT, PATCH and DELETE: body to entities to stored rows, one after the other and without a transaction.

Source: WebserviceRequest::saveEntityFromXml and ::executeEntityDelete; recorded refusals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ..core.errors import NotFound, Refused
from ..core.schema import Resource
from ..core.shop import Shop
from ..core.store import Row
from ..orders import behaviour
from .validate import fault_of


def save(shop: Shop, resource: Resource, method: str, body: bytes, id_in_path: str) -> list[Row]:
    """Carries out the body's entities; returns them as the answer shows them."""
    elements = list(_parsed(shop, body))
    _check_ids(elements, method)
    return [_save_one(shop, resource, method, element) for element in elements]


def _parsed(shop: Shop, body: bytes) -> Element:
    body = body.removeprefix(b"xml=")  # a form field of that name, which PHP does not decode either
    try:
        return fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        text = body.decode("utf-8", "replace")
        message = f"XML error : String could not be parsed as XML\nXML length : {len(body)}\nOriginal XML : {text}"
        errors = list(_parser_warnings(text, error)) if shop.php_warnings and body else []
        raise Refused(500, *errors, (127, message)) from error


def _parser_warnings(text: str, error: Exception) -> Iterator[tuple[int, str]]:
    """Three warnings a fault: what is wrong, the line, and a caret under the place; the wording is libxml's."""
    start = "[PHP Warning #2] SimpleXMLElement::__construct(): "
    where = "(/SHOP/classes/webservice/WebserviceRequest.php, line 1510)"
    line, column = getattr(error, "position", (1, 0))
    lines = text.splitlines() or [""]
    shown = lines[min(line, len(lines)) - 1][:80]
    wrong = "Start tag expected, '<' not found" if not text.lstrip().startswith("<") else "not well-formed"
    yield 3, f"{start}Entity: line {line}: parser error : {wrong} {where}"
    yield 3, f"{start}{shown} {where}"
    yield 3, f"{start}{' ' * column}^ {where}"


def _check_ids(elements: list[Element], method: str) -> None:
    ids = [element.findtext("id") or None for element in elements]  # an empty one counts as none
    if method == "POST":
        if any(id_ is not None for id_ in ids):
            raise Refused(400, (91, "id is forbidden when adding a new resource"))
    elif any(id_ is None for id_ in ids):
        raise Refused(400, (90, "id is required when modifying a resource"))
    elif len(set(ids)) < len(ids):
        raise Refused(400, (89, "id is duplicate in request"))


def _lacks_dni(shop: Shop, resource: Resource, entity: Row) -> str | None:
    """AddressCore::validateField (1.7.6 and on): required where the country needs an identification number."""
    if resource.name != "addresses" or entity.get("dni") or entity.get("deleted") == "1":
        return None
    country = shop.store.table("countries").get(entity["id_country"])
    if country is None or country.get("need_identification_number") != "1":
        return None
    return "La propriété Address-&gt;dni est vide." if shop.french else "Property Address->dni is empty."


def _save_one(shop: Shop, resource: Resource, method: str, element: Element) -> Row:
    entity = _loaded(shop, resource, method, element)
    _assign(shop, resource, method, element, entity)
    fault = fault_of(resource, entity, shop.french) or _lacks_dni(shop, resource, entity)
    if fault is not None:
        multilingual = any(f"->{one.name} " in fault for one in resource.fields.values() if one.multilingual)
        raise Refused(400, (84 if multilingual else 85, f'Validation error: "{fault}"'))
    if method == "POST":
        _add(shop, resource, entity)
    else:
        _update(shop, resource, entity)
    _associate(shop, resource, method, element, entity)
    return entity


def _loaded(shop: Shop, resource: Resource, method: str, element: Element) -> Row:
    blank: Row = {one.name: {} if one.multilingual else "" for one in resource.fields.values()}
    if method == "POST":
        return {"id": "", **blank}
    row = shop.store.table(resource.name).get((element.findtext("id") or "").strip())
    if row is None:
        raise Refused(404, (92, "Invalid ID"))
    return {**blank, **row}


def _assign(shop: Shop, resource: Resource, method: str, element: Element, entity: Row) -> None:
    for field in resource.fields.values():
        child = element.find(field.name)
        if field.multilingual:
            if child is not None:
                _assign_languages(shop, field.name, child, entity)
            continue
        if child is not None:
            if field.refused:
                text = f'parameter "{field.name}" not writable. Please remove this attribute of this XML'
                raise Refused(400, (93, text))
            _set(shop, resource, field.name, child.text or "", entity)
        elif method != "PATCH":
            if field.required:
                raise Refused(400, (41, f'parameter "{field.name}" required'))
            if not field.computed and (resource.name, field.name) not in behaviour.SETTERS:
                entity[field.name] = ""


def _assign_languages(shop: Shop, name: str, child: Element, entity: Row) -> None:
    texts = dict(entity[name]) if isinstance(entity[name], dict) else {}
    for one in child.findall("language"):
        texts[one.get("id", "1")] = one.text or ""
    entity[name] = texts


def _set(shop: Shop, resource: Resource, name: str, value: str, entity: Row) -> None:
    setter = behaviour.SETTERS.get((resource.name, name))
    if setter is not None:
        setter(shop, entity, value)
    elif (resource.name, name) == ("customers", "passwd"):
        entity[name] = behaviour.hashed(value)
    else:
        entity[name] = value


def _add(shop: Shop, resource: Resource, entity: Row) -> None:
    if resource.name == "orders":
        entity["id"] = behaviour.add_order(shop, entity)
        return
    now = shop.now()
    for name in ("date_add", "date_upd"):
        if name in resource.fields:
            entity[name] = entity[name] or now
    before = behaviour.BEFORE_ADD.get(resource.name)
    if before:
        before(shop, entity)
    entity["id"] = str(shop.insert(resource.name, {**entity, "id": ""}))


def _update(shop: Shop, resource: Resource, entity: Row) -> None:
    if "date_upd" in resource.fields:
        entity["date_upd"] = shop.now()
    if "date_add" in resource.fields:
        entity["date_add"] = entity["date_add"] or shop.now()
    before = behaviour.BEFORE_UPDATE.get(resource.name)
    if before:
        before(shop, entity)
    row = shop.cast(resource.name, entity)
    for name in behaviour.KEPT_WHEN_EMPTY.get(resource.name, ()):
        if entity[name] == "":
            del row[name]
    shop.store.table(resource.name).update(entity["id"], row)
    after = behaviour.AFTER_UPDATE.get(resource.name)
    if after:
        after(shop, row)


def _associate(shop: Shop, resource: Resource, method: str, element: Element, entity: Row) -> None:
    holder = element.find("associations")
    sent: dict[str, list[dict[str, str]]] = {}
    for one in holder if holder is not None else []:
        if one.tag not in resource.associations:
            raise Refused(400, (86, f'The association "{one.tag}" does not exists'))
        sent[one.tag] = [{field.tag: field.text or "" for field in entry} for entry in one]
    if resource.name == "orders":
        return
    row = shop.store.table(resource.name).get(entity["id"])
    assert row is not None, entity
    for name in resource.associations:
        setter = behaviour.ASSOCIATIONS.get((resource.name, name))
        if setter and (name in sent or method == "POST"):
            setter(shop, row, sent.get(name))
        elif name in sent and setter is None:
            shop.store.table(resource.name).update(row["id"], {name: sent[name]})
        if name in row:
            entity[name] = row[name]


def delete(shop: Shop, resource: Resource, id_in_path: str, ids_asked: str | None) -> None:
    """Deletes the entity of the path, or those of `?id=[1,2]`; refuses when one is unknown."""
    table = shop.store.table(resource.name)
    ids = [id_in_path] if id_in_path else re.findall(r"\d+", ids_asked or "")
    if not ids:
        raise NotFound()
    unknown = [id_ for id_ in ids if table.get(id_) is None]
    if unknown:
        raise Refused(404, (87, f"Id(s) not exists: {', '.join(unknown)}"))
    for id_ in ids:
        row = table.get(id_)
        keep = behaviour.BEFORE_DELETE.get(resource.name)
        if row is not None and not (keep and keep(shop, row)):
            table.delete(id_)

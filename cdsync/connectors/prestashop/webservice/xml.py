"""PrestaShop's XML, both ways: bodies out, rows in. Speaks no HTTP and knows no resource but by name.

Out as text, escaped; in with defusedxml, which refuses DOCTYPEs and entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree as ET

from defusedxml import ElementTree as SafeET
from defusedxml.common import DefusedXmlException

from .errors import OddValueError

Value = str | int | Decimal
_PLAIN = (str, int, Decimal)  # asked for instead of Mapping: an abstract class takes six times as long to be asked for
# What a body holds: fields, and under "associations" lists of rows by association name.
Body = Mapping[str, "Value | Mapping[str, Iterable[Mapping[str, Value]]]"]

_SINGULAR = {
    "addresses": "address",
    "countries": "country",
    "currencies": "currency",
    "taxes": "tax",
    "order_histories": "order_history",
}

# XML 1.0 has no way to write these; PrestaShop prints what a product's name holds (WebserviceOutputXML renderField).
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DOCUMENT = re.compile(r"<\?xml[^>]*\?>\s*<prestashop\b.*</prestashop>", re.S)
# UTF-8, said or not: there the signs of XML itself have no other bytes.
_UTF_8 = re.compile(
    rb"(?:\xef\xbb\xbf)?"
    rb"(?:\s*<(?!\?xml)|<\?xml(?![^>]*encoding)[^>]*\?>|<\?xml[^>]*encoding\s*=\s*[\"'](?i:utf-8)[\"'][^>]*\?>)"
)
_REFERENCE = re.compile(r"&#(?:x0*([0-9a-fA-F]{1,6})|0*([0-9]{1,7}));")


_DECLARED = "<?xml version='1.0' encoding='utf-8'?>\n"
_MOST = Decimal(10) ** 15  # beyond any amount, quantity or number of a shop


class UnreadableXml(ValueError):
    """Not XML, cut short, or XML that a webservice has no business sending (DOCTYPE, entities)."""


def singular(resource: str) -> str:
    """The element's name for one entity of a resource: `carts` → `cart`, `addresses` → `address`."""
    return _SINGULAR.get(resource, resource.removesuffix("s"))


@dataclass(frozen=True)
class Row:
    """One entity as read. Texts in several languages keep the first; `links` are the associations."""

    fields: Mapping[str, str]
    links: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.fields.get("id", "")

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    def money(self, name: str) -> Decimal:
        """An amount; empty is zero, as the webservice leaves zeros out of some answers."""
        return decimal(self.fields.get(name, ""), name)

    def number(self, name: str) -> int:
        """A whole number; empty is zero."""
        return number(self.fields, name)

    def flag(self, name: str) -> bool:
        return self.fields.get(name, "") not in ("", "0")


@dataclass(frozen=True)
class ShopFault:
    """One `<error>` of an errors document."""

    code: int
    message: str


@dataclass(frozen=True)
class Document:
    rows: tuple[Row, ...]
    faults: tuple[ShopFault, ...] = ()


def decimal(text: str, field: str = "") -> Decimal:
    """A number of the shop; "" is 0. Raises OddValueError when it is none, or none that a shop could mean."""
    try:
        value = Decimal(text.strip() or "0")
    except InvalidOperation:
        raise OddValueError("shop.odd_value", field=field) from None
    if not (value.is_finite() and abs(value) < _MOST):
        raise OddValueError("shop.odd_value", field=field)
    return value


def number(fields: Mapping[str, str], name: str) -> int:
    """A whole number among an entity's fields or those of a row of its associations; absent and "" are 0.

    Raises OddValueError.
    """
    value = decimal(fields.get(name, ""), name)
    if value != value.to_integral_value():
        raise OddValueError("shop.odd_value", field=name)
    return int(value)


def body(resource: str, entities: Iterable[Body]) -> bytes:
    """A request body with one element per entity: the webservice takes several in one POST, PUT or PATCH."""
    texts = (_written(singular(resource), _fields(entity)) for entity in entities)
    document = f"{_DECLARED}{_written('prestashop', ''.join(texts))}"
    return document.encode("utf-8", "xmlcharrefreplace")


def signs(entity: Body) -> int:
    """How many characters it takes in a body."""
    return len(_fields(entity))


def _fields(entity: Body) -> str:
    return "".join(
        _written(name, _escaped(value) if isinstance(value, _PLAIN) else _associations(value))
        for name, value in entity.items()
    )


def _associations(lists: Mapping[str, Iterable[Mapping[str, Value]]]) -> str:
    return "".join(
        _written(name, "".join(_written(singular(name), _fields(row)) for row in rows)) for name, rows in lists.items()
    )


def _written(name: str, inner: str) -> str:
    """An element. ElementTree writes sign by sign what each order has some hundred of."""
    return f"<{name}>{inner}</{name}>" if inner else f"<{name} />"


def _escaped(value: Value) -> str:
    text = str(value)
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def parse(raw: bytes, resource: str) -> Document:
    """Rows of a list or of one or several entities, or the faults of an errors document.

    Raises UnreadableXml, also for a document that is XML but not the webservice's.
    """
    root = tree(raw)
    rows: list[Row] = []
    for child in root:
        if child.tag == "errors":
            return Document((), tuple(_fault(e) for e in child))
        if child.tag == resource:
            rows += [_row(e) for e in child]
        elif child.tag == singular(resource):
            rows.append(_row(child))
    return Document(tuple(rows))


def tree(raw: bytes) -> ET.Element:
    """The `<prestashop>` element. Raises UnreadableXml.

    A document that is spoiled only by signs that no XML holds, by bytes that are no UTF-8, or by what a module printed
    before or after it, is read all the same, each such sign as �.
    """
    try:
        return _tree(raw)
    except UnreadableXml:
        mended = _mended(raw)
        if mended == raw:
            raise
    return _tree(mended)


def _mended(raw: bytes) -> bytes:
    text = _NO_XML.sub("\ufffd", raw.decode("utf-8-sig", "replace"))
    document = _DOCUMENT.search(text)
    text = document[0] if document else text
    return _REFERENCE.sub(lambda found: found[0] if _is_xml(found) else "\ufffd", text).encode()


def _is_xml(reference: re.Match[str]) -> bool:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    surrogate = 0xD800 <= number <= 0xDFFF
    return number <= 0x10FFFF and not surrogate and not _NO_XML.match(chr(number))


def _tree(raw: bytes) -> ET.Element:
    try:
        root = ET.fromstring(raw) if _has_no_document_type(raw) else SafeET.fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as exc:
        raise UnreadableXml("a document type with entities, which no webservice sends") from exc
    except (ET.ParseError, ValueError, LookupError) as exc:
        raise UnreadableXml("no whole XML document") from exc
    if root.tag != "prestashop":
        raise UnreadableXml("not a webservice document")
    return root


def _has_no_document_type(raw: bytes) -> bool:
    """Whether it is plain to see that there is none, and so no entity: then the parser written in C is safe as well.

    defusedxml has to do with the one written in Python, which takes ten times as long. What says another encoding than
    UTF-8, where a document type could be written in other bytes, is left to it.
    """
    return b"<!DOCTYPE" not in raw and b"\x00" not in raw and _UTF_8.match(raw) is not None


def _fault(element: ET.Element) -> ShopFault:
    code = (element.findtext("code") or "").strip()
    known = code.isdecimal() and len(code) < 10
    return ShopFault(int(code) if known else 0, (element.findtext("message") or "").strip())


def _row(element: ET.Element) -> Row:
    fields: dict[str, str] = {}
    links: dict[str, tuple[Mapping[str, str], ...]] = {}
    if "id" in element.attrib:  # a list asked without `display` gives ids as attributes
        fields["id"] = element.attrib["id"]
    for child in element:
        if child.tag == "associations":
            links = {each.tag: tuple({f.tag: f.text or "" for f in item} for item in each) for each in child}
        else:
            language = child.find("language")
            fields[child.tag] = (language if language is not None else child).text or ""
    return Row(fields, links)

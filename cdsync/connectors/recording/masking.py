"""A recorded body or address with only what is known to be harmless in it: what nobody has listed is hidden. Pure.

Which fields are harmless each connector says for its own system (`harmless_fields`). A field counts when its name is in
the list, or its name after that of what holds it ("customer.id"; "errors.*" is any name in `errors`). What holds others
has to be in the list as well, so that a new object is hidden as a whole. A body that cannot be taken apart is hidden as
a whole too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit
from xml.etree import ElementTree as ET

from defusedxml import ElementTree as SafeET
from defusedxml.common import DefusedXmlException

from . import written_json

HIDDEN = "•••"
Clean = Callable[[str], str]
_NAME = re.compile(r"[A-Za-z_$@][\w.:\[\]-]{0,63}")
_FORM = re.compile(r"[\w.%+\[\]-]+=[^\s<>{}]*")
_XLINK = "http://www.w3.org/1999/xlink"
ET.register_namespace("xlink", _XLINK)


def masked_body(text: str, harmless: Collection[str], clean: Clean = str) -> str:
    """JSON (indented), XML or a form with each field that is not `harmless` hidden; anything else is only HIDDEN.

    clean: applied to every text that stays, for what a harmless field may quote.
    """
    if not text.strip():
        return text
    mask = _Mask(harmless, clean)
    for part in (mask.json, mask.xml, mask.form):
        try:
            return part(text)
        except (ValueError, RecursionError):
            continue
    return HIDDEN


def masked_address(url: str, harmless: Collection[str], clean: Clean = str) -> str:
    """An address with every value of its query hidden that is not `harmless`: `filter[email]` is the field `email`."""
    mask = _Mask(harmless, clean)
    try:
        parts = urlsplit(url)
        query = mask.query(parts.query) if parts.query else ""
    except ValueError:
        return HIDDEN
    return urlunsplit((parts.scheme, parts.netloc, clean(parts.path), query, ""))


class _Mask:
    def __init__(self, harmless: Collection[str], clean: Clean) -> None:
        self._harmless, self._clean = frozenset(harmless), clean

    def _is_shown(self, name: str, holder: str) -> bool:
        return not self._harmless.isdisjoint((name, f"{holder}.{name}", f"{holder}.*"))

    def json(self, text: str) -> str:
        """Raises ValueError when it is no JSON, or a bare value that no field names."""
        value = written_json.load(text)
        if not isinstance(value, dict | list):
            raise ValueError("a bare value")
        return written_json.dump(self._value(value, ""))

    def _value(self, value: Any, holder: str) -> Any:
        if isinstance(value, dict):
            return {self._name(name): self._field(name, each, holder) for name, each in value.items()}
        if isinstance(value, list):
            return [self._value(each, holder) if holder or isinstance(each, dict) else HIDDEN for each in value]
        return self._clean(value) if isinstance(value, str) else value

    def _field(self, name: str, value: Any, holder: str) -> Any:
        if value is None or value in ("", [], {}):
            return value
        return self._value(value, name) if self._is_shown(name, holder) else HIDDEN

    def _name(self, name: str) -> str:
        """A name that is none may be somebody's."""
        return self._clean(name) if _NAME.fullmatch(name) else HIDDEN

    def xml(self, text: str) -> str:
        """Raises ValueError when it is no whole XML, or has a document type."""
        try:
            root = SafeET.fromstring(text, forbid_dtd=True)
        except (ET.ParseError, DefusedXmlException, LookupError) as exc:
            raise ValueError("no XML") from exc
        self._element(root, "")
        return ET.tostring(root, encoding="unicode")

    def _element(self, element: ET.Element, holder: str) -> None:
        name, inner = element.tag.rpartition("}")[2], bool(len(element))
        element.attrib.update({key: self._attribute(key, value) for key, value in element.attrib.items()})
        if not self._is_shown(name, holder):
            filled = inner or (element.text or "").strip()
            element[:] = []
            element.text = HIDDEN if filled else None
            return
        element.text = self._between(element.text) if inner else self._clean(element.text or "")
        for child in element:
            self._element(child, name)
            child.tail = self._between(child.tail)

    def _attribute(self, name: str, value: str) -> str:
        if name == f"{{{_XLINK}}}href":
            return masked_address(value, self._harmless, self._clean)
        return self._clean(value) if self._is_shown(f"@{name}", "") else HIDDEN

    def _between(self, text: str | None) -> str | None:
        """Text beside elements is nobody's field."""
        return HIDDEN if text and text.strip() else text

    def form(self, text: str) -> str:
        """Raises ValueError when it is not form-encoded."""
        if not _FORM.fullmatch(text):
            raise ValueError("no form")
        return self.query(text)

    def query(self, text: str) -> str:
        """Raises ValueError when it is not pairs of names and values."""
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
        return "&".join(f"{self._parameter(name)}={self._argument(name, value)}" for name, value in pairs)

    def _parameter(self, name: str) -> str:
        return name if all(_NAME.fullmatch(each) for each in _parts(name)) else HIDDEN

    def _argument(self, name: str, value: str) -> str:
        base, *inner = _parts(name)
        shown = self._is_shown(inner[0], base) if base == "filter" and inner else base in self._harmless
        return quote(self._clean(value), safe="[]|,:%•/") if shown else (HIDDEN if value else "")


def _parts(name: str) -> list[str]:
    """`filter[email]` → filter, email."""
    return [each for each in re.split(r"[\[\]]+", name) if each] or [""]

"""JSON text of an answer → its values, each list entry with the very text it was read from. No meaning of fields.

Money stays exact: fractions become Decimal. NaN and Infinity, which are not JSON, become text so that they spoil
one order instead of a page. This is the border: no text inside needs to be asked again whether it can be kept, shown
or written (`storable`); only `raw` is what was sent.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NamedTuple

_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=str, strict=False)
_BLANKS = " \t\n\r"
# What JSON can escape and a database, an XML document or a terminal cannot take: half a surrogate pair, control
# characters but tab and line ends, and what Unicode keeps for no text.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Entry(NamedTuple):
    """One value and the text it stands for, untouched."""

    value: Any
    raw: str


def clean(body: bytes) -> str:
    """The text of an answer, without a byte order mark or NULs (which no database takes)."""
    return body.decode("utf-8-sig", "replace").replace("\x00", "")


def storable(value: Any) -> Any:
    """The value with every sign that is no text shown as � (U+FFFD): what was there does not vanish unseen."""
    if isinstance(value, str):
        return _NO_TEXT.sub("\ufffd", value)
    if isinstance(value, list):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(name): storable(each) for name, each in value.items()}
    return value


def decode(text: str) -> Any:
    """The value of a whole JSON text. Raises ValueError when it is not JSON or is cut short."""
    try:
        value, end = _DECODER.raw_decode(text, _skip(text, 0))
        value = storable(value)
    except (RecursionError, ArithmeticError) as exc:
        raise ValueError("nested too deeply, or a number out of bounds") from exc
    if _skip(text, end) != len(text):
        raise ValueError("more follows after the end")
    return value


def entries(text: str, key: str = "items") -> tuple[list[Entry], dict[str, Any]]:
    """The entries of the list under `key` of the top object (or of a bare list), and the object's other values.

    A null instead of the list is an empty one. Raises ValueError when the text is not JSON or holds no such list.
    """
    whole = decode(text)
    if isinstance(whole, list):
        return _entries(text, _skip(text, 0)), {}
    if not isinstance(whole, dict) or not isinstance(whole.get(key, ""), list | None):
        raise ValueError(f"no list of {key}")
    rest = {name: value for name, value in whole.items() if name != key}
    return ([] if whole[key] is None else _entries(text, _position(text, key))), rest


def _position(text: str, key: str) -> int:
    """Where the value of the top object's last `key` starts; `text` is known to be such an object."""
    at, found = _skip(text, _skip(text, 0) + 1), -1
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if name == key:
            found = at
        _, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _entries(text: str, at: int) -> list[Entry]:
    """The values of the list that starts at `at`; `text` is known to hold one there."""
    found, at = [], _skip(text, at + 1)
    while text[at] != "]":
        value, end = _DECODER.raw_decode(text, at)
        found.append(Entry(storable(value), text[at:end]))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at

"""JSON text of an answer → its values, each list entry with the very text it was read from. No meaning of fields.

Money stays exact: fractions become Decimal. NaN and Infinity, which are not JSON, become text so that they spoil
one order instead of a page. This is the border: no text inside needs to be asked again whether it can be kept, shown
or written (`storable`); only `raw` is what was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NamedTuple

_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=str, strict=False)
_BLANKS = " \t\n\r"
# What JSON can escape and a database, an XML document or a terminal cannot take: half a surrogate pair, control
# characters but tab and line ends, and what Unicode keeps for no text.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

# The same spelled as escapes, and whatever else begins like one of them.
_ESCAPED = re.compile(r"\\(?:[bf]|u(?:00[01]|007[fF]|[dD][89a-fA-F]|[fF][dD][dDeE]|[fF][fF][fF]))")


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
    with _bounds():
        entry, end = _entry(text, _skip(text, 0))
        _nothing_more(text, end)
        return entry.value


def entries(text: str, key: str = "items") -> tuple[list[Entry], dict[str, Any]]:
    """The entries of the list under `key` of the top object (or of a bare list), and the object's other values.

    A null instead of the list is an empty one; of several under one key the last counts. Raises ValueError when the
    text is not JSON or holds no such list.
    """
    with _bounds():
        at, found, rest = _skip(text, 0), None, dict[str, Any]()
        if text[at : at + 1] == "[":
            found, at = _list(text, at)
        else:
            at = _opened(text, at, "{")
            while text[at : at + 1] != "}":
                (name, _), at = _entry(text, at)
                if not isinstance(name, str):
                    raise ValueError("a name that is no text")
                at = _skip(text, _expected(text, at, ":"))
                if name == key and text[at : at + 1] == "[":
                    found, at = _list(text, at)
                else:
                    (rest[name], _), at = _entry(text, at)
                    found = found if name != key else [] if rest[key] is None else None
                at = _after_one(text, at, "}")
            at += 1
        _nothing_more(text, at)
    if found is None:
        raise ValueError(f"no list of {key}")
    rest.pop(key, None)
    return found, rest


def _list(text: str, at: int) -> tuple[list[Entry], int]:
    """The entries of the list that starts at `at`, and where it ends."""
    found, at = [], _opened(text, at, "[")
    while text[at : at + 1] != "]":
        entry, at = _entry(text, at)
        found.append(entry)
        at = _after_one(text, at, "]")
    return found, at + 1


def _entry(text: str, at: int) -> tuple[Entry, int]:
    value, end = _DECODER.raw_decode(text, at)
    raw = text[at:end]
    return Entry(value if _is_clean(raw) else storable(value), raw), end


def _is_clean(raw: str) -> bool:
    """Whether no text in it can be one that `storable` changes: nearly always, and told in a moment."""
    return not _ESCAPED.search(raw) and (raw.isprintable() or not _NO_TEXT.search(raw))


def _opened(text: str, at: int, bracket: str) -> int:
    return _skip(text, _expected(text, at, bracket))


def _expected(text: str, at: int, sign: str) -> int:
    """Behind the sign. Raises ValueError where another one stands."""
    at = _skip(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(f"no {sign} at {at}")
    return at + 1


def _after_one(text: str, at: int, end: str) -> int:
    """Behind a value of an object or a list: at the next one, or at the bracket that ends it."""
    at = _skip(text, at)
    if text[at : at + 1] == end:
        return at
    at = _skip(text, _expected(text, at, ","))
    if text[at : at + 1] == end:
        raise ValueError(f"nothing after the comma at {at}")
    return at


def _nothing_more(text: str, at: int) -> None:
    if _skip(text, at) != len(text):
        raise ValueError("more follows after the end")


@contextmanager
def _bounds() -> Iterator[None]:
    try:
        yield
    except (RecursionError, ArithmeticError) as exc:
        raise ValueError("nested too deeply, or a number out of bounds") from exc


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at

"""How an order's id stands in an address: any id there is, in one part that no browser or proxy reads otherwise.

`/`, `?`, `#` and `%` cut an address or are decoded on the way, `.` and `..` are walked, and `lookup` is a page of ours.
"""

from __future__ import annotations

import re

from flask import Flask
from werkzeug.routing import PathConverter, ValidationError

_ALL_PLAIN = re.compile(r"[A-Za-z0-9_.-]*")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]")
_MAYBE_A_PAGE = re.compile(r"[a-z.-]*")  # ids of Octopia hold digits or capitals
_ESCAPED = re.compile(rb"~([0-9A-F]{2})")


def register(app: Flask) -> None:
    """Makes `<order:ref>` known; before any address is added that uses it."""
    app.url_map.converters["order"] = OrderRef


def to_address(ref: str) -> str:
    """The id with everything but letters, digits, `_`, `.` and `-` as `~` and the byte's number."""
    written = (
        ref
        if _ALL_PLAIN.fullmatch(ref)
        else "".join(sign if _PLAIN.fullmatch(sign) else _escaped(sign) for sign in ref)
    )
    return _escaped(ref[0]) + written[1:] if ref and _MAYBE_A_PAGE.fullmatch(ref) else written


def from_address(part: str) -> str:
    """The id again; one typed by hand, with signs that `to_address` would have written otherwise, as it is."""
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), part.encode()).decode("utf-8", "replace")


class OrderRef(PathConverter):
    """`<order:ref>`. A path, because an id with a slash may be typed."""

    def to_url(self, value: str) -> str:
        return to_address(value)

    def to_python(self, value: str) -> str:
        ref = from_address(value)
        if "\x00" in ref:  # no database takes it
            raise ValidationError
        return ref


def _escaped(sign: str) -> str:
    return "".join(f"~{byte:02X}" for byte in sign.encode("utf-8", "replace"))

"""Long texts as they are kept: a byte that says how one is packed, then what zlib made of it. Knows no table.

0: as it is. Any other number: with the dictionary of that number. Whatever a database holds stays readable: a number
never means anything else.
"""

from __future__ import annotations

import zlib

from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from .dictionaries import JSON, XML

LONGEST = 64 * 1024 * 1024  # bytes of a text: twice what an answer may have, and far more than an order has
AS_IT_IS = 0
DICTIONARIES = {1: JSON, 2: XML}


class Packed(TypeDecorator[str]):
    """Text that is kept packed; "" is kept as no byte. Cannot be searched, sorted or compared by the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else packed(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else unpacked(value)


def packed(text: str) -> bytes:
    """As few bytes as it takes. Raises ValueError for a text that `unpacked` would refuse."""
    plain = text.encode()
    if len(plain) > LONGEST:
        raise ValueError(f"a text of {len(plain)} bytes; at most {LONGEST} are kept")
    number = 2 if plain.startswith(b"<") else 1
    packing = zlib.compressobj(zdict=DICTIONARIES[number])
    small = packing.compress(plain) + packing.flush()
    if len(small) < len(plain):
        return bytes([number]) + small
    return bytes([AS_IT_IS]) + plain if plain else b""


def unpacked(kept: bytes) -> str:
    """The text. Raises ValueError for what `packed` never made: damaged, or standing for more than is ever kept."""
    if not kept:
        return ""
    number, rest = kept[0], kept[1:]
    if number == AS_IT_IS:
        return rest.decode()
    if number not in DICTIONARIES:
        raise ValueError(f"text packed in a way of a later version: {number}")
    unpacking = zlib.decompressobj(zdict=DICTIONARIES[number])
    try:
        plain = unpacking.decompress(rest, LONGEST)
    except zlib.error as exc:
        raise ValueError("a packed text is damaged") from exc
    if not unpacking.eof:
        raise ValueError("a packed text is cut short, or longer than any that is kept")
    return plain.decode()

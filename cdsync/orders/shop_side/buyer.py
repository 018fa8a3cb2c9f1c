"""Who bought an order, kept out of texts: each value of its addresses, wherever and however it is written. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

from cdsync.connectors.recording.masking import HIDDEN
from cdsync.models import Order

Hide = Callable[[str], str]
_NOT_PERSONAL = frozenset({"country_code", "civility"})  # many share them
_WORDS_OF = ("first_name", "last_name", "company")  # of these each word alone tells who it is
_LAST_DIGITS = 8  # of a phone: before them stand 0, +33 or 0033
_AT = ("@", "%40", "64;")
_BETWEEN_FIGURES = re.compile(r"[\s.()/+-]+")
_EMAIL = re.compile(r"[\w.!#$'*+^`{|}~-]{1,64}(?:@|%40|&#0*64;)[\w-]+(?:\.[\w-]+)+")
_ENCODINGS: tuple[Callable[[str], str], ...] = (
    str,
    escape,
    lambda text: escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    lambda text: escape(text, quote=False).replace("'", "&apos;").replace('"', "&quot;"),
    lambda text: quote(text, errors="replace"),
    lambda text: quote_plus(text, errors="replace"),
    lambda text: quote(text, safe="", errors="replace"),
    lambda text: json.dumps(text)[1:-1],
    lambda text: text.encode("ascii", "xmlcharrefreplace").decode(),
)


def hide_buyers(orders: Iterable[Order]) -> Hide:
    """A function that hides who bought these orders, and every e-mail address, in a text.

    Each value as a whole word, the longest first; in any case, with or without accents, escaped for HTML, XML, JSON or
    an address. Phones also with other spaces and prefixes.
    """
    return _hide_values(frozenset(value for order in orders for value in values_of(order)))


@lru_cache(maxsize=64)  # a page asks for each of an order's events
def _hide_values(values: frozenset[str]) -> Hide:
    written = sorted({form for value in values for form in _forms(value)}, key=len, reverse=True)
    phones = [found for value in values if (found := _phone(value))]

    def hide(text: str) -> str:
        lowered = text.lower()
        there = [re.escape(form) for form in written if form in lowered]
        if there:
            text = re.sub(rf"(?<!\w)(?:{'|'.join(there)})(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
        figures = _BETWEEN_FIGURES.sub("", text) if phones else ""
        for last, phone in phones:
            text = phone.sub(HIDDEN, text) if last in figures else text
        if any(sign in lowered for sign in _AT):  # whose ever it is
            text = _EMAIL.sub(HIDDEN, text)
        return text

    return hide


def out_of(value: Any, hide: Hide) -> Any:
    """Data of JSON's kinds with every text in it hidden where it must be; its names stay."""
    if isinstance(value, dict):
        return {name: out_of(each, hide) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [out_of(each, hide) for each in value]
    return hide(value) if isinstance(value, str) else value


def values_of(order: Order) -> Iterator[str]:
    """Everything that says who the buyer is and where, as the marketplace gave it and as it was cleaned."""
    yield from (order.buyer_name or "", order.buyer_place or "", order.customer_ref or "")
    for address in (order.addresses or {}).values():
        for name, value in (address or {}).items():
            if name not in _NOT_PERSONAL:
                yield from _pieces(name, value)
    for each in order.corrections or ():
        name = each["field"].rpartition(".")[2]
        if each["before"] and name not in _NOT_PERSONAL:  # without a value before, what came after is a filler
            yield from _pieces(name, [each["before"], each["after"]])


def _pieces(name: str, value: Any) -> Iterator[str]:
    """A field's value, its words where each tells something, a street without its number and in its parts."""
    for text in value if isinstance(value, list) else [value]:
        if not isinstance(text, str):
            continue
        yield text
        if name in _WORDS_OF:
            yield from (word for word in re.split(r"[\s'’-]+", text) if len(word) > 2)
        elif " " in text:
            yield from (part for part in re.split(r"\s*[,;/]\s*", text) if len(part) > 3)
            yield text.lstrip("0123456789 ,")


def _forms(value: str) -> Iterator[str]:
    """The ways a value may be written, in small letters; none for what is too short to mean anybody."""
    plain = " ".join(value.split())
    if len(re.sub(r"[\W_]", "", plain)) < 2:
        return
    if plain.isascii() and plain.isalnum():  # nothing to escape in it
        yield plain.lower()
        return
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    spellings = {
        value,
        plain,
        plain.upper(),
        plain.lower(),
        bare,
        *(unicodedata.normalize(form, plain) for form in ("NFC", "NFD")),
    }
    for spelling in spellings:
        yield from (encode(spelling).lower() for encode in _ENCODINGS)


def _phone(value: str) -> tuple[str, re.Pattern[str]] | None:
    """A phone's last figures, and what finds it whatever its prefix and spaces are; None for what is no phone."""
    digits = re.sub(r"\D", "", value)
    if len(digits) < _LAST_DIGITS or re.search(r"[^\W\d_]", value):
        return None
    last, between = digits[-_LAST_DIGITS:], r"[\s.()/+-]{0,3}"
    return last, re.compile(rf"(?:\+|%2B)?(?:[\d(]{between}){{0,7}}{between.join(last)}(?!\d)")

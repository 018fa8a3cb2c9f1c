"""The numbers in what a buyer wrote for a phone. Pure; keeps PrestaShop's isPhoneNumber and its 32 characters.

Marketplaces give words, extensions and two numbers in one field (frappe/ecommerce_integrations#99).
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 32
SHORTEST = 6  # digits: what has fewer, beside a number that has them, is an extension
_LETTER_FOR_ZERO = re.compile(r"(?<![^\W\d_])[oO](?=[\s.]?\d)")
_ODD = re.compile(r"[^+0-9. ()/-]")
_APART = re.compile(r"[^\W\d_]+\.?|[;,:|#&*]|(?<=\d)\s*(?=\+)")  # words, what stands between two numbers, a new "+33"


def numbers(text: str) -> tuple[str, ...]:
    """The phone numbers, as written but for signs that the shop refuses; empty when there is no digit at all."""
    plain = _LETTER_FOR_ZERO.sub("0", _digits(unicodedata.normalize("NFKC", text)))
    found = [number for part in _APART.split(plain) for number in _halves(_tidy(part))]
    whole = [number for number in found if _count(number) >= SHORTEST]
    return tuple(dict.fromkeys(_short(number) for number in whole or found[:1]))


def _digits(text: str) -> str:
    """Any script's digits as ours."""
    return "".join(str(unicodedata.decimal(sign)) if unicodedata.category(sign) == "Nd" else sign for sign in text)


def _halves(number: str) -> tuple[str, ...]:
    """ "06 12 34 56 78 / 01 23 45 67 89" are two; "00-00.00/00" is one."""
    parts = tuple(_tidy(part) for part in number.split("/"))
    if len(parts) > 1 and all(_count(part) > SHORTEST for part in parts):
        return parts
    return (number,) if _count(number) else ()


def _tidy(part: str) -> str:
    text = " ".join(_ODD.sub(" ", part).split()).strip(" .-/")
    text = text.lstrip(")").rstrip("( +")
    return text if text.count("(") == text.count(")") else " ".join(text.replace("(", " ").replace(")", " ").split())


def _short(number: str) -> str:
    """Without its gaps when it is too long with them, and then cut."""
    return number if len(number) <= LONGEST else re.sub(r"[^+0-9]", "", number)[:LONGEST]


def _count(text: str) -> int:
    return sum(sign.isdigit() for sign in text)

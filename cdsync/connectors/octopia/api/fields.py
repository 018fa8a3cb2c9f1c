"""Reads single values out of decoded JSON, whatever they turn out to be. Never raises, never decides.

Values come from `json_text`, which has made their text fit to be kept; money as Decimal; times as aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
_NOISE = Decimal("1e-9")  # what a binary float on the other side may add to a cent
LARGEST_AMOUNT = Decimal(10_000_000)
_LARGEST_QUANTITY = 1_000_000


def section(value: Any, *path: str) -> Mapping[str, Any]:
    """The object found by following `path`; empty when any part is absent or is not an object."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; empty when it is not a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A string without outer blanks; numbers become their digits, anything else nothing."""
    if type(value) is str:  # nearly always, and asked some eighty times of each order
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    return str(value).strip()


def amount(value: Any) -> Decimal | None:
    """Money of at least zero, in cents where it is a whole number of them; None when it is not an amount."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    money = Decimal(value)
    if not money.is_finite() or money < 0 or money > LARGEST_AMOUNT:
        return None
    cents = money.quantize(CENT, ROUND_HALF_UP)
    if abs(cents - money) < _NOISE:
        return cents
    exponent = money.as_tuple().exponent
    return money if isinstance(exponent, int) and exponent >= -6 else None


def quantity(value: Any) -> int | None:
    """A whole number of at least one; None when it is not."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if not 1 <= value <= _LARGEST_QUANTITY or value != int(value):
        return None
    return int(value)


def moment(value: Any) -> datetime | None:
    """An ISO 8601 time (`Z`, an offset, or none, which means UTC); None when it can't be read."""
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def excerpt(value: Any) -> str:
    """What stood where an amount or a quantity was due, short enough for a sentence."""
    return "nothing" if value is None else (text(value) or type(value).__name__)[:40]

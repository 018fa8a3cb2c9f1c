"""JSON text with money written from Decimal. Must never pass an amount through a binary float."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def to_json(value: Any) -> str:
    """`value` as JSON text; a Decimal becomes a JSON number with the digits it has ("9.90" stays 9.90)."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(k))}:{to_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(to_json(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def from_json(text: str | bytes) -> Any:
    """The value of JSON text with each fraction as Decimal. ValueError when it is not JSON."""
    return json.loads(text, parse_float=Decimal)

"""JSON text with money written from Decimal. Must never pass an amount through a binary float."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

#: Wraps a Decimal's digits on their way through the fast encoder, which knows no Decimal. A private-use sign.
_MARK = "\uf8ff"
_HALF = re.compile("[\ud800-\udfff]")
_MARKED = re.compile(f'"{_MARK}(-?[0-9.]+){_MARK}"')


def to_json(value: Any) -> str:
    """`value` as JSON text; a Decimal becomes a JSON number with the digits it has ("9.90" stays 9.90).

    Half a surrogate pair, which no UTF-8 holds, is written as its escape: so do JSON libraries that take any text
    (Newtonsoft.Json, Jackson).
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_marked)
    text = _HALF.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return _MARKED.sub(r"\1", text)


def _marked(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f"{_MARK}{value:f}{_MARK}"
    raise TypeError(f"no JSON for {value!r}")


def from_json(text: str | bytes) -> Any:
    """The value of JSON text with each fraction as Decimal. ValueError when it is not JSON."""
    return json.loads(text, parse_float=Decimal)

"""JSON read and printed with every number exactly as it was written. Pure; decides nothing about what it holds."""

from __future__ import annotations

import json
import re
from typing import Any

_MARK = "\ufdd0"  # never in text: Unicode keeps it for uses like this
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def load(text: str) -> Any:
    """The value, a number in it as its own text between marks that `dump` takes off. Raises ValueError."""

    def as_written(number: str) -> str:
        return f"{_MARK}{number}{_MARK}"

    try:
        return json.loads(text, parse_float=as_written, parse_int=as_written, parse_constant=as_written)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc


def dump(value: Any) -> str:
    """What `load` gave, indented. What can't be shown (half a surrogate pair, control characters) stays an escape."""
    indented = json.dumps(value, ensure_ascii=False, indent=2)
    indented = _NO_TEXT.sub(lambda sign: sign[0] if sign[0] == "\n" else f"\\u{ord(sign[0]):04x}", indented)
    return re.sub(f'"{_MARK}([^"]*?){_MARK}"', r"\1", indented)

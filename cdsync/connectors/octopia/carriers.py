"""GET /carriers → the carriers to choose from. Pure.

Measured (docs/octopia.md, 5): a bare array; codes are not unique and one label ended in a blank, so the label, as
given, is what identifies a carrier and what is sent back.
"""

from __future__ import annotations

from typing import Any

from ..base import Carrier
from .api.fields import objects, text


def carriers_of(value: Any) -> list[Carrier]:
    """The carriers by name, each label once; the catch-all (code `default`) last."""
    listed = value.get("items") if isinstance(value, dict) else value
    found: dict[str, tuple[bool, Carrier]] = {}
    for given in objects(listed):
        label = given.get("label")
        if isinstance(label, str) and label.strip():
            found.setdefault(label, (text(given.get("code")) == "default", Carrier(label, text(label))))
    ranked = sorted(found.values(), key=lambda pair: (pair[0], pair[1].name.casefold()))
    return [carrier for _, carrier in ranked]

"""An error as plain text, for terminals and logs. Prints nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdsync.errors import CdsyncError

from . import explain


def sentence(code: str, data: Mapping[str, Any] | None = None, marketplace: str = "") -> str:
    """What happened, in one or two plain sentences; `marketplace` as for `explain`."""
    text = explain(code, data or {}, marketplace=marketplace)
    return f"{text.title}. {text.why}".strip()


def steps(code: str, data: Mapping[str, Any] | None = None, marketplace: str = "") -> list[str]:
    """What to do about it."""
    return [step.text for step in explain(code, data or {}, marketplace=marketplace).steps]


def told(error: CdsyncError, marketplace: str = "") -> str:
    """The sentence, what to do, and the code for support, on lines of their own."""
    lines = [f"{sentence(error.code, error.data, marketplace)} ({error.code})"]
    return "\n".join([*lines, *(f"  → {step}" for step in steps(error.code, error.data, marketplace))])

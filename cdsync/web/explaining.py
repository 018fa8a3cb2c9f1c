"""The catalogue's text for an error code, made ready to show. Holds no sentence of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Step:
    text: str
    endpoint: str = ""  # the page that fixes it


@dataclass(frozen=True)
class Explained:
    """What happened, why, what to do, who can, and whether waiting helps."""

    code: str
    title: str
    why: str = ""
    steps: tuple[Step, ...] = field(default_factory=tuple)
    who: str = ""
    waiting_helps: bool = False


def explain(code: str, data: Mapping[str, Any] | None = None) -> Explained:
    """The text for a code and its data; a code the catalogue does not know is shown as it is."""
    try:
        catalogue = import_module("cdsync.error_catalogue")
    except ModuleNotFoundError:
        return Explained(code, code)
    return Explained(code, str(catalogue))

"""The Octopia connector: Cdiscount's seller API, version 2. Imports nothing of cdsync but errors and states.

The connector is loaded when it is asked for: what it has to be told (`api.settings`) is known without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .connector import Octopia

__all__ = ["Octopia"]


def __getattr__(name: str) -> Any:
    if name == "Octopia":
        from .connector import Octopia  # noqa: PLC0415

        return Octopia
    raise AttributeError(name)

"""The PrestaShop connector: a shop over its webservice. Imports nothing of cdsync but errors and states.

The connector is loaded when it is asked for: what it has to be told (`declared`) is known without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .connector import PrestaShop

__all__ = ["PrestaShop"]


def __getattr__(name: str) -> Any:
    if name == "PrestaShop":
        from .connector import PrestaShop  # noqa: PLC0415

        return PrestaShop
    raise AttributeError(name)

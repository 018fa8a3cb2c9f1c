"""cdsync: Cdiscount (Octopia) orders into a PrestaShop shop. Importing this package pulls in nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .extension import CdSync

__all__ = ["CdSync"]


def __getattr__(name: str) -> Any:
    """`from cdsync import CdSync` without loading Flask for those (the sandbox) that do not need it."""
    if name == "CdSync":
        from .extension import CdSync  # noqa: PLC0415

        return CdSync
    raise AttributeError(name)

"""What is said about SKUs and products of the shop. No markup, no database."""

from __future__ import annotations

from typing import Protocol

from cdsync import products

from ..text.language import _


class Numbered(Protocol):
    """What names a product of the shop, or one of its combinations."""

    @property
    def product_ref(self) -> str: ...
    @property
    def combination_ref(self) -> str: ...


def combination(of: Numbered) -> str:
    """The combination's number, "" where it is the product itself."""
    return "" if of.combination_ref in ("", "0") else of.combination_ref


def product_number(of: Numbered) -> str:
    """Its number in the shop: "15", or "15-3" for a combination."""
    return f"{of.product_ref}-{of.combination_ref}" if combination(of) else of.product_ref


def filter_words() -> list[tuple[str, str]]:
    """The lists of SKUs by name, in their order."""
    return [
        ("", _("All")),
        (products.UNMATCHED, _("Not found")),
        (products.SHORT, _("Stock short")),
        (products.MAPPED, _("Mapped by you")),
        (products.MATCHED, _("Found")),
    ]

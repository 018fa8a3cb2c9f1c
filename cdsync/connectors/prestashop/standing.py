"""Where an order made by an import stands in the shop. Reads nothing but what is at hand."""

from __future__ import annotations

from .reference import Reference
from .work import PACKS, Work


def is_fresh(work: Work, reference: Reference) -> bool:
    """The order stands where an import leaves it: the merchant has not moved it on."""
    left = {reference.settings.get(name) for name in ("PS_OS_WS_PAYMENT", "PS_OS_ERROR", "PS_OS_OUTOFSTOCK_PAID")}
    if work.left_over(PACKS) or work.held:
        left.add(reference.waiting_status)
    return not work.adopted or work.order_row["current_state"] in left

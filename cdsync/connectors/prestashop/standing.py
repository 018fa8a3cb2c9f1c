"""Where an order made by an import stands in the shop. Reads nothing but what is at hand."""

from __future__ import annotations

from collections.abc import Sequence

from ..base import OrderDraft
from . import verify
from .reference import Reference
from .work import PACKS, Work
from .xml import Row


def in_force(rows: Sequence[Row], draft: OrderDraft, reference: Reference) -> list[Row]:
    """Which of its shop orders stand for a marketplace order: the live ones.

    Without any, the cancelled ones that once were it, for making another would undo what a person did. One that never
    was (other lines, half made) and that was cancelled, as its problem advises, counts for nothing.
    """
    live = [row for row in rows if not reference.is_cancelled(row)]
    return live or [row for row in rows if verify.judge(row, draft, None).error is None]


def is_fresh(work: Work, reference: Reference) -> bool:
    """The order stands where an import leaves it: the merchant has not moved it on."""
    left = {reference.settings.get(name) for name in ("PS_OS_WS_PAYMENT", "PS_OS_ERROR", "PS_OS_OUTOFSTOCK_PAID")}
    if work.left_over(PACKS) or work.held:
        left.add(reference.waiting_status)
    return not work.adopted or work.order_row["current_state"] in left

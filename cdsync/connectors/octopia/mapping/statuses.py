"""What Octopia's statuses mean for us: names and the state they stand for. Guesses nothing about an unknown one.

Names: Enums.Orders.Status of the official reference; the line's are partly inferred from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdsync.states import ACCEPTED, ANNOUNCED, CANCELLED, DEAD, ELSEWHERE, REFUSED, SHIPPED, TO_ACCEPT, TO_IMPORT

from ...base import MarketplaceLine

SELLER = "Seller"
WAREHOUSES = frozenset({"Fulfillment", "Xdock"})
CANCEL_REQUEST = "CancelRequest"
DEAD_LINE = frozenset({"Cancelled", "Refused", "Rejected"})
SHIPPED_LINE = frozenset({"Shipped", "Delivered"})
ENDED = DEAD | {SHIPPED}

_SIMPLE = {
    "Processing": ANNOUNCED,
    "WaitingAcceptance": TO_ACCEPT,
    "Accepted": ACCEPTED,
    "Refused": REFUSED,
    "Rejected": REFUSED,
    "Cancelled": CANCELLED,
    "Shipped": SHIPPED,
    "Delivered": SHIPPED,
}


# The status of orders that wait in a state. Which of those in preparation a warehouse sends, only their lines tell.
WAITING = {TO_ACCEPT: "WaitingAcceptance", TO_IMPORT: "InPreparation"}


def is_live(line_status: str) -> bool:
    """Whether a line still has to be delivered, or was; an unknown status is not dead."""
    return line_status not in DEAD_LINE


def state_of(status: str, lines: Sequence[MarketplaceLine]) -> str | None:
    """The state an order is in, from its status and its lines; None when that is not known.

    Only `InPreparation` needs the lines: supply mode and status are per line.
    """
    if status != "InPreparation":
        return _SIMPLE.get(status)
    live = [line for line in lines if line.live]
    ours = [line for line in live if line.ours]
    if ours:
        return SHIPPED if all(line.status in SHIPPED_LINE for line in ours) else TO_IMPORT
    if live:
        return ELSEWHERE if all(line.sent_by in WAREHOUSES for line in live) else None
    return TO_IMPORT

"""Which shop statuses count as shipped: the chosen one, and those beyond it. Reads the shop's flags only if needed."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from cdsync.errors import CdsyncError

from .shared.context import RunContext
from .shared.outcome import WELL, Outcome

FLAG = "shipped"  # `Choice.note` of a status that the shop itself flags so


@dataclass(frozen=True)
class Reached:
    """The statuses at which a shop order counts as shipped; the outcome warns of a shop that could not say."""

    statuses: frozenset[str]
    outcome: Outcome = WELL


def reached(context: RunContext, found: Set[str]) -> Reached:
    """The chosen status; and, when the shop flags that one as shipped, every other it flags so.

    An order can pass the chosen status ("Shipped") and stand at a later one ("Delivered") before we look.
    """
    chosen = context.orders_settings.shipped_status or ""
    statuses = frozenset({chosen})
    if found <= {chosen, context.orders_settings.imported_status}:
        return Reached(statuses)
    try:
        flagged = {each.ref for each in context.shop.reference_data().statuses if FLAG in each.note.casefold()}
    except CdsyncError as exc:
        return Reached(statuses, context.warn(exc))
    return Reached(statuses | flagged if chosen in flagged else statuses)

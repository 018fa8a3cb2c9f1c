"""Which shop statuses count as shipped: the chosen one, and those beyond it. Reads the shop's flags only if needed."""

from __future__ import annotations

from cdsync.errors import CdsyncError

from .shared.context import RunContext

FLAG = "shipped"  # `Choice.note` of a status that the shop itself flags so


def reached(context: RunContext, found: set[str]) -> set[str]:
    """The chosen status; and, when the shop flags that one as shipped, every other it flags so.

    An order can pass the chosen status ("Shipped") and stand at a later one ("Delivered") before we look.
    """
    chosen = context.orders_settings.shipped_status or ""
    statuses = {chosen}
    if found <= {chosen, context.orders_settings.imported_status}:
        return statuses
    try:
        flagged = {each.ref for each in context.shop.reference_data().statuses if FLAG in each.note.casefold()}
    except CdsyncError as exc:
        context.warn(exc)
        return statuses
    return statuses | flagged if chosen in flagged else statuses

"""What a shipment will need of a shop order, looked for whenever the shop order is read: a warning at once instead of a
problem on the day it is sent. Asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from cdsync import orders
from cdsync.connectors.base import ShopOrder
from cdsync.errors import CdsyncError, RejectedError

from .context import RunContext

NO_CARRIER = "import.no_carrier_row"
UNMAPPED = "ship.carrier_unmapped"
SPLIT = "import.split"


def carrier_trouble(context: RunContext, carrier_ref: str, number: str) -> CdsyncError | None:
    """Why a parcel of this carrier could not be told: the shop order has none, or it has no name on the marketplace.

    number: the shop order's, for people.
    """
    if not carrier_ref:
        return RejectedError(NO_CARRIER, shop_order=number)
    if not context.orders_settings.marketplace_carriers.get(carrier_ref):
        return RejectedError(UNMAPPED, carrier=carrier_ref)
    return None


def warn_of_split(session: Session, order_id: int, made: Sequence[ShopOrder]) -> None:
    """Says on the order that the shop made several of it, inside the caller's transaction; nothing for one."""
    if len(made) > 1:
        split = RejectedError(SPLIT, count=len(made), shop_orders=[each.shop_ref for each in made])
        orders.replace_warnings(session, order_id, (SPLIT,), [split])


def warn_of(session: Session, context: RunContext, order_id: int, read: ShopOrder) -> None:
    """Keeps the warning on the order, or drops it, inside the caller's transaction."""
    warn_of_all(session, context, {order_id: read})


def warn_of_all(session: Session, context: RunContext, read: Mapping[int, ShopOrder]) -> None:
    """The same of many orders, by their ids."""
    troubles = {
        order_id: carrier_trouble(context, each.carrier_ref, each.reference or each.shop_ref)
        for order_id, each in read.items()
    }
    found = {order_id: [trouble] if trouble else [] for order_id, trouble in troubles.items()}
    orders.replace_warnings_of(session, (NO_CARRIER, UNMAPPED), found)

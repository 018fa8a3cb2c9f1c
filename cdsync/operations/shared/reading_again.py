"""What the marketplace says of an order, taken over in a commit of its own."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from cdsync import orders
from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.db import transaction

from .context import RunContext


def store(context: RunContext, entry: MarketplaceOrder | UnreadableOrder) -> orders.Stored:
    """`orders.store`, also when another run stored the same new order a moment ago."""
    try:
        return _store(context, entry)
    except IntegrityError:
        return _store(context, entry)


def _store(context: RunContext, entry: MarketplaceOrder | UnreadableOrder) -> orders.Stored:
    seller = context.seller_home.seller
    with transaction() as session:
        return orders.store(session, context.account_id, entry, context.found_by, seller=seller)

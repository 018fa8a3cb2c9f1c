"""Gives the shop orders of orders cancelled after import the chosen status. Tells the marketplace nothing."""

from __future__ import annotations

from sqlalchemy import select, update

from cdsync import orders
from cdsync.db import reading, transaction
from cdsync.errors import CdsyncError, ConfigError, TemporaryError
from cdsync.models import Order, ShopOrder

from .context import RunContext


def cancel_in_shop(context: RunContext) -> None:
    """Gives the chosen status to the shop orders of orders cancelled after import, once."""
    status = context.orders_settings.cancelled_status
    if not status:
        return
    for order_id, row_id, shop_ref in _cancelled(context, status):
        try:
            context.shop.set_status(shop_ref, status)
            name = _status_name(context, shop_ref, status)
        except (ConfigError, TemporaryError) as exc:
            context.warn(exc)
            return
        except CdsyncError as exc:  # this order's only, or its outcome is unknown: the next lookup asks again
            context.warn(exc)
            continue
        with transaction() as session:
            values = {"status_ref": status, "status_name": name[:255]}
            session.execute(update(ShopOrder).where(ShopOrder.id == row_id).values(values))
            data = {"shop_order": shop_ref, "status": status}
            orders.add_event(session, order_id, "shop.cancelled", data, context.run_id, context.actor)


def _status_name(context: RunContext, shop_ref: str, status: str) -> str:
    """How the shop calls the status that the order has now; "" when it has moved on meanwhile."""
    found = context.shop.find_orders(shop_refs=[shop_ref])
    return next((each.status_name for each in found if each.status_ref == status), "")


def _cancelled(context: RunContext, status: str) -> list[tuple[int, int, str]]:
    with reading() as session:
        query = select(Order.id, ShopOrder.id, ShopOrder.shop_ref).join(ShopOrder, ShopOrder.order_id == Order.id)
        mine = (Order.account_id == context.account_id, Order.problem_code == "order.cancelled_after_import")
        return [(a, b, c) for a, b, c in session.execute(query.where(*mine, ShopOrder.status_ref != status))]

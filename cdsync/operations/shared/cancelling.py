"""Gives the shop orders of orders cancelled after import the chosen status. Tells the marketplace nothing.

Looks first: one that is cancelled in the shop already, whichever status it has for that, is left as it is.
"""

from __future__ import annotations

from sqlalchemy import select

from cdsync import orders
from cdsync.connectors.base import ShopOrder as ShopReading
from cdsync.connectors.base import live
from cdsync.db import reading, transaction
from cdsync.error_catalogue import codes_where
from cdsync.errors import CdsyncError, ConfigError, TemporaryError
from cdsync.models import Order, ShopOrder

from .context import RunContext
from .outcome import WELL, Outcome

_CANCELS = codes_where(lambda entry: entry.cancels_shop_order)


def cancel_in_shop(context: RunContext) -> Outcome:
    """Gives the chosen status to the shop orders of orders cancelled after import, once."""
    status = context.orders_settings.cancelled_status
    if not status:
        return WELL
    try:
        cancelled = _to_cancel(context, status)
    except (ConfigError, TemporaryError) as exc:
        return context.warn(exc)
    outcome = WELL
    for order_id, shop_ref in cancelled:
        try:
            found = context.shop.find_orders(shop_refs=[shop_ref])
            was_live = bool(live(found))
            if was_live:
                with context.stock_turns.turn():
                    context.shop.set_status(shop_ref, status)
                found = context.shop.find_orders(shop_refs=[shop_ref])
        except (ConfigError, TemporaryError) as exc:
            return outcome + context.warn(exc)
        except CdsyncError as exc:  # this order's only, or its outcome is unknown: the next lookup asks again
            outcome += context.warn(exc)
            continue
        _keep(context, order_id, found, status if was_live else None)
    return outcome


def _keep(context: RunContext, order_id: int, found: list[ShopReading], given: str | None) -> None:
    with transaction() as session:
        for read in found:
            orders.keep_shop_order(session, context.account_id, order_id, read)
            if given:
                data = {"shop_order": read.shop_ref, "status": given}
                orders.note(session, order_id, "shop.cancelled", data, context.by)


def _to_cancel(context: RunContext, status: str) -> list[tuple[int, str]]:
    """Those that belong to the shop the account is tied to now; asks the shop for its name when there are any."""
    with reading() as session:
        query = select(Order.id, ShopOrder.shop_ref).join(ShopOrder, ShopOrder.order_id == Order.id)
        mine = (Order.account_id == context.account_id, Order.problem_code.in_(_CANCELS))
        found = [(a, b) for a, b in session.execute(query.where(*mine, ShopOrder.status_ref != status))]
    apart = orders.strangers([order_id for order_id, _ in found], context.home) if found else {}
    return [each for each in found if each[0] not in apart]

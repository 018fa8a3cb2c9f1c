"""Cancels one of two shop orders of one marketplace order, when a person has chosen which. Never the last one."""

from __future__ import annotations

from sqlalchemy import or_, select

from cdsync import orders
from cdsync.connectors.base import ShopOrder, apart, live
from cdsync.db import reading, transaction
from cdsync.errors import ConfigError, RejectedError, UnknownOutcomeError
from cdsync.models import Order

from .shared.context import RunContext
from .shared.outcome import WELL, Outcome


def cancel_duplicate(context: RunContext, shop_ref: str) -> Outcome:
    """Gives a shop order the status chosen for cancelled ones, while another live one has the same payment text.

    Looks first, so doing it again does nothing. Raises ConfigError, TemporaryError. A shop that refuses, or whose
    answer did not come, is a warning on the run: the comparison that follows says what is.
    """
    status = context.orders_settings.cancelled_status
    if not status:
        raise ConfigError("settings.incomplete", fields=["orders.cancelled_status"])
    chosen = context.shop.find_orders(shop_refs=[shop_ref])
    texts = [each.payment_text for each in chosen]
    standing = live(context.shop.find_orders(payment_texts=texts)) if texts else []
    if len(apart(standing)) < 2 or shop_ref not in {each.shop_ref for each in standing}:
        return WELL
    try:
        with context.stock_turns.turn():
            context.shop.set_status(shop_ref, status)
    except (RejectedError, UnknownOutcomeError) as exc:
        return context.warn(exc)
    _note(context, chosen[0], status)
    return WELL


def _note(context: RunContext, shop_order: ShopOrder, status: str) -> None:
    order_id = _order_of(context, shop_order)
    if order_id is None:
        return
    with transaction() as session:
        data = {"shop_order": shop_order.shop_ref, "status": status}
        orders.note(session, order_id, "shop.cancelled", data, context.by)


def _order_of(context: RunContext, shop_order: ShopOrder) -> int | None:
    """The marketplace order that the payment text names."""
    numbers = shop_order.payment_text.removeprefix(context.marketplace.title).split()
    with reading() as session:
        named = or_(Order.marketplace_ref.in_(numbers), Order.reference.in_(numbers))
        return session.scalar(select(Order.id).where(Order.account_id == context.account_id, named).limit(1))

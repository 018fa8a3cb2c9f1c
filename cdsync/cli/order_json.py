"""An order as the command line's JSON. Money as text with its cents, times as ISO 8601 UTC; reads, never writes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from cdsync import settings
from cdsync.db import now
from cdsync.models import Account, Order, OrderLine, ShopOrder

from .output import moment, sentence


def order_json(order: Order, account: Account) -> dict[str, Any]:
    """Everything about an order but its buyer. `problem` is null, or what stops it and when it is tried again."""
    return {
        "ref": order.marketplace_ref,
        "reference": order.reference,
        "account": account.name,
        "rehearsal": account.rehearsal,
        "state": order.state,
        "state_since": moment(order.state_since),
        "marketplace_status": order.marketplace_status,
        "problem": problem_json(order, settings.marketplace_name(account)),
        "shop_orders": [shop_order_json(each) for each in order.shop_orders],
        "total": _amount(order.total),
        "shipping": _amount(order.shipping),
        "fees": order.fees or [],
        "currency": order.currency,
        "lines": [line_json(each) for each in order.lines],
        "delivery_mode": order.delivery_mode,
        "purchased_at": moment(order.purchased_at),
        "accept_by": moment(order.accept_by),
        "ship_by": moment(order.ship_by),
        "imported_at": moment(order.imported_at),
        "shipped_at": moment(order.shipped_at),
        "claimed": claim_json(order),
    }


def problem_json(order: Order, marketplace: str) -> dict[str, Any] | None:
    """What stops the order; `marketplace`: what that is called.

    One that a run holds, alive or not, shows the end of that hold as its next try.
    """
    held_until = _held_until(order)
    if order.problem_code is None:
        if held_until is None:
            return None
        return {"code": "order.claimed", "kind": "temporary", "next_try_at": moment(held_until)}
    waits = [each for each in (order.next_try_at, held_until) if each is not None]
    return {
        "code": order.problem_code,
        "kind": order.problem_kind,
        "operation": order.problem_operation,
        "message": sentence(order.problem_code, order.problem_data, marketplace),
        "data": order.problem_data or {},
        "since": moment(order.problem_since),
        "attempts": order.attempts,
        "next_try_at": moment(max(waits)) if waits else None,
    }


def claim_json(order: Order) -> dict[str, Any] | None:
    """Which run's worker holds the order, and until when at the latest; null when nobody does."""
    held_until = _held_until(order)
    return None if held_until is None else {"owner": order.claim_owner, "until": moment(held_until)}


def shop_order_json(order: ShopOrder) -> dict[str, Any]:
    """An order of the shop as last read back."""
    return {
        "id": order.shop_ref,
        "reference": order.reference,
        "total_paid": _amount(order.total_paid),
        "total_shipping": _amount(order.total_shipping),
        "status": order.status_ref,
        "status_name": order.status_name,
        "invoice_number": order.invoice_number,
        "tracking_number": order.tracking_number,
        "adopted": order.adopted,
        "url": order.url,
    }


def line_json(line: OrderLine) -> dict[str, Any]:
    """A line, tax included, with the product of the shop it was matched to."""
    return {
        "ref": line.line_ref,
        "sku": line.sku,
        "title": line.title,
        "quantity": line.quantity,
        "unit_price": _amount(line.unit_price),
        "shipping": _amount(line.shipping),
        "total": _amount(line.total),
        "status": line.status,
        "sent_by": line.sent_by,
        "live": line.live,
        "product": {"id": line.product_ref, "combination": line.combination_ref, "name": line.product_name}
        if line.product_ref
        else None,
    }


def _held_until(order: Order) -> datetime | None:
    held = order.claim_owner is not None and order.claim_until is not None and order.claim_until > now()
    return order.claim_until if held else None


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"

"""Writes what the marketplace told of an order into its columns and lines. Never touches `state` or the problem."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from cdsync.connectors.base import Address, MarketplaceOrder
from cdsync.db import now
from cdsync.models import Order, OrderLine

from .lengths import cut


def fill(order: Order, reading: MarketplaceOrder) -> list[str]:
    """Takes a reading over; returns which of the facts an import rests on changed ("total", "lines", …)."""
    before = money_facts(order)
    order.reference = reading.reference
    order.marketplace_status = cut(Order.marketplace_status, reading.status)
    order.marketplace_state = reading.state or ""
    order.status_known = reading.state is not None
    order.sales_channel = cut(Order.sales_channel, reading.sales_channel)
    order.currency, order.total = cut(Order.currency, reading.currency), reading.total
    ours = [line for line in reading.lines if line.ours]
    order.shipping = sum((line.shipping for line in ours), Decimal(0))
    order.fees = [{"label": fee.label, "amount": str(fee.amount)} for fee in reading.fees]
    order.faults = [{"code": fault.code, "data": dict(fault.data)} for fault in reading.faults]
    _fill_buyer(order, reading)
    _fill_times(order, reading)
    _fill_lines(order, reading)
    order.raw, order.read_at = reading.raw, now()
    after = money_facts(order)
    return [what for what in after if before.get(what) != after[what]]


def money_facts(order: Order) -> dict[str, Any]:
    """What a shop order's money and goods rest on, comparable."""
    lines = sorted(
        (line.line_ref, line.sku, line.quantity, line.unit_price, line.shipping) for line in order.lines if line.ours
    )
    return {"currency": order.currency, "fees": order.fees or [], "lines": lines, "total": order.total}


def _fill_buyer(order: Order, reading: MarketplaceOrder) -> None:
    order.customer_ref, order.business = reading.customer_ref, reading.business
    billing, shipping = reading.billing, reading.shipping
    order.addresses = {
        "billing": asdict(billing) if billing else None,
        "shipping": asdict(shipping) if shipping else None,
    }
    shown = shipping or billing
    if shown is None:
        return
    order.buyer_name = (f"{shown.first_name} {shown.last_name}".strip() or shown.company or _company(billing))[:255]
    order.buyer_place = f"{shown.postcode} {shown.city}".strip()[:255]
    order.buyer_note = _note(reading.business, shown, billing)


def _note(business: bool, shown: Address, billing: Address | None) -> str:
    if shown.pickup_id or shown.pickup_name:
        return "relay point"
    return "company" if business or shown.company or _company(billing) else ""


def _company(address: Address | None) -> str:
    return address.company if address else ""


def _fill_times(order: Order, reading: MarketplaceOrder) -> None:
    order.purchased_at = reading.purchased_at
    order.marketplace_created_at = reading.created_at
    order.marketplace_updated_at = reading.updated_at
    order.accept_by, order.ship_by = reading.accept_by, reading.ship_by


def _fill_lines(order: Order, reading: MarketplaceOrder) -> None:
    known = {line.line_ref: line for line in order.lines}
    rows = []
    for index, line in enumerate(reading.lines, start=1):
        ref = line.line_ref or f"#{index}"
        row = known.pop(ref, None) or OrderLine(line_ref=ref)
        if row.sku != line.sku:
            row.product_ref = row.combination_ref = row.product_name = row.matched_by = ""
            row.stock = row.vat_rate = row.matched_at = None
        row.sku, row.gtin, row.title = line.sku, line.gtin[:32], line.title[:512]
        row.quantity, row.unit_price, row.shipping, row.total = (
            line.quantity,
            line.unit_price,
            line.shipping,
            line.total,
        )
        row.commission, row.sold_vat_rate = line.commission, line.vat_rate
        row.status, row.sent_by = cut(OrderLine.status, line.status), cut(OrderLine.sent_by, line.sent_by)
        row.delivery_mode = line.delivery_mode
        row.live, row.cancel_requested = line.live, line.cancel_requested
        rows.append(row)
    order.lines = rows
    modes = [line.delivery_mode for line in reading.lines if line.ours] or [x.delivery_mode for x in reading.lines]
    order.delivery_mode = modes[0] if modes else ""

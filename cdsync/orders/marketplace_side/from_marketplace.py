"""Writes what the marketplace told of an order into its columns and lines. Never touches `state` or the problem."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cdsync.connectors.base import Address, MarketplaceOrder
from cdsync.db import now
from cdsync.models import Order, OrderLine

from .lengths import cut


def fill(order: Order, reading: MarketplaceOrder) -> list[str]:
    """Takes a reading over; returns which of the facts an import rests on changed ("total", "lines", …)."""
    before = money_facts(order)
    for name, value in columns(reading).items():
        setattr(order, name, value)
    order.raw = reading.raw
    _fill_lines(order, reading)
    after = money_facts(order)
    return [what for what in after if before.get(what) != after[what]]


def columns(reading: MarketplaceOrder) -> dict[str, Any]:
    """What a reading says of the order itself, by column; of the buyer only where it has an address."""
    ours = [line for line in reading.lines if line.ours]
    modes = [line.delivery_mode for line in ours or reading.lines]
    billing, shipping = reading.billing, reading.shipping
    return {
        "reference": reading.reference,
        "marketplace_status": cut(Order.marketplace_status, reading.status),
        "marketplace_state": reading.state or "",
        "status_known": reading.state is not None,
        "sales_channel": cut(Order.sales_channel, reading.sales_channel),
        "currency": cut(Order.currency, reading.currency),
        "total": reading.total,
        "shipping": sum((line.shipping for line in ours), Decimal(0)),
        "fees": [{"label": fee.label, "amount": str(fee.amount)} for fee in reading.fees],
        "faults": [{"code": fault.code, "data": dict(fault.data)} for fault in reading.faults],
        "customer_ref": reading.customer_ref,
        "business": reading.business,
        "addresses": {"billing": _parts(billing), "shipping": _parts(shipping)},
        **_buyer(reading.business, shipping, billing),
        "delivery_mode": modes[0] if modes else "",
        "purchased_at": reading.purchased_at,
        "marketplace_created_at": reading.created_at,
        "marketplace_updated_at": reading.updated_at,
        "accept_by": reading.accept_by,
        "ship_by": reading.ship_by,
        "read_at": now(),
    }


def line_columns(reading: MarketplaceOrder) -> list[dict[str, Any]]:
    """What a reading says of each line, by column."""
    return [
        {
            "line_ref": line.line_ref or f"#{index}",
            "sku": line.sku,
            "gtin": line.gtin[:32],
            "title": line.title[:512],
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "shipping": line.shipping,
            "total": line.total,
            "commission": line.commission,
            "sold_vat_rate": line.vat_rate,
            "status": cut(OrderLine.status, line.status),
            "sent_by": cut(OrderLine.sent_by, line.sent_by),
            "delivery_mode": line.delivery_mode,
            "live": line.live,
            "cancel_requested": line.cancel_requested,
        }
        for index, line in enumerate(reading.lines, start=1)
    ]


def money_facts(order: Order) -> dict[str, Any]:
    """What a shop order's money and goods rest on, comparable."""
    lines = sorted(
        (line.line_ref, line.sku, line.quantity, line.unit_price, line.shipping) for line in order.lines if line.ours
    )
    return {"currency": order.currency, "fees": order.fees or [], "lines": lines, "total": order.total}


def _parts(address: Address | None) -> dict[str, Any] | None:
    """As `dataclasses.asdict`, which copies each text by asking what it is."""
    return None if address is None else dict(vars(address))


def _buyer(business: bool, shipping: Address | None, billing: Address | None) -> dict[str, str]:
    shown = shipping or billing
    if shown is None:
        return {}
    name = f"{shown.first_name} {shown.last_name}".strip() or shown.company or _company(billing)
    return {
        "buyer_name": name[:255],
        "buyer_place": f"{shown.postcode} {shown.city}".strip()[:255],
        "buyer_note": _note(business, shown, billing),
    }


def _note(business: bool, shown: Address, billing: Address | None) -> str:
    if shown.pickup_id or shown.pickup_name:
        return "relay point"
    return "company" if business or shown.company or _company(billing) else ""


def _company(address: Address | None) -> str:
    return address.company if address else ""


def _fill_lines(order: Order, reading: MarketplaceOrder) -> None:
    known = {line.line_ref: line for line in order.lines}
    rows = []
    for told in line_columns(reading):
        row = known.pop(told["line_ref"], None) or OrderLine(line_ref=told["line_ref"])
        if row.sku != told["sku"]:
            row.product_ref = row.combination_ref = row.product_name = row.matched_by = ""
            row.stock = row.vat_rate = row.matched_at = None
        for name, value in told.items():
            setattr(row, name, value)
        rows.append(row)
    order.lines = rows

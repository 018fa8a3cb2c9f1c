"""A stored order made ready for the shop: its live seller lines with their money, checked to add up. No request."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import select

from cdsync.connectors.base import Address, DraftLine, Fee, OrderDraft
from cdsync.connectors.line_total import line_total
from cdsync.db import db
from cdsync.error_catalogue import entry_of
from cdsync.errors import RejectedError
from cdsync.models import Order, OrderLine, ProductMapping
from cdsync.settings import marketplace_title

Mappings = Mapping[str, tuple[str, str]]


class MarketplaceSettings(Protocol):
    """The part of an account's settings that a draft needs."""

    @property
    def marketplace(self) -> Mapping[str, Any]: ...


def draft(
    order: Order, settings: MarketplaceSettings, *, mappings: Mappings | None = None, address_due: bool = True
) -> OrderDraft:
    """The draft of one order, from its columns; call it where the order can be read.

    `mappings`: the merchant's own, SKU → (product, combination); read from the database when not given.
    `address_due=False` is for an order not yet accepted: the marketplace still keeps the address back.
    Raises RejectedError: what reading found (`order.faults`), order.no_lines, order.no_address,
    order.total_mismatch, order.cancel_requested.
    """
    lines = [line for line in order.lines if line.ours]
    _refuse(order, lines, address_due)
    known = mappings_of(order.account_id) if mappings is None else mappings
    delivery = _address(order, "shipping") or _address(order, "billing") or Address()
    return OrderDraft(
        ref=order.marketplace_ref,
        reference=order.reference,
        payment_text=payment_text(settings, order.reference, order.marketplace_ref),
        currency=order.currency,
        total=total_to_import(order),
        shipping=_sum(line.shipping for line in lines),
        lines=tuple(_line(line, known) for line in lines),
        fees=tuple(Fee(fee["label"], Decimal(fee["amount"])) for fee in order.fees or []),
        delivery=delivery,
        invoice=_address(order, "billing") or delivery,
        customer_ref=order.customer_ref,
        delivery_modes=tuple(dict.fromkeys(line.delivery_mode for line in lines)),
        purchased_at=order.purchased_at or order.marketplace_created_at,
        business=order.business,
    )


def total_to_import(order: Order) -> Decimal:
    """What the shop order has to come to: our live lines with their shipping, and the fees; tax included."""
    ours = [line for line in order.lines if line.ours]
    fees = _sum(Decimal(fee["amount"]) for fee in order.fees or [])
    return _sum(_gross(line) + (line.shipping or 0) for line in ours) + fees


def payment_text(settings: MarketplaceSettings, reference: str, ref: str) -> str:
    """How the payment is named in the shop: "Cdiscount <reference>", with the order id after it where they differ."""
    return " ".join(dict.fromkeys((payment_title(settings), reference or ref, ref)))


def payment_title(settings: MarketplaceSettings) -> str:
    """The first word of every payment's name: what the marketplace is called, "Cdiscount"."""
    return marketplace_title(str(settings.marketplace["connector"]))


def mappings_of(account_id: int) -> dict[str, tuple[str, str]]:
    """The merchant's own product mapping, SKU → (product, combination)."""
    rows = db.session.scalars(select(ProductMapping).where(ProductMapping.account_id == account_id))
    return {row.sku: (row.product_ref, row.combination_ref) for row in rows}


def _refuse(order: Order, lines: list[OrderLine], address_due: bool) -> None:
    for fault in order.faults or []:
        known = entry_of(fault["code"])
        settled = known.remedy == "anyway" and order.import_anyway
        if not settled and (address_due or not known.needs_address):
            raise RejectedError(fault["code"], **fault["data"])
    if not lines:
        raise RejectedError("order.no_lines")
    asked = [line.line_ref for line in lines if line.cancel_requested]
    if asked and not order.import_anyway:
        raise RejectedError("order.cancel_requested", lines=asked)
    if address_due and not (_address(order, "shipping") or _address(order, "billing")):
        raise RejectedError("order.no_address")
    _refuse_a_wrong_sum(order)


def _refuse_a_wrong_sum(order: Order) -> None:
    """What the buyer paid must be the lines with their shipping and the fees, whoever sends them.

    A marketplace's total may still count lines that died, or not: both sums are right.
    """
    fees = _sum(Decimal(fee["amount"]) for fee in order.fees or [])
    live = _sum(_gross(line) + (line.shipping or 0) for line in order.lines if line.live) + fees
    every = _sum(_gross(line) + (line.shipping or 0) for line in order.lines) + fees
    if order.total is not None and order.total not in (live, every):
        raise RejectedError(
            "order.total_mismatch", expected=str(order.total), found=str(live), difference=str(live - order.total)
        )


def _gross(line: OrderLine) -> Decimal:
    return line_total(line.quantity, line.unit_price or Decimal(0))


def _sum(amounts: Any) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))


def _line(line: OrderLine, mappings: Mappings) -> DraftLine:
    return DraftLine(
        line_ref=line.line_ref,
        sku=line.sku,
        title=line.title,
        quantity=line.quantity,
        unit_price=line.unit_price or Decimal(0),
        gtin=line.gtin,
        mapped_to=mappings.get(line.sku),
        vat_rate=line.sold_vat_rate,
    )


def _address(order: Order, which: str) -> Address | None:
    fields = (order.addresses or {}).get(which)
    if not fields:
        return None
    return Address(**fields | {"lines": tuple(fields.get("lines") or ())})

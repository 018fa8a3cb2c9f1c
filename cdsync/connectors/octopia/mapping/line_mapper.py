"""One entry of `lines` → MarketplaceLine and what is wrong with it. Pure; must not guess an amount.

`sellingPrice` is what the buyer paid, VAT included; `offerPrice` is the seller's side and carries the commission.
Shipping is read as it stands: whether it is per line or per unit is settled for the whole order (`order_sum`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cdsync.errors import CdsyncError, RejectedError

from ...base import MarketplaceLine
from ...line_total import is_in_cents, line_total
from ..api.fields import LARGEST_AMOUNT, amount, excerpt, moment, objects, quantity, section, text
from .statuses import CANCEL_REQUEST, SELLER, WAREHOUSES, is_live

_MODES = {mode.casefold(): mode for mode in (SELLER, *WAREHOUSES)}
ZERO, MILLIONTH = Decimal("0.00"), Decimal("0.000001")


class NoNumberError(RejectedError):
    """An amount or a quantity cannot be read: no sum tells anything of such an order."""


def line_of(value: Mapping[str, Any], position: int) -> tuple[MarketplaceLine, list[CdsyncError]]:
    """The line (zeros where an amount can't be read) and its faults; a dead line has none."""
    offer, selling = section(value, "offer"), section(value, "sellingPrice")
    sku = text(offer.get("sellerProductId"))
    faults: list[CdsyncError] = []
    count = quantity(value.get("quantity"))
    if count is None:
        faults.append(NoNumberError("order.quantity_invalid", sku=sku, quantity=excerpt(value.get("quantity"))))
    unit = _unit_price(selling, count or 0, sku, faults)
    shipping = _money(selling, "shippingCost", sku, faults, absent=ZERO)
    status = text(value.get("status"))
    mode = supply_mode(offer)
    line = MarketplaceLine(
        line_ref=text(value.get("orderLineId")) or f"#{position}",
        sku=sku,
        title=text(offer.get("productTitle")),
        quantity=count or 0,
        unit_price=unit,
        shipping=shipping,
        total=line_total(count or 0, unit),
        status=status,
        sent_by="" if mode == SELLER else mode,
        gtin=text(offer.get("productGtin")),
        delivery_mode=text(section(value, "delivery").get("mode")),
        vat_rate=_vat_rate(selling),
        commission=_commission(value),
        ship_by=moment(section(value, "delivery").get("shippedAtMax")),
        live=is_live(status),
        cancel_requested=status == CANCEL_REQUEST,
    )
    faults += _unreadable(value, sku, mode, position)
    return line, faults if line.live else []


def supply_mode(offer: Mapping[str, Any]) -> str:
    """`Seller`, `Fulfillment`, `Xdock`, or an unknown one as received; without any the seller ships."""
    found = text(offer.get("supplyMode"))
    return _MODES.get(found.casefold(), found) if found else SELLER


def _unreadable(value: Mapping[str, Any], sku: str, mode: str, position: int) -> list[CdsyncError]:
    reasons = []
    if not text(value.get("orderLineId")):
        reasons.append(f"line {position} has no orderLineId")
    if not sku:
        reasons.append(f"line {position} has no sellerProductId")
    if mode.casefold() not in _MODES:
        reasons.append(f"line {position} has the unknown supply mode {mode[:40]}")
    return [RejectedError("order.unreadable", reason=reason) for reason in reasons]


def _money(
    prices: Mapping[str, Any], name: str, sku: str, faults: list[CdsyncError], absent: Decimal | None = None
) -> Decimal:
    value = prices.get(name)
    if value is None and absent is not None:
        return absent
    found = amount(value)
    if found is None:
        faults.append(NoNumberError("order.amount_invalid", field=f"{name} of {sku or '?'}", value=excerpt(value)))
    return ZERO if found is None else found


def _unit_price(prices: Mapping[str, Any], count: int, sku: str, faults: list[CdsyncError]) -> Decimal:
    """A price of more than six decimals (a third of 10.00, as a binary float has it) counts where the line is exact."""
    value = prices.get("unitSalesPrice")
    if isinstance(value, Decimal) and value.is_finite() and amount(value) is None:
        rounded = amount(value.quantize(MILLIONTH, ROUND_HALF_UP)) if abs(value) < LARGEST_AMOUNT else None
        if rounded is not None and is_in_cents(line_total(count, rounded)):
            return rounded
    return _money(prices, "unitSalesPrice", sku, faults)


def _vat_rate(selling: Mapping[str, Any]) -> Decimal | None:
    """The goods' VAT rate in percent, when the buyer's side names exactly one."""
    rates = {
        rate
        for tax in objects(selling.get("taxes"))
        if "ship" not in text(tax.get("target")).casefold()
        and (rate := amount(tax.get("rate"))) is not None
        and rate < 100
    }
    return rates.pop() if len(rates) == 1 else None


def _commission(value: Mapping[str, Any]) -> Decimal | None:
    """With VAT. Clients disagree about the key's end: `Vat` (two) or `Tax` (one)."""
    found = section(value, "offerPrice", "commission")
    return next(
        (money for key in ("amountWithVat", "amountWithTax") if (money := amount(found.get(key))) is not None), None
    )

"""Octopia's order JSON → MarketplaceOrder. Pure: no request, no clock; never raises for what an order contains.

An entry that is no order becomes an UnreadableOrder; an order that can't be imported as it is carries its faults.
Source of the fields: official sample and the clients that read real orders (docs/octopia.md, 2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from cdsync.errors import CdsyncError, RejectedError
from cdsync.states import CANCELLED, REFUSED, TO_ACCEPT, TO_IMPORT

from ...base import Address, Fee, MarketplaceLine, MarketplaceOrder, Parcel, UnreadableOrder
from ..api.fields import amount, excerpt, moment, objects, section, text
from ..api.json_text import Entry
from .address_mapper import address, addresses, places, usable
from .line_mapper import NoNumberError, line_of
from .order_sum import settle
from .statuses import ENDED, state_of

# No field tells the deadline to accept. Sellers report a cancellation after 48 hours (docs/octopia.md, 4).
ACCEPT_WITHIN = timedelta(hours=48)
Json = Mapping[str, Any]


def read_order(entry: Entry) -> MarketplaceOrder | UnreadableOrder:
    """One entry of the list, or the answer for one order."""
    value = entry.value
    if not isinstance(value, Mapping):
        return _unreadable({}, entry.raw, "the entry is not an object")
    if not text(value.get("orderId")):
        return _unreadable(value, entry.raw, "the order has no orderId")
    given = value.get("lines")
    readable = isinstance(given, list) and all(isinstance(line, Mapping) for line in given)
    if not readable and state_of(text(value.get("status")), ()) not in (CANCELLED, REFUSED):
        return _unreadable(value, entry.raw, "the order has no readable lines")
    return _order(value, entry.raw)


def _order(value: Json, raw: str) -> MarketplaceOrder:
    lines, fees, total, money_faults = _money(value)
    status = text(value.get("status"))
    state = state_of(status, lines)
    delivery = addresses(line.get("shippingAddress") for line in objects(value.get("lines")))
    shipping = _delivery_address(lines, delivery)
    faults = _state_faults(status, state)
    if any(line.live for line in lines):
        faults += money_faults + _line_faults(lines, delivery, state) + _currency_faults(value)
        if state == TO_IMPORT and not usable(shipping):
            faults.append(RejectedError("order.no_address"))
    else:  # then nothing else about it matters
        faults.append(RejectedError("order.no_lines"))
    created, purchased = moment(value.get("createdAt")), moment(value.get("purchasedAt"))
    return MarketplaceOrder(
        ref=text(value.get("orderId")),
        reference=text(value.get("reference")) or text(value.get("orderId")),
        status=status,
        state=state,
        currency=text(value.get("currencyCode")).upper(),
        total=total,
        lines=tuple(lines),
        raw=raw,
        fees=tuple(fees),
        sales_channel=text(section(value, "salesChannel").get("id")),
        customer_ref=text(section(value, "customer").get("reference")),
        business=value.get("businessOrder") is True,
        purchased_at=purchased,
        created_at=created,
        updated_at=moment(value.get("updatedAt")),
        accept_by=_accept_by(state, created or purchased),
        ship_by=_ship_by(value, lines),
        billing=address(value.get("billingAddress")),
        shipping=shipping,
        parcels=_parcels(value),
        faults=() if state in ENDED else tuple(faults),
    )


def _money(
    value: Json,
) -> tuple[Sequence[MarketplaceLine], Sequence[Fee], Decimal | None, list[CdsyncError]]:
    """Lines, fees and total, read so that they add up, and what is wrong with them."""
    lines, faults = _lines(value)
    fees = _fees(value, faults)
    given = section(value, "totalPrice").get("sellingPrice")
    total = amount(given)
    if total is None:
        faults.append(RejectedError("order.amount_invalid", field="totalPrice.sellingPrice", value=excerpt(given)))
    elif not any(isinstance(fault, NoNumberError) for fault in faults):
        lines, fees, mismatch = settle(lines, fees, total)
        faults += [mismatch] if mismatch else []
    return lines, fees, total, faults


def _unreadable(value: Json, raw: str, reason: str) -> UnreadableOrder:
    return UnreadableOrder(
        ref=text(value.get("orderId")),
        reference=text(value.get("reference")),
        status=text(value.get("status")),
        raw=raw,
        error=RejectedError("order.unreadable", reason=reason),
    )


def _lines(value: Json) -> tuple[Sequence[MarketplaceLine], list[CdsyncError]]:
    """The lines, each under a reference of its own, and what is wrong with them."""
    lines: list[MarketplaceLine] = []
    faults: list[CdsyncError] = []
    seen: Counter[str] = Counter()
    for position, given in enumerate(objects(value.get("lines")), start=1):
        line, wrong = line_of(given, position)
        seen[line.line_ref] += 1
        if seen[line.line_ref] > 1:
            wrong.append(RejectedError("order.unreadable", reason=f"two lines have the id {line.line_ref[:40]}"))
            line = replace(line, line_ref=f"{line.line_ref}#{position}")
        lines.append(line)
        faults += wrong
    return lines, faults


def _fees(value: Json, faults: list[CdsyncError]) -> Sequence[Fee]:
    fees = []
    for given in objects(value.get("serviceFees")):
        label, money = text(given.get("label")) or "serviceFee", amount(given.get("amount"))
        if money is None:
            shown_value = excerpt(given.get("amount"))
            faults.append(NoNumberError("order.amount_invalid", field=f"serviceFees {label}", value=shown_value))
        elif money:
            fees.append(Fee(label, money))
    return fees


def _state_faults(status: str, state: str | None) -> list[CdsyncError]:
    if not status:
        return [RejectedError("order.unreadable", reason="the order has no status")]
    return [] if state is not None else [RejectedError("order.status_unknown", status=status[:60])]


def _line_faults(
    lines: Sequence[MarketplaceLine], delivery: Sequence[Address | None], state: str | None
) -> list[CdsyncError]:
    ours = [line for line in lines if line.ours]
    faults: list[CdsyncError] = []
    asked = [line.sku or line.line_ref for line in ours if line.cancel_requested]
    if asked:
        faults.append(RejectedError("order.cancel_requested", lines=asked))
    apart = places(found for line, found in zip(lines, delivery, strict=True) if line.ours)
    if state == TO_IMPORT and len(apart) > 1:
        faults.append(RejectedError("order.several_addresses", count=len(apart)))
    return faults


def _delivery_address(lines: Sequence[MarketplaceLine], delivery: Sequence[Address | None]) -> Address | None:
    """The first live line's that has a usable one, our own lines before the warehouse's; else whatever there is."""
    found = [(line, where) for line, where in zip(lines, delivery, strict=True) if where is not None]
    ranked = sorted(found, key=lambda pair: (not usable(pair[1]), not pair[0].live, pair[0].sent_by != ""))
    return ranked[0][1] if ranked else None


def _currency_faults(value: Json) -> list[CdsyncError]:
    """The buyer's side must be in one currency; the seller's side (offerPrice) may be in another."""
    holders: list[Json] = [value, section(value, "totalPrice")]
    for line in objects(value.get("lines")):
        holders += [line, section(line, "sellingPrice"), section(line, "totalPrice")]
    found = {text(holder.get(key)).upper() for holder in holders for key in ("currencyCode", "currency")} - {""}
    if not found:
        return [RejectedError("order.unreadable", reason="the order has no currency")]
    return [RejectedError("order.mixed_currencies", currencies=sorted(found))] if len(found) > 1 else []


def _accept_by(state: str | None, since: datetime | None) -> datetime | None:
    return since + ACCEPT_WITHIN if state == TO_ACCEPT and since else None


def _ship_by(value: Json, lines: Sequence[MarketplaceLine]) -> datetime | None:
    """The order's own deadline, else the earliest of its live lines."""
    dates = [line.ship_by for line in lines if line.live and line.ship_by]
    return moment(value.get("shippedAtMax")) or min(dates, default=None)


def _parcels(value: Json) -> tuple[Parcel, ...]:
    """Each parcel once, with the lines that name it."""
    found: dict[str, Parcel] = {}
    for line in objects(value.get("lines")):
        for given in objects(line.get("parcels")):
            number, line_ref = text(given.get("parcelNumber")), text(line.get("orderLineId"))
            if number:
                parcel = found.get(number) or Parcel(
                    number, text(given.get("carrierName")), text(given.get("trackingUrl"))
                )
                found[number] = replace(parcel, line_refs=(*parcel.line_refs, line_ref))
    return tuple(found.values())

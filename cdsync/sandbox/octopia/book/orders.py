"""Builders of the order JSON that GET /orders answers. Pure: no clock but the one given, no HTTP.

Shape: reference sample and the clients' data classes. `offerPrice` is the seller's side and carries the
commission; `sellingPrice` is what the buyer paid, VAT included. Money is Decimal with two digits.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .statuses import DEAD

Json = dict[str, Any]
CENT = Decimal("0.01")
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_numbers = itertools.count(1)


def money(value: str | int | Decimal) -> Decimal:
    """The amount with two digits, half up."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def stamp(moment: datetime) -> str:
    """A time as the API writes it: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def order_number(moment: datetime, number: int) -> str:
    """A number of Cdiscount's kind (yymmddHHMM and five signs), different for each `number`."""
    scrambled = number * 7_368_787 % len(ALPHABET) ** 5
    signs = ""
    for _ in range(5):
        scrambled, rest = divmod(scrambled, len(ALPHABET))
        signs += ALPHABET[rest]
    return moment.astimezone(UTC).strftime("%y%m%d%H%M") + signs


def address_json(**changes: Any) -> Json:
    """A billing address in France; `changes` replace fields by their JSON names."""
    address: Json = {
        "civility": "Mme",
        "firstName": "Camille",
        "lastName": "Durand",
        "companyName": None,
        "companyVatNumber": None,
        "addressLine1": "12 rue des Lilas",
        "addressLine2": None,
        "addressLine3": None,
        "postalCode": "69003",
        "city": "Lyon",
        "stateOrRegion": None,
        "countryCode": "FR",
    }
    return address | changes


def line_json(
    *,
    sku: str | None,
    quantity: int = 1,
    unit_price: str | Decimal = "9.99",
    shipping: str | Decimal = "0.00",
    vat: str | Decimal | None = "20",
    supply_mode: str = "Seller",
    status: str | None = None,
    delivery_mode: str = "TrackedHomeDelivery",
    title: str | None = None,
    gtin: str | None = None,
    line_id: str | None = None,
    commission_rate: str = "15",
) -> Json:
    """One order line. `unit_price` and `shipping` (for the whole line) include VAT; status None: as the order's."""
    unit, cost = _unit(unit_price), money(shipping)
    goods = money(unit * quantity)
    return {
        "orderLineId": line_id,
        "status": status,
        "quantity": quantity,
        "totalPrice": {"offerPrice": goods, "sellingPrice": goods},
        "offerPrice": {
            "unitSalesPrice": unit,
            "shippingCost": cost,
            "commission": _commission(goods, Decimal(commission_rate)),
            "taxes": _taxes(goods, cost, vat),
        },
        "sellingPrice": {"unitSalesPrice": unit, "shippingCost": cost, "taxes": []},
        "offer": {
            "id": f"OF-{sku}",
            "sellerProductId": sku,
            "supplyMode": supply_mode,
            "productId": f"AUC{abs(hash_text(sku or '')):013d}",
            "productTitle": title or f"Article {sku}",
            "productGtin": gtin,
            "condition": "New",
        },
        "delivery": {"mode": delivery_mode, "promisedAtMin": None, "promisedAtMax": None, "shippedAtMax": None},
        "shippingAddress": None,
        "parcels": [],
        "productAttributes": None,
        "statusEvents": [],
    }


def order_json(
    *,
    order_id: str | None = None,
    reference: str | None = None,
    status: str | None = "InPreparation",
    lines: Sequence[Json] | None = None,
    billing: Mapping[str, Any] | None = None,
    shipping: Mapping[str, Any] | None = None,
    fees: Iterable[tuple[str, str | Decimal]] = (),
    currency: str = "EUR",
    customer_reference: str | None = None,
    purchased_at: datetime | None = None,
    created_at: datetime | None = None,
    updated_at: datetime | None = None,
    ship_by: datetime | None = None,
    channel: str = "CDISFR",
    payment_method: str = "Card",
    total: str | Decimal | None = None,
    now: datetime | None = None,
) -> Json:
    """A whole order as the marketplace knows it (the sandbox hides what a status does not show yet).

    `billing` and `shipping` hold changes by JSON field name; the delivery address starts from the billing
    one and is put on every line. `totalPrice` is lines + shipping + fees over live lines unless `total` is given.
    """
    number = next(_numbers)
    moment = now or datetime.now(UTC)
    created = created_at or purchased_at or moment - timedelta(minutes=40)
    order_id = order_id or order_number(created, number)
    bill = address_json(**dict(billing or {}))
    deliver = _delivery_address(bill, order_id, dict(shipping or {}))
    deadline = ship_by or created + timedelta(days=2)
    rows = [dict(line) for line in (lines if lines is not None else [line_json(sku="demo_11")])]
    for index, line in enumerate(rows, start=1):
        line["orderLineId"] = line["orderLineId"] or f"{order_id}-{index}"
        line["status"] = line["status"] or status
        line["shippingAddress"] = dict(deliver)
        line["delivery"] = dict(line["delivery"]) | {
            "promisedAtMin": stamp(deadline + timedelta(days=2)),
            "promisedAtMax": stamp(deadline + timedelta(days=5)),
            "shippedAtMax": stamp(deadline),
        }
    service_fees = [{"label": label, "amount": money(amount)} for label, amount in fees]
    paid = money(total) if total is not None else total_of(rows, service_fees)
    return {
        "orderId": order_id,
        "reference": reference or order_id,
        "businessOrder": bool(bill["companyVatNumber"]),
        "salesChannel": {"id": channel, "name": "Cdiscount" if channel == "CDISFR" else channel},
        "seller": {"id": "98979"},
        "customer": {"reference": customer_reference or f"custm_{hash_text(order_id):09d}"},
        "purchasedAt": stamp(purchased_at or created - timedelta(seconds=40)),
        "createdAt": stamp(created),
        "updatedAt": stamp(updated_at or created),
        "shippedAtMax": stamp(deadline),
        "status": status,
        "payment": {"method": payment_method},
        "currencyCode": currency,
        "billingAddress": bill,
        "totalPrice": {"offerPrice": paid, "sellingPrice": paid},
        "serviceFees": service_fees,
        "statusEvents": [],
        "lines": rows,
    }


def _unit(price: str | Decimal) -> Decimal:
    """Two digits at least; more where the price is a part of a whole."""
    given = Decimal(price)
    return given if given != money(given) else money(given)


def total_of(lines: Iterable[Json], fees: Iterable[Json] = ()) -> Decimal:
    """Lines + shipping + fees, VAT included, without the dead lines; of an order wholly dead, what it was."""
    lines = list(lines)
    live = [line for line in lines if line["status"] not in DEAD] or lines
    goods = sum((money(line["sellingPrice"]["unitSalesPrice"] * line["quantity"]) for line in live), Decimal(0))
    shipping = sum((line["sellingPrice"]["shippingCost"] for line in live), Decimal(0))
    return money(goods + shipping + sum((fee["amount"] for fee in fees), Decimal(0)))


def hash_text(text: str) -> int:
    """A number below 10⁹ for a text, the same in every process."""
    value = 17
    for sign in text:
        value = (value * 131 + ord(sign)) % 999_999_937
    return value


def _delivery_address(billing: Json, order_id: str, changes: Json) -> Json:
    address = {key: value for key, value in billing.items() if key != "companyVatNumber"}
    mailbox = f"{hash_text(order_id):09d}"
    address |= {
        "companyName": None,
        "pickupName": None,
        "pickupId": None,
        "phone": f"06{hash_text(order_id) % 10**8:08d}",
        "email": f"{mailbox}@clemarche.com",
    }
    return address | changes


def _commission(goods: Decimal, rate: Decimal) -> Json:
    without = money(goods * rate / 100)
    return {"amountWithVat": money(without * Decimal("1.2")), "amountWithoutVat": without, "rate": rate}


def _taxes(goods: Decimal, shipping: Decimal, vat: str | Decimal | None) -> list[Json]:
    if vat is None:
        return []
    rate = Decimal(vat)
    return [
        {"code": "VAT", "target": target, "amount": money(amount * rate / (100 + rate)), "rate": rate}
        for target, amount in (("Product", goods), ("Shipping", shipping))
    ]

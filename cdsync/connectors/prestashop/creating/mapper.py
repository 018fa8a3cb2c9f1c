"""From a plan to the webservice's bodies, and from its rows to our records. Pure: no requests.

Field by field as PrestaShop 9.1.4, 8.2.1, 8.1.7 and 8.0.5 took them for exact orders; an absent field is nulled by
the webservice, so what counts is sent.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ...base import OrderDraft
from ..addresses.cleaning import CleanAddress, payment_text
from ..checking.import_plan import Plan
from ..checking.pricing import CartRow, micros, without_tax
from ..webservice.errors import OddValueError
from ..webservice.xml import Body, Row, Value

NEVER = "0000-00-00 00:00:00"
ALIAS_LONGEST = 32


def customer_body(plan: Plan, email: str, group: str) -> Body:
    """A registered customer nobody signs in as: the password is made up and kept nowhere."""
    return {
        "id_gender": plan.invoice.gender,
        "id_default_group": group,
        "id_lang": plan.language,
        "passwd": secrets.token_urlsafe(24),
        "lastname": plan.invoice.last_name,
        "firstname": plan.invoice.first_name,
        "email": email,
        "newsletter": 0,
        "optin": 0,
        "active": 1,
        "is_guest": 0,
        "associations": {"groups": [{"id": group}]},
    }


def alias(ref: str, kind: str) -> str:
    """The address's name in the shop, at most 32 characters: `<ref> D` or `<ref> I`, findable again."""
    room = ALIAS_LONGEST - 2
    ref = payment_text(ref)
    short = ref if len(ref) <= room else f"{ref[: room - 9]}-{hashlib.sha256(ref.encode()).hexdigest()[:8]}"
    return f"{short} {kind}"


def address_body(plan: Plan, customer: str, kind: str) -> Mapping[str, Value]:
    """kind: "D" delivery, "I" invoice."""
    address, country = (plan.delivery, plan.delivery_country) if kind == "D" else (plan.invoice, plan.invoice_country)
    return {
        "id_customer": customer,
        "id_country": country,
        "id_state": address.state,
        "alias": alias(plan.ref, kind),
        **_address_fields(address),
    }


def _address_fields(address: CleanAddress) -> dict[str, Value]:
    return {
        "company": address.company,
        "lastname": address.last_name,
        "firstname": address.first_name,
        "vat_number": address.vat_number,
        "address1": address.address1,
        "address2": address.address2,
        "postcode": address.postcode,
        "city": address.city,
        "other": address.other,
        "phone": address.phone,
        "phone_mobile": address.phone_mobile,
        **({"dni": address.dni} if address.dni else {}),
    }


def cart_body(plan: Plan, customer: str, delivery: str, invoice: str, shop: str) -> Body:
    """`delivery_option` decides the carrier, `id_carrier` alone is ignored; each row names the delivery address."""
    body: dict[str, Value | Mapping[str, list[Mapping[str, Value]]]] = {
        "id_customer": customer,
        "id_address_delivery": delivery,
        "id_address_invoice": invoice,
        "id_currency": plan.currency,
        "id_lang": plan.language,
        "id_carrier": plan.carrier.id,
        "delivery_option": delivery_option(plan, delivery),
        "recyclable": 0,
        "gift": 0,
    }
    if shop:
        body["id_shop"] = shop
    body["associations"] = {"cart_rows": [_cart_row(row, delivery) for row in plan.rows]}
    return body


def delivery_option(plan: Plan, delivery: str) -> str:
    return json.dumps({delivery: f"{plan.carrier.id},"}, separators=(",", ":"))


def _cart_row(row: CartRow, delivery: str) -> Mapping[str, Value]:
    return {
        "id_product": row.product,
        "id_product_attribute": row.combination,
        "id_address_delivery": delivery,
        "id_customization": 0,
        "quantity": row.quantity,
    }


def price_body(row: CartRow, customer: str, cart: str) -> Mapping[str, Value]:
    """The price of one cart row. The core deletes these rows itself when the order is made."""
    return {
        "id_shop_group": 0,
        "id_shop": 0,
        "id_cart": cart,
        "id_product": row.product,
        "id_product_attribute": row.combination,
        "id_currency": 0,
        "id_country": 0,
        "id_group": 0,
        "id_customer": customer,
        "price": f"{row.price:.6f}",
        "from_quantity": 1,
        "reduction": 0,
        "reduction_tax": 0,
        "reduction_type": "amount",
        "from": NEVER,
        "to": NEVER,
    }


def order_body(plan: Plan, module: str, customer: str, delivery: str, invoice: str, cart: str) -> Body:
    """Only `id_cart`, `id_customer`, `module`, `payment` and `total_paid` have an effect; the rest is required."""
    total = f"{plan.draft.total:.2f}"
    return {
        "id_address_delivery": delivery,
        "id_address_invoice": invoice,
        "id_cart": cart,
        "id_currency": plan.currency,
        "id_lang": plan.language,
        "id_customer": customer,
        "id_carrier": plan.carrier.id,
        "module": module,
        "payment": plan.payment,
        "total_paid": total,
        "total_paid_real": total,
        "total_products": 0,
        "total_products_wt": 0,
        "conversion_rate": 1,
    }


def total_changes(draft: OrderDraft, shipping_rate: Decimal, net: Decimal | None, row: Row) -> Mapping[str, Value]:
    """The order's totals with the marketplace's shipping. `shipping_rate` in percent.

    net: the exact total without tax; None takes the shop's own sum of the products.
    """
    shipping, total = f"{draft.shipping:.2f}", f"{draft.total:.2f}"
    excluded = micros(without_tax(draft.shipping, shipping_rate))
    return {
        "total_shipping": shipping,
        "total_shipping_tax_incl": shipping,
        "total_shipping_tax_excl": f"{excluded:.6f}",
        "total_paid": total,
        "total_paid_tax_incl": total,
        "total_paid_tax_excl": f"{net if net is not None else row.money('total_products') + excluded:.6f}",
    }


def shipping_changes(draft: OrderDraft, shipping_rate: Decimal) -> dict[str, Value]:
    """The same on the order's `order_carrier`."""
    return {
        "shipping_cost_tax_incl": f"{draft.shipping:.2f}",
        "shipping_cost_tax_excl": f"{micros(without_tax(draft.shipping, shipping_rate)):.6f}",
    }


def amount(row: Row, name: str) -> Decimal:
    """An amount with the cents it means: the shop writes six decimals."""
    value = row.money(name)
    cents = value.quantize(Decimal("0.01"))
    return cents if cents == value else value


def moment(text: str, timezone: ZoneInfo) -> datetime | None:
    """A date of the shop ("2026-11-23 13:30:59", no zone) as aware UTC; None for the zero date.

    Raises OddValueError.
    """
    if not text or text.startswith("0000"):
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise OddValueError("shop.odd_value", field="date") from None


def shop_time(when: datetime, timezone: ZoneInfo) -> str:
    """An aware time in the shop's clock, as its filters want it."""
    return when.astimezone(timezone).strftime("%Y-%m-%d %H:%M:%S")

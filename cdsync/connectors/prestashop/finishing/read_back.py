"""A row of `orders` as our record, with what the shop keeps beside it. Sends no request of its own.

The only place that makes a `ShopOrder`, so that whether it is cancelled is told of each, and told alike.
"""

from __future__ import annotations

from ...base import ShopOrder
from ..creating.mapper import amount, moment
from ..shop_data.reference import Reference
from ..webservice.xml import Row
from .parcels import ShopParcel


def shop_order(row: Row, reference: Reference, parcel: ShopParcel, currency: str) -> ShopOrder:
    """`currency`: ISO code. The shop's dates are in its own clock, ours in UTC; money tax included."""
    return ShopOrder(
        shop_ref=row.id,
        reference=row["reference"],
        cart_ref=row["id_cart"],
        status_ref=row["current_state"],
        total_paid=amount(row, "total_paid_tax_incl"),
        payments=amount(row, "total_paid_real"),
        total_products=amount(row, "total_products_wt"),
        total_shipping=amount(row, "total_shipping_tax_incl"),
        payment_text=row["payment"],
        currency=currency,
        invoice_number="" if row["invoice_number"] in ("", "0") else row["invoice_number"],
        tracking_number=parcel.number,
        carrier_ref=reference.carrier_references.get(parcel.carrier, ""),
        total_without_tax=amount(row, "total_paid_tax_excl"),
        created_at=moment(row["date_add"], reference.timezone),
        status_name=reference.status_name(row["current_state"]),
        url=reference.back_office.order_url(row.id),
        cancelled=reference.is_cancelled(row),
    )

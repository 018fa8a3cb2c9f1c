"""POST /orders/{id}/shipments: one parcel for a complete order. Decides, and leaves the moving to the ledger.

Facts: 201; parcelNumber and carrierName required, trackingUrl and orderLineIds optional; only InPreparation
with supply mode Seller; Cdiscount takes one parcel for one complete order; a line in CancelRequest may be
shipped when the customer asked, not when the seller or the channel did.
"""

from __future__ import annotations

from typing import Any

from ..book.ledger import Record
from ..book.orders import Json
from ..book.variants import Variants
from .carriers import LABELS
from .problems import Refused

ONE_PARCEL_CHANNEL = "CDISFR"


def check_shipment(record: Record, body: Any, variants: Variants) -> list[Json]:
    """The parcels of the body if the order may be shipped with them. Refused when not."""
    parcels = _parcels(body, variants)
    for index, parcel in enumerate(parcels):
        _check_parcel(index, parcel, variants)
    _check_state(record, variants)
    lines = _seller_lines(record, variants)
    _check_cover(record, parcels, lines, variants)
    return parcels


def _parcels(body: Any, variants: Variants) -> list[Json]:
    single = isinstance(body, dict)
    if variants.shipment_body != "either" and single != (variants.shipment_body == "object"):
        raise Refused(
            400,
            "The JSON value could not be converted.",
            {"$": [f"The JSON value could not be converted to the expected {variants.shipment_body}."]},
        )
    parcels = [body] if single else body
    if not isinstance(parcels, list) or not parcels or not all(isinstance(parcel, dict) for parcel in parcels):
        raise Refused(400, "One or more validation errors occurred.", {"": ["A non-empty request body is required."]})
    return parcels


def _check_parcel(index: int, parcel: Json, variants: Variants) -> None:
    errors: dict[str, list[str]] = {}
    for name in ("parcelNumber", "carrierName"):
        if not isinstance(parcel.get(name), str) or not parcel[name].strip():
            errors[f"[{index}].{name}"] = [f"The {name} field is required."]
    url = parcel.get("trackingUrl")
    if url is not None and not (isinstance(url, str) and url.startswith(("http://", "https://"))):
        errors[f"[{index}].trackingUrl"] = ["The trackingUrl field is not a valid URL."]
    if not errors and not _known_carrier(parcel["carrierName"], variants):
        errors[f"[{index}].carrierName"] = [f"Unknown carrier '{parcel['carrierName']}'."]
    if errors:
        raise Refused(400, "One or more validation errors occurred.", errors)


def _known_carrier(name: str, variants: Variants) -> bool:
    if variants.carrier_name == "free":
        return True
    if variants.carrier_name == "exact":
        return name in LABELS
    return name.strip() in {label.strip() for label in LABELS}


def _check_state(record: Record, variants: Variants) -> None:
    if record.status != "InPreparation" or (record.pending_parcels and variants.repeated_shipment == "refused"):
        status = record.status if record.status != "InPreparation" else "Shipping"
        raise _cannot_ship(variants, f"Cannot switch to shipped status from {status} status.")


def _seller_lines(record: Record, variants: Variants) -> list[Json]:
    lines = [line for line in record.live_lines() if (line.get("offer") or {}).get("supplyMode") == "Seller"]
    if not lines:
        raise _cannot_ship(variants, "Cannot switch to shipped status an order whose supply mode is not Seller.")
    for line in lines:
        asked_by = record.cancellation_asked_by.get(str(line.get("orderLineId")), "customer")
        if line.get("status") == "CancelRequest" and asked_by != "customer":
            raise _cannot_ship(
                variants,
                f"Cannot switch to shipped status line {line.get('orderLineId')}: "
                f"cancellation requested by {asked_by}.",
            )
    return lines


def _check_cover(record: Record, parcels: list[Json], lines: list[Json], variants: Variants) -> None:
    ours = {line.get("orderLineId") for line in lines}
    named = [set(parcel["orderLineIds"]) for parcel in parcels if parcel.get("orderLineIds")]
    if unknown := set().union(*named) - ours:
        raise Refused(
            400,
            "One or more validation errors occurred.",
            {"orderLineIds": [f"Unknown order line '{line_id}'." for line_id in sorted(unknown)]},
        )
    one_only = (record.order.get("salesChannel") or {}).get("id") == ONE_PARCEL_CHANNEL
    if one_only and (len(parcels) > 1 or any(lines_of != ours for lines_of in named)):
        raise _cannot_ship(variants, "Only one parcel for the complete order is allowed on this sales channel.")


def _cannot_ship(variants: Variants, message: str) -> Refused:
    return Refused(variants.shipment_refused, "The shipment was refused.", {"shipments": [message]})

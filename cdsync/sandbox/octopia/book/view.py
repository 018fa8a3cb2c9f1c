"""How an order looks in an answer: what its status hides, and the variants. Never changes the order itself."""

from __future__ import annotations

from typing import Any

from .ledger import Record
from .orders import Json
from .statuses import DELIVERY_MODES
from .variants import Variants

TIMES = ("purchasedAt", "createdAt", "updatedAt", "shippedAtMax", "promisedAtMin", "promisedAtMax")


def order_view(record: Record, variants: Variants) -> Json:
    """The order as GET answers it now."""
    order: Json = _copy(record.order)
    if not record.addressed:
        order["billingAddress"] = _hidden(order.get("billingAddress"), variants)
    lines = order.get("lines")
    for line in lines if isinstance(lines, list) else []:
        if isinstance(line, dict):
            _line_view(line, record.addressed, variants)
    if variants.utc_suffix != "Z":
        _rewrite_times(order, variants.utc_suffix)
    return order


def _copy(value: Any) -> Any:
    """A deep copy of JSON data, several times faster than copy.deepcopy: lists are read page by page."""
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return value


def _line_view(line: Json, addressed: bool, variants: Variants) -> None:
    if not addressed:
        line["shippingAddress"] = _hidden(line.get("shippingAddress"), variants)
    delivery = line.get("delivery")
    if isinstance(delivery, dict) and delivery.get("mode") in DELIVERY_MODES:
        code, legacy = DELIVERY_MODES[delivery["mode"]]
        delivery["mode"] = {"label": delivery["mode"], "code": code, "legacy": legacy}[variants.delivery_mode]
    offer, selling = line.get("offerPrice"), line.get("sellingPrice")
    if not isinstance(offer, dict) or not isinstance(selling, dict):
        return
    if variants.commission_keys == "Tax" and isinstance(offer.get("commission"), dict):
        offer["commission"] = {key.replace("Vat", "Tax"): value for key, value in offer["commission"].items()}
    if variants.taxes == "both":
        selling["taxes"] = _copy(offer.get("taxes"))
    elif variants.taxes == "none":
        offer["taxes"] = []
    if variants.line_total_with_shipping and isinstance(line.get("totalPrice"), dict):
        line["totalPrice"] = {key: value + selling["shippingCost"] for key, value in line["totalPrice"].items()}


def _hidden(address: Any, variants: Variants) -> Any:
    if variants.hidden_address == "null" or not isinstance(address, dict):
        return None
    return dict.fromkeys(address)


def _rewrite_times(value: Any, suffix: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in TIMES and isinstance(item, str) and item.endswith("Z"):
                value[key] = item[:-1] + suffix
            else:
                _rewrite_times(item, suffix)
    elif isinstance(value, list):
        for item in value:
            _rewrite_times(item, suffix)

"""Which carrier a cart's package gets and what it costs. Reads only.

Source: Cart::getDeliveryOption, Cart::getPackageShippingCost, Carrier::getCarriersForOrder; recorded carts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from ..core.shop import Shop
from ..core.store import Row, number
from ..core.tax import rate_of, tax_of
from .cart_price import Line

CartRows = list[dict[str, str]]


def brought_together(shop: Shop, rows: CartRows) -> list[tuple[CartRows, frozenset[str] | None]]:
    """The cart's rows in packages, with the carriers (ids of references) that bring each; None: any carrier.

    Cart::getPackageList: products are grouped by the carriers they are tied to (`product_carrier`), then the carrier
    that brings most groups takes them, and so on with the rest.
    """
    every = frozenset(row["id_reference"] for row in shop.store.table("carriers") if row["deleted"] == "0")
    groups: dict[frozenset[str], CartRows] = {}
    for row in rows:
        groups.setdefault(tied_to(shop, row["id_product"]) or every, []).append(row)
    packages: list[tuple[CartRows, frozenset[str] | None]] = []
    while groups:
        most = max(sorted(every), key=lambda carrier: sum(carrier in group for group in groups), default="")
        taken = [group for group in groups if most in group] or [next(iter(groups))]
        together = [row for group in taken for row in groups.pop(group)]
        allowed = frozenset.intersection(*taken)
        packages.append((together, None if allowed == every else allowed))
    return packages


def tied_to(shop: Shop, id_product: str) -> frozenset[str]:
    """The references of the carriers a product is tied to; none: to no carrier. The webservice shows nothing of it."""
    product = shop.store.table("products").get(id_product)
    return frozenset(product.get("tied_to_carriers", ())) if product else frozenset()


def carrier_of(shop: Shop, cart: Row, address: Row | None, allowed: frozenset[str] | None = None) -> Row | None:
    """The carrier the delivery option names if it may deliver there, else the shop's default; None if none may."""
    usable = {
        row["id"]: row
        for row in shop.store.table("carriers")
        if may_deliver(shop, row, cart, address) and (allowed is None or row["id_reference"] in allowed)
    }
    chosen = _option(cart.get("delivery_option", ""), address["id"] if address else "0")
    if chosen in usable:
        return usable[chosen]
    default = shop.setting("PS_CARRIER_DEFAULT")
    return usable.get(default) or min(usable.values(), key=lambda row: price_of(shop, row, address), default=None)


def _option(text: str, id_address: str) -> str:
    try:
        options = json.loads(text or "{}")
    except json.JSONDecodeError:
        return ""
    key = options.get(id_address, "") if isinstance(options, dict) else ""
    return key[:-1] if isinstance(key, str) and key.endswith(",") else ""


def may_deliver(shop: Shop, carrier: Row, cart: Row, address: Row | None) -> bool:
    if carrier["active"] != "1" or carrier["deleted"] != "0":
        return False
    zones = carrier.get("zones")
    if zones is not None and zone_of(shop, address) not in zones:
        return False
    customer = shop.store.table("customers").get(cart["id_customer"])
    groups = [entry["id"] for entry in customer.get("groups", [])] if customer else ["1"]
    allowed = carrier.get("groups")
    return allowed is None or any(group in allowed for group in groups)


def zone_of(shop: Shop, address: Row | None) -> str:
    """The state's before the country's (Address::getZoneById)."""
    state = shop.store.table("states").get(address.get("id_state", "0")) if address else None
    if state and state["id_zone"] not in ("", "0"):
        return str(state["id_zone"])
    country = shop.store.table("countries").get(
        address["id_country"] if address else shop.setting("PS_COUNTRY_DEFAULT")
    )
    return str(country["id_zone"]) if country else "0"


def price_of(shop: Shop, carrier: Row, address: Row | None) -> Decimal:
    """Without tax, handling included; 0 for a free carrier."""
    if carrier["is_free"] == "1":
        return Decimal(0)
    zone = zone_of(shop, address)
    rows = shop.store.table("deliveries").where("id_carrier", carrier["id"])
    price = next((number(row["price"]) for row in rows if row["id_zone"] in (zone, "0")), Decimal(0))
    handling = number(shop.setting("PS_SHIPPING_HANDLING")) if carrier["shipping_handling"] == "1" else Decimal(0)
    return price + handling


def shipping_of(
    shop: Shop, carrier: Row | None, lines: Sequence[Line], address: Row | None, taxed: Row | None
) -> tuple[Decimal, Decimal]:
    """What the package costs without tax at its address, and the carrier's tax rate in per cent at the tax address."""
    if carrier is None:
        return Decimal(0), Decimal(0)
    rate = rate_of(shop, carrier["id_tax_rules_group"], taxed)
    free_from = number(shop.setting("PS_SHIPPING_FREE_PRICE"))
    if free_from and sum(line.total_tax_incl for line in lines) >= free_from:
        return Decimal(0), rate
    price = price_of(shop, carrier, address)
    if carrier["is_free"] != "1":
        extra = (number(line.product["additional_shipping_cost"]) * line.quantity for line in lines)
        price += sum(extra, Decimal(0))
    return price, rate


def shipping_tax_of(shop: Shop, carrier: Row | None, address: Row | None) -> Row | None:
    return tax_of(shop, carrier["id_tax_rules_group"], address) if carrier else None

"""POST /orders: turns a cart into one order or several, the way PaymentModule::validateOrder does.

Of the posted entity only id_cart, id_customer, module, payment and total_paid have an effect. Nothing is undone
when PHP dies half-way: what was stored before stays.
"""

from __future__ import annotations

import string
import time
from dataclasses import dataclass, replace
from decimal import Decimal

from ..carts.cart_discount import discount_of
from ..carts.cart_price import Line, Totals, average_rate, conversion_of, lines_of, totals_of
from ..carts.cart_shipping import brought_together, carrier_of, shipping_of
from ..core import stock
from ..core.errors import Crashed
from ..core.shop import Shop, random_word
from ..core.store import Row, number
from ..core.tax import rate_of
from .order_row import add_order_row
from .order_state import add_history, add_payment, change_state

ALREADY = "Le panier ne peut être chargé ou une commande a déjà été réalisée avec ce panier"
OTHER_KEY = "Error processing order. Secure key does not match."
NOBODY: Row = {"id": "0", "secure_key": "", "id_default_group": "0"}


@dataclass(frozen=True)
class Package:
    """What goes to one address in one order."""

    id_address: str
    address: Row | None  # None: no such address
    lines: list[Line]
    carrier: Row | None
    totals: Totals
    carrier_tax_rate: Decimal


def place_order(shop: Shop, posted: Row) -> str:
    """Makes the order(s) of the posted entity's cart; returns the id of the last. Takes the shop's lock itself."""
    with shop.lock:
        cart = _usable_cart(shop, posted)
    if shop.order_seconds:
        time.sleep(shop.order_seconds)
    with shop.lock:
        return _store(shop, cart, posted)


def _usable_cart(shop: Shop, posted: Row) -> Row:
    if posted["module"] not in shop.modules:
        raise Crashed()
    cart = shop.store.table("carts").get(posted["id_cart"])
    if cart is None or shop.store.table("orders").where("id_cart", cart["id"]):
        raise Crashed(ALREADY if shop.major < 9 else "")
    customer = shop.store.table("customers").get(posted["id_customer"]) or NOBODY
    own = shop.store.table("customers").get(cart["id_customer"]) or NOBODY
    key = own["secure_key"] if cart["secure_key"] in ("", "-1") else cart["secure_key"]
    if key != customer["secure_key"]:
        raise Crashed(OTHER_KEY if shop.major < 9 else "")
    if key == "":
        raise Crashed()
    shop.store.table("carts").update(cart["id"], {"secure_key": key})
    return {**cart}


def _store(shop: Shop, cart: Row, posted: Row) -> str:
    packages = _packages(shop, cart)
    if not packages:
        raise Crashed()
    state = shop.store.table("order_states").get(shop.setting("PS_OS_WS_PAYMENT")) or {}
    paid = number(posted["total_paid"])
    total = sum((package.totals.paid_tax_incl for package in packages), Decimal(0))
    logable = state["logable"] == "1"
    initial = shop.setting("PS_OS_ERROR") if logable and f"{total:.2f}" != f"{paid:.2f}" else state["id"]
    reference = random_word(string.ascii_uppercase, 9)
    orders = [_order(shop, cart, posted, package, reference, initial) for package in packages]
    for order in orders:
        _delete_cart_prices(shop, cart["id"])
        if logable and order is orders[-1]:
            _pay(shop, order, paid, posted["payment"])
    for order in orders:
        change_state(shop, {**order}, initial, use_existing_payment=True)
        add_history(shop, order["id"], initial)
    return str(orders[-1]["id"])


def _packages(shop: Shop, cart: Row) -> list[Package]:
    """One package for each address that the rows name (9.x knows the cart's address only), and there one for each set
    of products that some carrier brings together.
    """
    by_address: dict[str, list[dict[str, str]]] = {}
    rows = sorted(cart.get("cart_rows", []), key=lambda one: (int(one["id_product"]), int(one["id_product_attribute"])))
    for row in rows:
        own = row.get("id_address_delivery", "0") if shop.major < 9 else "0"
        by_address.setdefault(own if own not in ("", "0") else cart["id_address_delivery"], []).append(row)
    packages = (
        _package(shop, cart, id_address, some, allowed)
        for id_address, rows in by_address.items()
        for some, allowed in brought_together(shop, rows)
    )
    return [package for package in packages if package.lines]


def _package(
    shop: Shop, cart: Row, id_address: str, rows: list[dict[str, str]], allowed: frozenset[str] | None = None
) -> Package:
    address = shop.store.table("addresses").get(id_address)
    if address is None:
        lines = lines_of(shop, cart, rows, None)
        return Package(id_address, None, lines, None, totals_of(shop, lines), Decimal(0))
    country = shop.store.table("countries").get(address["id_country"])
    if country is None or country["active"] != "1":
        raise Crashed()
    taxed = address
    if shop.setting("PS_TAX_ADDRESS_TYPE") == "id_address_invoice":
        taxed = shop.store.table("addresses").get(cart["id_address_invoice"]) or address
    lines = lines_of(shop, cart, rows, taxed)
    carrier = carrier_of(shop, cart, address, allowed)
    price, rate = shipping_of(shop, carrier, lines, address, taxed)
    price *= conversion_of(shop, cart["id_currency"])
    if shop.setting("PS_ATCP_SHIPWRAP") not in ("", "0"):  # the price is with tax then, at the goods' average rate
        rate = average_rate(shop, lines)
        price /= 1 + rate / 100
    totals = totals_of(shop, lines, price, rate, discount_of(shop, cart, lines))
    if shop.has_shipments:
        return Package(id_address, address, lines, carrier, _untaxed_shipping(totals), Decimal(0))
    if carrier is not None:  # the rate kept on the order is that of the cart's own address
        own = shop.store.table("addresses").get(cart[shop.setting("PS_TAX_ADDRESS_TYPE") or "id_address_delivery"])
        rate = rate_of(shop, carrier["id_tax_rules_group"], own)
    return Package(id_address, address, lines, carrier, totals, rate)


def _untaxed_shipping(totals: Totals) -> Totals:
    """An order without a carrier has no rate for its shipping: what it costs with tax is kept as its net too."""
    more = totals.shipping_tax_incl - totals.shipping_tax_excl
    net = totals.paid_tax_excl + more
    return replace(totals, shipping_tax_excl=totals.shipping_tax_incl, paid_tax_excl=net)


def _order(shop: Shop, cart: Row, posted: Row, package: Package, reference: str, id_state: str) -> Row:
    carrier, now = package.carrier, shop.now()
    same = "id_currency id_lang id_customer id_address_invoice id_shop id_shop_group recyclable gift gift_message"
    order = {name: cart[name] for name in same.split()} | _money(package)
    order |= {
        "id_cart": cart["id"],
        "id_address_delivery": package.id_address,
        "id_carrier": carrier["id"] if carrier and not shop.has_shipments else "0",
        "secure_key": cart["secure_key"],
        "module": posted["module"],
        "payment": posted["payment"],
        "reference": reference,
        "round_mode": shop.setting("PS_PRICE_ROUND_MODE"),
        "round_type": shop.setting("PS_ROUND_TYPE"),
        "conversion_rate": (shop.store.table("currencies").get(cart["id_currency"]) or {}).get("conversion_rate", "1"),
        "date_add": now,
        "date_upd": now,
    }
    stored = shop.add("orders", order)
    if package.address is None:  # PHP dies on it: the order stays as it is, without rows and in no state
        raise Crashed()
    for line in package.lines:
        add_order_row(shop, stored, line)
        if id_state not in (shop.setting("PS_OS_ERROR"), shop.setting("PS_OS_CANCELED")):
            stock.move(shop, line.product["id"], line.id_product_attribute, -line.quantity)
    if carrier is not None and not shop.has_shipments:
        _order_carrier(shop, stored, package)
    return stored


def _money(package: Package) -> dict[str, str]:
    totals = package.totals
    money = {
        "total_discounts": totals.discounts_tax_incl,
        "total_discounts_tax_incl": totals.discounts_tax_incl,
        "total_discounts_tax_excl": totals.discounts_tax_excl,
        "total_paid": totals.paid_tax_incl,
        "total_paid_tax_incl": totals.paid_tax_incl,
        "total_paid_tax_excl": totals.paid_tax_excl,
        "total_products": totals.products_tax_excl,
        "total_products_wt": totals.products_tax_incl,
        "total_shipping": totals.shipping_tax_incl,
        "total_shipping_tax_incl": totals.shipping_tax_incl,
        "total_shipping_tax_excl": totals.shipping_tax_excl,
        "carrier_tax_rate": package.carrier_tax_rate,
    }
    return {name: str(value) for name, value in money.items()}


def _order_carrier(shop: Shop, order: Row, package: Package) -> None:
    details = shop.store.table("order_details").where("id_order", order["id"])
    weight = sum((number(one["product_weight"]) * int(one["product_quantity"]) for one in details), Decimal(0))
    row = {
        "id_order": order["id"],
        "id_carrier": order["id_carrier"],
        "weight": str(weight),
        "shipping_cost_tax_excl": order["total_shipping_tax_excl"],
        "shipping_cost_tax_incl": order["total_shipping_tax_incl"],
        "date_add": order["date_add"],
    }
    shop.insert("order_carriers", row)


def _delete_cart_prices(shop: Shop, id_cart: str) -> None:
    for row in shop.store.table("specific_prices").where("id_cart", id_cart):
        shop.store.table("specific_prices").delete(row["id"])


def _pay(shop: Shop, order: Row, amount: Decimal, text: str) -> None:
    shop.store.table("orders").update(order["id"], {"total_paid_real": f"{amount:.6f}"})
    method = shop.cast("orders", {"payment": text})["payment"]
    add_payment(shop, order, amount, method)

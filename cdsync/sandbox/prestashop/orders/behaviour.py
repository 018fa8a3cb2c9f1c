"""What single resources do beyond storing their fields: the setters, add and update methods of PrestaShop's classes.

An entity here is the object of one request: texts as posted or as read, "" for null. Stored rows are cast copies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from ..core import stock
from ..core.errors import Crashed, Refused
from ..core.shop import Shop, random_word
from ..core.store import Row
from .order_state import change_state, set_state
from .place_order import place_order

TAKEN = {
    True: "Cet e-mail est déjà utilisé, veuillez en choisir un autre",
    False: "The email is already used, please choose another one",
}
HEX = "0123456789abcdef"


def hashed(password: str) -> str:
    """A stand-in for bcrypt: nobody signs in to the rehearsal's shop. A hash given back is kept."""
    if password.startswith("$2y$"):
        return password
    return "$2y$10$" + hashlib.sha256(password.encode()).hexdigest()[:53]


def add_customer(shop: Shop, entity: Row) -> None:
    if entity["is_guest"] == "1" and shop.setting("PS_GUEST_CHECKOUT_ENABLED") != "1":
        raise Refused(500, (46, "Unable to save resource"))
    _refuse_taken_email(shop, entity, 140)
    entity["secure_key"] = random_word(HEX, 32)
    minutes = int(shop.setting("PS_PASSWD_TIME_FRONT") or 360)
    entity["last_passwd_gen"] = shop.now(timedelta(minutes=minutes))
    entity["id_shop"] = entity["id_shop"] or "1"
    entity["id_shop_group"] = entity["id_shop_group"] or "1"
    if entity["is_guest"] == "1":
        entity["id_default_group"] = shop.setting("PS_GUEST_GROUP") or "2"


def update_customer(shop: Shop, entity: Row) -> None:
    before = shop.store.table("customers").get(entity["id"]) or {}
    if entity["email"].lower() != str(before.get("email", "")).lower():
        _refuse_taken_email(shop, entity, 141)


def _refuse_taken_email(shop: Shop, entity: Row, code: int) -> None:
    if entity["is_guest"] == "1" and shop.major >= 9:
        return
    wanted = entity["email"]
    for row in shop.store.table("customers").where("email", wanted):
        if row["id"] != entity.get("id") and row["is_guest"] == "0":
            raise Refused(500, (code, TAKEN[shop.french]), (46, "Unable to save resource"))


def add_specific_price(shop: Shop, entity: Row) -> None:
    """The table's unique key: the same row twice is refused. How each version says so was read, not recorded."""
    key = [
        "id_product",
        "id_product_attribute",
        "id_customer",
        "id_cart",
        "from",
        "to",
        "id_shop",
        "id_shop_group",
        "id_currency",
        "id_country",
        "id_group",
        "from_quantity",
        "id_specific_price_rule",
    ]
    new = shop.cast("specific_prices", entity)
    for row in shop.store.table("specific_prices").where("id_product", new["id_product"]):
        if all(row[name] == new[name] for name in key):
            if shop.major < 9:
                raise Crashed()
            raise Refused(500, (46, "Unable to save resource"))


def groups_of_customer(shop: Shop, row: Row, entries: list[dict[str, str]] | None) -> None:
    """The groups sent, else the default group; a guest is in the guests' group."""
    if row["is_guest"] == "1" and entries is None:
        entries = [{"id": row["id_default_group"]}]
    if entries is None:
        entries = row.get("groups") or ([{"id": row["id_default_group"]}] if row["id_default_group"] != "0" else [])
    shop.store.table("customers").update(row["id"], {"groups": [{"id": one["id"]} for one in entries]})


def rows_of_cart(shop: Shop, row: Row, entries: list[dict[str, str]] | None) -> None:
    """INSERT of all rows in one statement, without any check but the table's key and NOT NULL columns."""
    cleaned = [_cart_row(shop, row, one) for one in entries or []]
    keys = [tuple(one[name] for name in one if name != "quantity") for one in cleaned]
    incomplete = len(cleaned) == 1 and "id_product_attribute" not in (entries or [{}])[0]
    if not cleaned or len(set(keys)) < len(keys) or incomplete:
        shop.store.table("carts").update(row["id"], {"cart_rows": []})
        if shop.major < 9:
            raise Crashed()
        return
    shop.store.table("carts").update(row["id"], {"cart_rows": cleaned})


def _cart_row(shop: Shop, cart: Row, entry: dict[str, str]) -> dict[str, str]:
    names = ("id_product", "id_product_attribute", "id_address_delivery", "id_customization", "quantity")
    row = {name: str(int(entry.get(name) or 0)) for name in names}
    if shop.major >= 9:
        row["id_address_delivery"] = "0"
    return row


def set_order_state(shop: Shop, entity: Row, value: str) -> None:
    """orders.current_state as a setter: it acts at once, on the totals the entity has by then."""
    if not entity.get("id"):
        return
    if value not in ("", "0") and value != entity["current_state"]:
        set_state(shop, entity, value)


def set_shipping_number(shop: Shop, entity: Row, value: str) -> None:
    for carrier in shop.store.table("order_carriers").where("id_order", entity.get("id", ""))[:1]:
        shop.store.table("order_carriers").update(carrier["id"], {"tracking_number": value})


def add_order(shop: Shop, entity: Row) -> str:
    return place_order(shop, entity)


def add_history_line(shop: Shop, entity: Row) -> None:
    order = shop.store.table("orders").get(entity["id_order"])
    if order is None:
        raise Crashed()
    change_state(shop, {**order}, entity["id_order_state"], use_existing_payment=False)


def delete_address(shop: Shop, row: Row) -> bool:
    """True when the address stays, marked as deleted, because an order uses it."""
    orders = shop.store.table("orders")
    if orders.where("id_address_delivery", row["id"]) or orders.where("id_address_invoice", row["id"]):
        shop.store.table("addresses").update(row["id"], {"deleted": "1"})
        return True
    return False


def after_stock(shop: Shop, row: Row) -> None:
    if row["id_product_attribute"] != "0":
        stock.total_up(shop, row["id_product"])


SETTERS: dict[tuple[str, str], Callable[[Shop, Row, str], None]] = {
    ("orders", "current_state"): set_order_state,
    ("orders", "shipping_number"): set_shipping_number,
}
BEFORE_ADD: dict[str, Callable[[Shop, Row], None]] = {
    "customers": add_customer,
    "order_histories": add_history_line,
    "specific_prices": add_specific_price,
}
BEFORE_UPDATE: dict[str, Callable[[Shop, Row], None]] = {"customers": update_customer}
AFTER_UPDATE: dict[str, Callable[[Shop, Row], None]] = {"stock_availables": after_stock}
ASSOCIATIONS: dict[tuple[str, str], Callable[[Shop, Row, list[dict[str, str]] | None], None]] = {
    ("customers", "groups"): groups_of_customer,
    ("carts", "cart_rows"): rows_of_cart,
}
BEFORE_DELETE: dict[str, Callable[[Shop, Row], bool]] = {"addresses": delete_address}
KEPT_WHEN_EMPTY = {"customers": ("last_passwd_gen",)}
NO_POST = frozenset({"stock_availables"})
NO_DELETE = frozenset({"stock_availables"})

"""Fields and lists that PrestaShop computes when it shows an entity. Reads the database, writes nothing."""

from __future__ import annotations

from collections.abc import Callable

from ..core.shop import Shop
from ..core.store import Row

Entries = list[dict[str, str]]


def field_value(shop: Shop, resource: str, name: str, row: Row) -> str:
    """The text of a computed field of a stored row."""
    if (resource, name) == ("orders", "shipping_number"):
        carriers = shop.store.table("order_carriers").where("id_order", row["id"]) if row.get("id") else []
        return str(carriers[0]["tracking_number"]) if carriers else ""
    if (resource, name) == ("products", "quantity"):
        return "0"
    return str(row.get(name, ""))


def association(shop: Shop, resource: str, name: str, row: Row) -> Entries:
    """The entries of an association of a stored row; none for an association that is not modelled."""
    reader = _READERS.get((resource, name))
    if reader is not None:
        return reader(shop, row)
    entries: Entries = row.get(name, [])
    return entries


def _order_rows(shop: Shop, row: Row) -> Entries:
    fields = [
        "product_id",
        "product_attribute_id",
        "product_quantity",
        "product_name",
        "product_reference",
        "product_ean13",
        "product_isbn",
        "product_upc",
        "product_price",
        "id_customization",
        "unit_price_tax_incl",
        "unit_price_tax_excl",
    ]
    details = shop.store.table("order_details").where("id_order", row["id"])
    return [{"id": one["id"], **{name: one[name] for name in fields}} for one in details]


def _cart_rows(shop: Shop, row: Row) -> Entries:
    entries: Entries = row.get("cart_rows", [])
    return sorted(
        (
            {**one, **({"id_address_delivery": "0"} if shop.major >= 9 and int(row["id"]) > 5 else {})}
            for one in entries
        ),
        key=lambda one: (int(one["id_product"]), int(one["id_product_attribute"])),
    )


def _combinations(shop: Shop, row: Row) -> Entries:
    found = shop.store.table("combinations").where("id_product", row["id"])
    return [{"id": one["id"]} for one in sorted(found, key=lambda one: str(one["id"]))]


def _option_values(shop: Shop, row: Row) -> Entries:
    found: dict[str, None] = {}
    combinations = shop.store.table("combinations").where("id_product", row["id"])
    for combination in sorted(combinations, key=lambda one: str(one["id"])):
        found.update({entry["id"]: None for entry in combination.get("product_option_values", [])})
    return [{"id": one} for one in found]


def _stock_rows(shop: Shop, row: Row) -> Entries:
    found = shop.store.table("stock_availables").where("id_product", row["id"])
    return [{"id": one["id"], "id_product_attribute": one["id_product_attribute"]} for one in found]


def _thread_messages(shop: Shop, row: Row) -> Entries:
    found = shop.store.table("customer_messages").where("id_customer_thread", row["id"])
    return [{"id": one["id"]} for one in found]


_READERS: dict[tuple[str, str], Callable[[Shop, Row], Entries]] = {
    ("orders", "order_rows"): _order_rows,
    ("carts", "cart_rows"): _cart_rows,
    ("products", "combinations"): _combinations,
    ("products", "product_option_values"): _option_values,
    ("products", "stock_availables"): _stock_rows,
    ("customer_threads", "customer_messages"): _thread_messages,
}

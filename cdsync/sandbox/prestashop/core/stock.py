"""Stock rows: reading and moving quantities, the product's row along with the combination's."""

from __future__ import annotations

from .shop import NO_SHOP, Shop
from .store import Row


def stock_row(shop: Shop, id_product: str, attribute: str = "0") -> Row | None:
    """The own shop's row, or its group's where that shares its stock (StockAvailable::addSqlShopRestriction)."""
    rows = shop.store.table("stock_availables").where("id_product", id_product)
    return next((row for row in rows if row["id_product_attribute"] == attribute and _is_own(shop, row)), None)


def _is_own(shop: Shop, row: Row) -> bool:
    if shop.own_group["share_stock"] == "1":
        return row["id_shop"] in NO_SHOP and row["id_shop_group"] == shop.own_group["id"]
    return bool(row["id_shop"] == shop.own_shop)


def quantity_of(shop: Shop, id_product: str, attribute: str = "0") -> int:
    """0 where there is no row, as PrestaShop."""
    row = stock_row(shop, id_product, attribute)
    return int(row["quantity"]) if row else 0


def move(shop: Shop, id_product: str, attribute: str, by: int) -> None:
    """Adds `by` (may be negative) to the row and, for a combination, to the product's total."""
    for one in dict.fromkeys((attribute, "0")):
        row = stock_row(shop, id_product, one)
        if row is not None:
            quantity = str(int(row["quantity"]) + by)
            shop.store.table("stock_availables").update(row["id"], {"quantity": quantity})


def total_up(shop: Shop, id_product: str) -> None:
    """Sets the product's row to the sum of its combinations' rows, if it has any."""
    rows = shop.store.table("stock_availables").where("id_product", id_product)
    parts = [int(row["quantity"]) for row in rows if row["id_product_attribute"] != "0"]
    total = next((row for row in rows if row["id_product_attribute"] == "0"), None)
    if parts and total is not None:
        shop.store.table("stock_availables").update(total["id"], {"quantity": str(sum(parts))})

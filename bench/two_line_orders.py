"""Orders to import that are all alike: a new customer each, two products, a shipping that is not the shop's own."""

from __future__ import annotations

from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from cdsync.sandbox.prestashop import PrestaShopSandbox

PRICE, SHIPPING = "9.99", "3.33"  # of a piece, of the order; tax included
TOTAL = "33.30"  # of two lines: one piece of the first product, two of the second


def add_orders(market: OctopiaSandbox, shop: PrestaShopSandbox, size: int, lines: int = 2) -> None:
    """Puts so many into the marketplace, of products of the shop."""
    sold, known = skus(shop, lines), len(market.orders())
    for number in range(known, known + size):
        wanted = [
            line_json(sku=sku, quantity=1 + place, unit_price=PRICE, shipping=SHIPPING if place == 0 else "0.00")
            for place, sku in enumerate(sold)
        ]
        market.add(order_json(lines=wanted, customer_reference=f"buyer-{number}"))


def skus(shop: PrestaShopSandbox, count: int) -> list[str]:
    """Products that are sold as they are, without combinations."""
    with_combinations = {row["id_product"] for row in shop.rows("combinations")}
    sold = [row for row in shop.rows("products") if row["active"] == "1" and row["reference"]]
    return [row["reference"] for row in sold if row["id"] not in with_combinations][:count]

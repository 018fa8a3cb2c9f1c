"""What is in stock, and whether the shop sells what is not. Reads only, and always anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..webservice.client import Webservice
from .own_shop import own_stock
from .reference import Reference

DENY, ALLOW = "0", "1"  # stock_availables.out_of_stock; anything else: as the shop's setting says


@dataclass(frozen=True)
class Stock:
    """quantity: pieces, below zero when oversold."""

    quantity: int
    backorders: bool


def read_stock(
    webservice: Webservice, reference: Reference, articles: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Stock]:
    """By product and combination, in one request for some hundreds; articles without a row are left out."""
    wanted = set(articles)
    if not wanted:
        return {}
    rows = webservice.rows_where(
        "stock_availables", "id_product", sorted({product for product, _ in wanted}),
        display="[id,id_product,id_product_attribute,id_shop,id_shop_group,quantity,out_of_stock]",
    )  # fmt: skip
    rows = own_stock(rows, lambda: reference.own_shop, webservice.shop_id)
    by_default = reference.settings.get("PS_ORDER_OUT_OF_STOCK", "0") == "1"
    # Whether back orders are taken stands on the product's own row, also for its combinations.
    rules = {r["id_product"]: r["out_of_stock"] for r in rows if r["id_product_attribute"] in ("", "0")}
    found: dict[tuple[str, str], Stock] = {}
    for row in rows:
        key = (row["id_product"], row["id_product_attribute"] or "0")
        if key in wanted:
            rule = rules.get(key[0], "2")
            found[key] = Stock(int(row.money("quantity")), {DENY: False, ALLOW: True}.get(rule, by_default))
    return found

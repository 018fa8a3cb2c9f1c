"""What is in stock. Reads only, and always anew."""

from __future__ import annotations

from collections.abc import Iterable

from ..webservice.client import Webservice
from .own_shop import own_stock
from .reference import Reference


def read_stock(
    webservice: Webservice, reference: Reference, articles: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Pieces by product and combination, below zero when oversold; articles without a row are left out.

    One request for some hundreds.
    """
    wanted = set(articles)
    if not wanted:
        return {}
    rows = webservice.rows_where(
        "stock_availables", "id_product", sorted({product for product, _ in wanted}),
        display="[id,id_product,id_product_attribute,id_shop,id_shop_group,quantity]",
    )  # fmt: skip
    rows = own_stock(rows, lambda: reference.own_shop, webservice.shop_id)
    keyed = (((row["id_product"], row["id_product_attribute"] or "0"), row) for row in rows)
    return {key: row.number("quantity") for key, row in keyed if key in wanted}

"""Finding orders by what a person types: one number or several, a name, a SKU. Pure SQL."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, and_, func, or_

from cdsync.models import Order, OrderLine, ShopOrder

MOST_WORDS = 200  # numbers pasted at once; more are left out


def words_of(text: str) -> list[str]:
    """What was typed, cut at spaces, commas, semicolons and line ends."""
    return list(dict.fromkeys(word for word in re.split(r"[\s,;]+", text) if word))[:MOST_WORDS]


def matching(text: str, *, buyers: bool = True) -> ColumnElement[bool] | None:
    """Orders one of whose numbers or SKUs is one of the words, or which hold every word somewhere; None: no words.

    buyers: whether names and places are searched too; whoever may not see them could ask for them letter by letter.
    """
    words = words_of(text)
    if not words:
        return None
    lowered = [word.lower() for word in words]
    exact = or_(
        func.lower(Order.reference).in_(lowered),
        func.lower(Order.marketplace_ref).in_(lowered),
        Order.shop_orders.any(or_(func.lower(ShopOrder.reference).in_(lowered), ShopOrder.shop_ref.in_(words))),
        Order.lines.any(func.lower(OrderLine.sku).in_(lowered)),
    )
    if len(words) > 8:  # a list of numbers, not a name
        return exact
    return or_(exact, and_(*(_somewhere(word, buyers) for word in words)))


def _somewhere(word: str, buyers: bool) -> ColumnElement[bool]:
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"
    columns = [Order.reference, Order.marketplace_ref, *([Order.buyer_name, Order.buyer_place] if buyers else ())]
    return or_(
        *(column.ilike(pattern, escape="\\") for column in columns),
        Order.shop_orders.any(ShopOrder.reference.ilike(pattern, escape="\\")),
        Order.lines.any(or_(OrderLine.sku.ilike(pattern, escape="\\"), OrderLine.title.ilike(pattern, escape="\\"))),
    )

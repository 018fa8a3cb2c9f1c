"""Who the buyers are, for those who may see it; what everybody else reads in its place. One rule for every page.

Fields of an order are hidden as they are, free text by the values of the order it is about. Text of another system or
of a person that is about no order is hidden: nothing tells whom it may name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select

from cdsync.connectors.recording.masking import HIDDEN
from cdsync.db import db
from cdsync.models import Order, ReconcileRow
from cdsync.orders.shop_side.buyer import Hide, hide_buyers, out_of

from .access import sees_customers
from .current_account import account

OTHERS_WORDS = frozenset({"message", "detail", "value"})  # of an error's data: another system's own words
_NOT_PERSONAL = frozenset({"country_code"})


def register(app: Flask) -> None:
    """Gives templates the filter `personal` and the functions `about` and `about_named`."""
    app.jinja_env.filters["personal"] = personal
    app.jinja_env.globals.update(about=about, about_named=about_named)


def personal(value: str | None) -> str:
    """A field that says who the buyer is."""
    return (value or "") if sees_customers() or not value else HIDDEN


def hider(orders: Iterable[Order]) -> Hide:
    """What takes the buyers of these orders out of a text, for this person."""
    return str if sees_customers() else hide_buyers(orders)


def data(given: Mapping[str, Any], orders: Sequence[Order]) -> dict[str, Any]:
    """The data of an error or event about these orders, none if it is about no single one."""
    if sees_customers():
        return dict(given)
    found: dict[str, Any] = out_of(dict(given), hide_buyers(orders))
    return found if orders else found | dict.fromkeys(OTHERS_WORDS & found.keys(), HIDDEN)


def address(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An address's fields; without the right only its country."""
    if sees_customers():
        return dict(fields)
    return {name: value if name in _NOT_PERSONAL else _hidden(value) for name, value in fields.items()}


def corrections(order: Order) -> list[dict[str, str]]:
    """What cleaning changed of the buyer's address; without the right only where and why."""
    return [each | {name: personal(each[name]) for name in ("before", "after")} for each in order.corrections or ()]


def about(row: ReconcileRow) -> list[Order]:
    """The order of a comparison's row, if it has one and it matters for this person."""
    order = None if sees_customers() or not row.order_id else db.session.get(Order, row.order_id)
    return [order] if order else []


def words_about(row: ReconcileRow, text: str | None) -> str:
    """Free text of a comparison's row: what the shop calls its payment, why somebody dismissed it."""
    if sees_customers() or not text:
        return text or ""
    orders = about(row)
    return hide_buyers(orders)(text) if orders else HIDDEN


def about_named(refs: Sequence[str]) -> Sequence[Order]:
    """The orders of the account looked at with these ids, if they matter for this person."""
    if sees_customers() or not refs:
        return ()
    return db.session.scalars(
        select(Order).where(Order.account_id == account().id, Order.marketplace_ref.in_(refs))
    ).all()


def _hidden(value: Any) -> Any:
    return [HIDDEN] if value and isinstance(value, list | tuple) else HIDDEN if value else value

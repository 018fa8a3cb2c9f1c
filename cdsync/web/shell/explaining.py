"""The error catalogue for pages: the article of a code, the page each step leads to, and who can fix it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from cdsync import error_catalogue
from cdsync.error_catalogue import Explanation
from cdsync.models import Order
from cdsync.orders import parts_of

from . import current_account, customer_data

PLACES = {
    "settings.marketplace": ("settings.page", "marketplace"),
    "settings.shop": ("settings.page", "shop"),
    "settings.orders": ("settings.page", "orders"),
    "settings.statuses": ("settings.page", "statuses"),
    "settings.carriers": ("settings.page", "carriers"),
    "settings.marketplace_carriers": ("settings.page", "marketplace_carriers"),
    "settings.moved": ("moves.page", None),
    "connect": ("connect.page", None),
    "rehearsal": ("rehearsal.page", None),
    "automation": ("automation.page", None),
    "runs": ("runs.page", None),
    "problems": ("problems.page", None),
    "products": ("products.page", None),
}


def register(app: Flask) -> None:
    """For templates."""
    app.jinja_env.globals.update(explain=explain, place=place, who_can_fix=who_can_fix)


def explain(
    code: str,
    data: Mapping[str, Any] | None = None,
    *,
    orders: Sequence[Order] = (),
    marketplace: str | None = None,
    overdue: bool = False,
) -> Explanation:
    """The article of a code as this person may read it; `orders`: whose buyers its data may name.

    marketplace: what it is called, where the article is not about the account of the page.
    """
    called = current_account.marketplace_name() if marketplace is None else marketplace
    return error_catalogue.explain(code, customer_data.data(data or {}, orders), marketplace=called, overdue=overdue)


def title(code: str, data: Mapping[str, Any] | None = None, *, orders: Sequence[Order] = ()) -> str:
    """The title of `explain`, without the rest of the article: for lists."""
    called = current_account.marketplace_name()
    return error_catalogue.title_of(code, customer_data.data(data or {}, orders), marketplace=called)


def place(target: str, order: Order | None = None, marketplace_url: str = "") -> str:
    """The address a step's target stands for, or "" where there is none for this order.

    marketplace_url: the order's page on the marketplace, when it is known.
    """
    if target in PLACES:
        endpoint, anchor = PLACES[target]
        return url_for(endpoint, _anchor=anchor)
    if order is None:
        return ""
    if target == "order":
        return url_for("orders.order_page", ref=order.marketplace_ref)
    if target == "shop.order":
        return next((made.url for made in parts_of(order) if made.url), "")
    return marketplace_url if target == "marketplace.order" else ""


def who_can_fix(who: str) -> str:
    """Who can fix it, in a word."""
    known = {
        "you": _("you"),
        "marketplace": current_account.marketplace_name() or _("the marketplace"),
        "host": _("your shop's host"),
        "us": _("the makers of cdsync"),
    }
    return str(known.get(who, who))


__all__ = ["Explanation", "explain", "place", "title", "who_can_fix"]

"""Mending a problem on the order's page: the carrier for a delivery mode, the product for a SKU. Then the next try.

The choice is remembered for every later order; the choices come live from the shop.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from cdsync import products, settings, states
from cdsync.connectors.base import Choice, ProductMatch
from cdsync.error_catalogue.articles.entry import Remedy
from cdsync.errors import CdsyncError
from cdsync.models import Order
from cdsync.order_lists import listing

from ..one_order.view import OrderView, view_of
from ..shell import outside
from ..shell.access import actor, is_merchant, merchant_only
from ..shell.messages import flash
from ..shell.parts import leave_for, page_or_part
from ..text.language import _, ngettext
from .actions import go_on


@dataclass(frozen=True)
class Fix:
    """What the form shows: the choices, or why there are none, or what was wrong with the last answer."""

    subject: str  # the delivery mode or the SKU
    carriers: tuple[Choice, ...] = ()
    matches: tuple[ProductMatch, ...] = ()
    term: str = ""
    trouble: CdsyncError | None = None
    error: str = ""
    also: list[int] = field(default_factory=list)  # other orders that wait for the same

    def button(self, order: Order) -> str:
        """What choosing does: it is remembered, and the orders that wait for it are imported."""
        if order.state != states.TO_IMPORT:
            return _("Use it, and remember")
        count = len(self.also) + 1
        return ngettext("Use it, remember, and import", "Use it, remember, and import all %(num)s", count)


def map_carrier(ref: str) -> Response | BaseResponse:
    """GET and POST /orders/<ref>/carrier"""
    view = _stopped(ref, "carrier")
    mode = str((view.order.problem_data or {}).get("mode") or view.order.delivery_mode)
    if request.method == "GET":
        return _carrier_form(view, Fix(mode))
    return _use_carrier(view, mode)


@merchant_only
def _use_carrier(view: OrderView, mode: str) -> Response | BaseResponse:
    carrier = request.form.get("carrier", "").strip()
    if not carrier:
        return _carrier_form(view, Fix(mode, error=_("Choose a carrier.")), 422)
    account, ref = view.account, view.order.marketplace_ref
    ids = [view.order.id, *listing.with_same_problem(view.order)]
    known = dict(settings.read(account).orders.carriers)
    settings.load({"account": account.name, "orders": {"carriers": {**known, mode: carrier}}}, actor=actor())
    flash(_("“%(mode)s” uses this carrier from now on.", mode=mode), "good")
    go_on(ids)
    return leave_for(url_for("orders.order_page", ref=ref))


def map_product(ref: str) -> Response | BaseResponse:
    """GET and POST /orders/<ref>/product"""
    view = _stopped(ref, "product")
    sku = str((view.order.problem_data or {}).get("sku") or "")
    if request.method == "GET":
        return _product_form(view, sku, request.args.get("term", "").strip())
    return _use_product(view, sku)


@merchant_only
def _use_product(view: OrderView, sku: str) -> Response | BaseResponse:
    term = request.form.get("term", "").strip()
    product_ref, _sign, combination_ref = request.form.get("product", "").partition("-")
    wanted = (product_ref, combination_ref or "0")
    account_id, ref, order_id = view.account.id, view.order.marketplace_ref, view.order.id
    matches, trouble = _search(view, term)
    if trouble is None and wanted not in {(each.product_ref, each.combination_ref) for each in matches}:
        error = _("Choose one of the products found.")
        return _product_page(view_of(ref), Fix(sku, matches=matches, term=term, error=error), 422)
    if trouble is not None:
        return _product_page(view_of(ref), Fix(sku, term=term, trouble=trouble), 422)
    products.remember(account_id, sku, *wanted, actor=actor())
    flash(_("“%(sku)s” is this product from now on.", sku=sku), "good")
    go_on(sorted({order_id, *products.orders_waiting_for(account_id, sku)}))
    return leave_for(url_for("orders.order_page", ref=ref))


def _stopped(ref: str, by: Remedy) -> OrderView:
    view = view_of(ref)
    if view.fix != by:
        abort(404)
    return view


def _carrier_form(view: OrderView, fix: Fix, status: int = 200) -> Response:
    ref, account = view.order.marketplace_ref, view.account
    carriers: tuple[Choice, ...] = ()
    trouble: CdsyncError | None = None
    if is_merchant():
        try:
            with outside.asked("carriers", account.id):
                carriers = tuple(each for each in outside.shop(account).reference_data().carriers if each.active)
        except CdsyncError as error:
            trouble = error
    view = view_of(ref)
    filled = Fix(fix.subject, carriers=carriers, trouble=trouble, error=fix.error, also=_also(view.order))
    return page_or_part("orders/fix.html", "orders/_carrier_fix.html", status, view=view, fix=filled, part="carrier")


def _product_form(view: OrderView, sku: str, term: str) -> Response:
    ref = view.order.marketplace_ref
    matches, trouble = _search(view, term) if is_merchant() else ((), None)
    return _product_page(view_of(ref), Fix(sku, matches=matches, term=term, trouble=trouble))


def _product_page(view: OrderView, fix: Fix, status: int = 200) -> Response:
    return page_or_part("orders/fix.html", "orders/_product_fix.html", status, view=view, fix=fix, part="product")


def _search(view: OrderView, term: str) -> tuple[tuple[ProductMatch, ...], CdsyncError | None]:
    """What the shop finds under a reference, EAN or supplier reference. Parents of combinations cannot be ordered."""
    if not term:
        return (), None
    try:
        with outside.asked("product", view.account.id, term):
            found = outside.shop(view.account).products([term]).get(term, [])
    except CdsyncError as error:
        return (), error
    return tuple(match for match in found if not match.is_parent), None


def _also(order: Order) -> list[int]:
    return listing.with_same_problem(order)

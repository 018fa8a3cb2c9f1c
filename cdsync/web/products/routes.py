"""Products: each SKU orders asked for, what the shop made of it, and the merchant's own mapping. Changes no product."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from cdsync import products
from cdsync.connectors.base import ProductMatch
from cdsync.errors import CdsyncError
from cdsync.operations import start_and_enqueue

from ..shell import access, frame, named_rows, outside
from ..shell.access import merchant_only
from ..shell.messages import flash
from ..shell.parts import go_to, leave_for, page_or_part, with_link
from ..shell.typed_text import page_number
from ..text.language import _, ngettext
from .words import filter_words

pages = Blueprint("products", __name__, url_prefix="/products")


LONGEST = 255  # of a SKU, as the table keeps it


@pages.get("")
def page() -> Response:
    """The SKUs, by filter and search."""
    account_id = frame.account().id
    text = request.args.get("q", "").strip()[:LONGEST]
    only = request.args.get("only", "")
    only = only if only in products.FILTERS else ""
    found, counts = products.seen(account_id, text=text, only=only, page=page_number(request.args.get("page")))
    return page_or_part(
        "products/page.html",
        "products/_list.html",
        found=found,
        counts=counts,
        text=text,
        only=only,
        filters=filter_words(),
    )


@pages.get("/choose")
def choose() -> Response:
    """One SKU: searching the shop for the product it is. The search term is a reference, EAN or supplier reference."""
    sku = request.args.get("sku", "")
    named_rows.sku(sku)
    return _choice(sku, request.args.get("term", "").strip())


@pages.post("/map")
@merchant_only
def remember() -> Response | BaseResponse:
    """Stores the merchant's word on a SKU, after asking the shop once more that the product is there."""
    sku, term = request.form.get("sku", ""), request.form.get("term", "").strip()
    product_ref, _sign, combination_ref = request.form.get("product", "").partition("-")
    if not sku or len(sku) > LONGEST or not product_ref:
        return _choice(sku, term, error=_("Choose one of the products found."), status=422)
    matches, error = _search(term)
    if error is not None:
        return _choice(sku, term, status=422)
    wanted = (product_ref, combination_ref or "0")
    if wanted not in {(each.product_ref, each.combination_ref) for each in matches if not each.is_parent}:
        return _choice(sku, term, error=_("The shop no longer finds this product. Search again."), status=422)
    account = frame.account()
    products.remember(account.id, sku, *wanted, actor=access.actor())
    return _mapped(sku)


@pages.post("/forget")
@merchant_only
def forget() -> BaseResponse:
    """Drops the merchant's word on a SKU: the shop is searched again."""
    sku = request.form.get("sku", "")
    if products.forget(frame.account().id, sku):
        flash(_("cdsync searches the shop for “%(sku)s” again.", sku=sku), "good")
    else:
        flash(_("There was no mapping for “%(sku)s”.", sku=sku), "wait")
    return go_to(access.came_from() or url_for("products.page"))


def _mapped(sku: str) -> BaseResponse:
    """After a mapping: the orders that waited for it are imported, when there are any."""
    account = frame.account()
    waiting = products.orders_waiting_for(account.id, sku)
    flash(_("“%(sku)s” is mapped. Your choice overrides every search from now on.", sku=sku), "good")
    if waiting:
        try:
            run = start_and_enqueue(account, "import", trigger="button", actor=access.actor(), order_ids=waiting)
        except CdsyncError:
            text = ngettext("%(num)s order waits for it.", "%(num)s orders wait for it.", len(waiting))
            flash(with_link(text, url_for("problems.page"), _("Problems")), "wait")
        else:
            text = ngettext(
                "%(num)s order that waited for it is being imported.",
                "%(num)s orders that waited for it are being imported.",
                len(waiting),
            )
            flash(with_link(text, url_for("runs.run_page", id=run.id), _("Run %(id)s", id=run.id)), "good")
    return leave_for(url_for("products.page", q=sku))


def _search(term: str) -> tuple[list[ProductMatch], CdsyncError | None]:
    """What the shop finds for a term, and why it could not be asked. Makes requests, so no transaction stays open."""
    if not term:
        return [], None
    account = frame.account()
    try:
        with outside.asked("product", account.id, term):
            return outside.shop(account).products([term]).get(term, []), None
    except CdsyncError as error:
        return [], error


def _choice(sku: str, term: str, *, error: str = "", status: int = 200) -> Response:
    matches, trouble = _search(term)
    account_id = frame.account().id
    return page_or_part(
        "products/choose.html",
        "products/_choose.html",
        status,
        sku=sku[:LONGEST],
        term=term,
        matches=matches,
        trouble=trouble,
        error=error,
        mapping=products.mapped(account_id, sku),
        lines=products.seen(account_id, text=sku)[0].items if sku else [],
    )

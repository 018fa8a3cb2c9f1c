"""Reconcile: marketplace's list against shop's list, every order in one kind. Compares nothing itself.

A row that does not match can be repaired by the operation that looks before it writes, or dismissed with a reason.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from cdsync import reconciliations, settings, states
from cdsync.db import db
from cdsync.models import Order, ReconcileRow, Reconciliation, Run
from cdsync.operations import ANEW, start_and_enqueue
from cdsync.overview import reconciled
from cdsync.reconciliations import ALARMING, KINDS, MISSING, NOT_LOOKED_UP, SHOP_ORDER_GONE, TWICE
from cdsync.runs import lists as run_list

from ..runs.words import ended_badly
from ..shell import access, elsewhere, frame
from ..shell.access import merchant_only
from ..shell.customer_data import words_about
from ..shell.messages import flash
from ..shell.parts import go_to, page_or_part, with_link
from ..shell.typed_text import page_number
from ..text.csv_answers import csv_answer
from ..text.reconcile_words import advice, kind_badge, kind_word, why_word

pages = Blueprint("reconcile", __name__, url_prefix="/reconcile")

LONGEST_REASON = 255
_MADE_ANEW = frozenset({states.IMPORTED, states.TO_IMPORT})


@pages.get("")
def page() -> Response:
    """The last comparison: what does not match first, each other kind on its tab."""
    return _page(reconciliations.latest(db.session(), frame.account().id))


@pages.post("/<int:row_id>/dismiss")
@merchant_only
def dismiss(row_id: int) -> Response | BaseResponse:
    """A person has looked and says why the row is all right."""
    row = elsewhere.reconcile_row(row_id)
    reason = " ".join(request.form.get("reason", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        error = _("Say in a few words why this row is all right.") if not reason else _("At most 255 characters.")
        return _page(row.reconciliation, {row.id: error}, 422)
    ref = row.ref or ", ".join(row.shop_refs)
    reconciliations.dismiss(row.id, reason=reason, actor=access.actor())
    flash(_("%(ref)s is dismissed.", ref=ref), "good")
    return _back()


@pages.post("/<int:row_id>/repair")
@merchant_only
def repair(row_id: int) -> BaseResponse:
    """Starts the operation that can put the row right; it looks on both sides before it writes."""
    row = elsewhere.reconcile_row(row_id)
    if not can_be_repaired(row):
        abort(400)
    options = {ANEW: True} if row.why == SHOP_ORDER_GONE else None
    run = start_and_enqueue(
        frame.account(), "import", trigger="button", actor=access.actor(), order_ids=[row.order_id or 0],
        options=options,
    )  # fmt: skip
    return _started(run, _("%(ref)s is being imported.", ref=row.reference or row.ref))


@pages.post("/<int:row_id>/cancel")
@merchant_only
def cancel(row_id: int) -> BaseResponse:
    """Cancels one of two shop orders of a row, then compares anew; the run looks into the shop first."""
    shop_order, numbers = request.form.get("shop_order", ""), cancellable(elsewhere.reconcile_row(row_id))
    if shop_order not in numbers:
        abort(400)
    options = {"cancel": shop_order}
    run = start_and_enqueue(frame.account(), "reconcile", trigger="button", actor=access.actor(), options=options)
    return _started(run, _("%(number)s is being cancelled, then both sides are compared.", number=numbers[shop_order]))


@pages.get("/reconcile.csv")
def as_csv() -> Response:
    """Every row of the last comparison."""
    latest = reconciliations.latest(db.session(), frame.account().id)
    rows = reconciled.every_row(latest.id) if latest else ()
    head = (
        "kind", "order", "reference", "why", "shop_orders", "marketplace_total", "shop_total", "difference",
        "dismissed_at", "dismissed_by", "dismissed_reason",
    )  # fmt: skip
    return csv_answer("reconcile", head, (_cells(row) for row in rows), frame.account())


def can_be_repaired(row: ReconcileRow) -> bool:
    """Whether an import puts the row right: no lookup had seen the order, and it is known now; or its shop order is
    gone, and the marketplace still waits for the parcel.
    """
    order = db.session.get(Order, row.order_id) if row.kind == MISSING and row.order_id else None
    if order is None or row.dismissed_at is not None or imported_since(row):
        return False
    return row.why == NOT_LOOKED_UP or (row.why == SHOP_ORDER_GONE and order.state in _MADE_ANEW)


def imported_since(row: ReconcileRow) -> bool:
    """Whether a missing order has been imported after the comparison, whose verdict stays what it was."""
    order = db.session.get(Order, row.order_id) if row.kind == MISSING and row.order_id else None
    imported_at = order.imported_at if order else None
    return imported_at is not None and imported_at > row.reconciliation.at


def cancellable(row: ReconcileRow) -> dict[str, str]:
    """Of a row with several live shop orders: their numbers for people, by the shop's id."""
    live = row.data.get("live") or []
    if row.kind != TWICE or row.dismissed_at is not None or len(live) < 2:
        return {}
    numbers = dict(zip(row.shop_refs or (), row.data.get("numbers") or (), strict=False))
    return {ref: numbers.get(ref) or f"#{ref}" for ref in live}


def alarms(latest: Reconciliation | None) -> int:
    """How many orders of a comparison do not match, those dismissed left out."""
    return sum(latest.counts.get(kind, 0) for kind in ALARMING) if latest else 0


def _page(latest: Reconciliation | None, errors: dict[int, str] | None = None, status: int = 200) -> Response:
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    newest = run_list.newest(frame.account().id, "reconcile")
    return page_or_part(
        "reconcile/page.html",
        "reconcile/_rows.html",
        status,
        latest=latest,
        running=newest if newest and newest.open else None,
        failed=newest if newest and ended_badly(newest) else None,
        ended_badly=ended_badly,
        kinds=reconciled.kinds(latest.id) if latest else [],
        alarms=alarms(latest),
        found=reconciled.rows_of(latest.id, kind, page_number(request.args.get("page"))) if latest else None,
        kind=kind,
        errors=errors or {},
        alarming=ALARMING,
        kind_word=kind_word,
        kind_badge=kind_badge,
        advice=advice,
        why_word=why_word,
        words_about=words_about,
        can_be_repaired=can_be_repaired,
        imported_since=imported_since,
        cancellable=cancellable,
        may_cancel=bool(settings.read(frame.account()).orders.cancelled_status),
    )


def _started(run: Run, what: str) -> BaseResponse:
    link = with_link(what, url_for("runs.run_page", id=run.id), _("Run %(id)s", id=run.id))
    flash(link, "good")
    return _back()


def _back() -> BaseResponse:
    return go_to(access.came_from() or url_for("reconcile.page"))


def _cells(row: ReconcileRow) -> tuple[object, ...]:
    both = row.marketplace_total is not None and row.shop_total is not None
    return (
        row.kind,
        row.ref,
        row.reference,
        row.why,
        " ".join(row.shop_refs),
        row.marketplace_total,
        row.shop_total,
        (row.shop_total or 0) - (row.marketplace_total or 0) if both else None,
        row.dismissed_at.isoformat(timespec="seconds") if row.dismissed_at else None,
        row.dismissed_by,
        words_about(row, row.dismissed_reason),
    )

"""Reconcile: marketplace's list against shop's list, every order in one kind. Compares nothing itself.

A row that does not match can be repaired by the operation that looks before it writes, or dismissed with a reason.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from cdsync import reconciliations, settings
from cdsync.db import db
from cdsync.models import ReconcileRow, Reconciliation, Run
from cdsync.operations import IMPORT_AGAIN, start_and_enqueue
from cdsync.overview import reconciled
from cdsync.reconciliations import ALARMING, KINDS, SHOP_ORDER_GONE
from cdsync.runs import lists as run_list

from ..runs.words import ended_badly
from ..shell import access, frame, named_rows
from ..shell.access import merchant_only
from ..shell.customer_data import words_about
from ..shell.messages import flash
from ..shell.parts import go_to, page_or_part, with_link
from ..shell.typed_text import page_number
from ..text.csv_answers import csv_answer
from ..text.reconcile_words import kind_word
from .view import RowShown, alarms, can_be_repaired, cancellable, kind_note

pages = Blueprint("reconcile", __name__, url_prefix="/reconcile")

pages.add_app_template_filter(kind_word)
pages.add_app_template_filter(kind_note)
pages.add_app_template_filter(ended_badly)

LONGEST_REASON = 255


@pages.get("")
def page() -> Response:
    """The last comparison: what does not match first, each other kind on its tab."""
    return _page(reconciliations.latest(db.session(), frame.account().id))


@pages.post("/<int:row_id>/dismiss")
@merchant_only
def dismiss(row_id: int) -> Response | BaseResponse:
    """A person has looked and says why the row is all right."""
    row = named_rows.reconcile_row(row_id)
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
    row = named_rows.reconcile_row(row_id)
    if not can_be_repaired(row):
        abort(400)
    options = {IMPORT_AGAIN: True} if row.why == SHOP_ORDER_GONE else None
    run = start_and_enqueue(
        frame.account(), "import", trigger="button", actor=access.actor(), order_ids=[row.order_id or 0],
        options=options,
    )  # fmt: skip
    return _started(run, _("%(ref)s is being imported.", ref=row.reference or row.ref))


@pages.post("/<int:row_id>/cancel")
@merchant_only
def cancel(row_id: int) -> BaseResponse:
    """Cancels one of two shop orders of a row, then compares anew; the run looks into the shop first."""
    shop_order, numbers = request.form.get("shop_order", ""), cancellable(named_rows.reconcile_row(row_id))
    if shop_order not in numbers:
        abort(400)
    options = {"cancel": shop_order}
    run = start_and_enqueue(frame.account(), "reconcile", trigger="button", actor=access.actor(), options=options)
    return _started(run, _("%(number)s is being cancelled; then both sides are compared.", number=numbers[shop_order]))


@pages.get("/reconcile.csv")
def as_csv() -> Response:
    """Every row of the last comparison."""
    latest = reconciliations.latest(db.session(), frame.account().id)
    rows = reconciled.every_row(latest.id, _cells) if latest else ()
    head = (
        "kind", "order", "reference", "why", "shop_orders", "marketplace_total", "shop_total", "difference",
        "dismissed_at", "dismissed_by", "dismissed_reason",
    )  # fmt: skip
    return csv_answer("reconcile", head, rows, frame.account())


def _page(latest: Reconciliation | None, errors: dict[int, str] | None = None, status: int = 200) -> Response:
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    newest = run_list.newest(frame.account().id, "reconcile")
    found = reconciled.rows_of(latest.id, kind, page_number(request.args.get("page"))) if latest else None
    may_cancel = bool(settings.read(frame.account()).orders.cancelled_status)
    told = errors or {}
    return page_or_part(
        "reconcile/page.html",
        "reconcile/_rows.html",
        status,
        latest=latest,
        running=newest if newest and newest.open else None,
        failed=newest if newest and ended_badly(newest) else None,
        kinds=reconciled.kinds(latest.id) if latest else [],
        alarms=alarms(latest),
        found=found,
        rows=[RowShown(row, access.is_merchant(), may_cancel, told.get(row.id, "")) for row in found or ()],
        kind=kind,
        alarming=ALARMING,
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

"""Problems: one cause, many orders, and a button that tries them all again. Records no problem itself."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from cdsync.models import Order
from cdsync.operations import start_and_enqueue
from cdsync.order_lists.selection import operation_to_retry
from cdsync.overview import causes
from cdsync.overview.causes import all_orders, orders_of

from ..shell import access, frame
from ..shell.explaining import explain
from ..shell.messages import flash
from ..shell.parts import go_to, page_or_part, with_link
from ..text.csv_answers import csv_answer
from ..text.language import _, ngettext
from .view import described

pages = Blueprint("problems", __name__, url_prefix="/problems")


@pages.get("")
def page() -> Response:
    """Every cause: those a person must look at first, then those that heal by themselves."""
    found = causes(frame.account().id)
    stopping = [described(cause) for cause in found if cause.needs_a_person]
    healing = [described(cause) for cause in found if not cause.needs_a_person]
    return page_or_part(
        "problems/page.html",
        "problems/_causes.html",
        groups=[(True, stopping), (False, healing)],
        orders=sum(cause.count for cause in found),
        causes=len(found),
    )


@pages.post("/retry")
def retry() -> BaseResponse:
    """Tries all orders of one cause again, in one run of the operation that the problem stopped."""
    code, operation = request.form.get("code", ""), request.form.get("operation", "")
    stopped = orders_of(frame.account().id, code, operation)
    if not stopped:
        flash(_("No order has this problem now."), "wait")
        return go_to(url_for("problems.page"))
    run = start_and_enqueue(
        frame.account(),
        operation_to_retry(operation, code),
        trigger="button",
        actor=access.actor(),
        order_ids=[order.id for order in stopped],
    )
    text = ngettext("%(num)s order is tried again.", "%(num)s orders are tried again.", len(stopped))
    flash(with_link(text, url_for("runs.run_page", id=run.id), _("Run %(id)s", id=run.id)), "good")
    return go_to(url_for("problems.page"))


@pages.get("/problems.csv")
def as_csv() -> Response:
    """Every order with a problem: no buyer's data, only numbers and reasons."""
    head = ("order", "reference", "state", "code", "problem", "operation", "since", "attempts", "next_try_at")
    of = frame.account()
    return csv_answer("problems", head, all_orders(of.id, _cells), of)


def _cells(order: Order) -> tuple[str | int | None, ...]:
    return (
        order.marketplace_ref,
        order.reference,
        order.state,
        order.problem_code,
        explain(order.problem_code or "", order.problem_data or {}, orders=[order]).title,
        order.problem_operation,
        order.problem_since.isoformat(timespec="seconds") if order.problem_since else None,
        order.attempts,
        order.next_try_at.isoformat(timespec="seconds") if order.next_try_at else None,
    )

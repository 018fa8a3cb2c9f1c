"""Runs: the list, one run with its orders, starting and stopping. Does no operation's work itself.

Support may look orders up and compare both sides; what writes to a marketplace or a shop is started by a merchant.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from cdsync import runs
from cdsync.bookkeeping.at_work import written_by_now
from cdsync.models import Run
from cdsync.operations import OPERATIONS, start_and_enqueue
from cdsync.overview import keeps_failing
from cdsync.runs import lists as run_list
from cdsync.runs.lists import OUTCOMES, RunFilter

from ..shell import access, frame, named_rows
from ..shell.explaining import explain
from ..shell.messages import flash
from ..shell.parts import go_to, page_or_part, with_link
from ..shell.silence_words import last_answer, silence_of
from ..shell.typed_text import page_number
from ..text.words import operation_word
from .figures import counts, started_by, took
from .words import begun, chosen_words, in_hand_words, nothing_touched, now_words, still_because, stop_asked, stop_words

pages = Blueprint("runs", __name__, url_prefix="/runs")

pages.add_app_template_filter(took, "run_took")
pages.add_app_template_filter(counts, "run_counts")
pages.add_app_template_filter(started_by)
pages.add_app_template_filter(silence_of, "run_silence")
pages.add_app_template_filter(last_answer)
pages.add_app_template_filter(now_words, "run_now")
pages.add_app_template_filter(chosen_words, "run_chosen")
pages.add_app_template_filter(nothing_touched)
pages.add_app_template_filter(still_because)
pages.add_app_template_filter(stop_words)

READING = frozenset({"lookup", "reconcile"})  # these write to neither side


@pages.get("")
def page() -> Response:
    """Every run, newest first; asks again by itself while one on the page is open."""
    wanted = RunFilter(
        operation=_one_of(request.args.get("operation"), OPERATIONS),
        outcome=_one_of(request.args.get("outcome"), OUTCOMES),
        page=page_number(request.args.get("page")),
    )
    found = run_list.runs_of(frame.account().id, wanted)
    return page_or_part(
        "runs/page.html",
        "runs/_list.html",
        found=found,
        wanted=wanted,
        args={name: value for name in ("operation", "outcome") if (value := getattr(wanted, name))},
        operations=[("", _("Every operation")), *((each, operation_word(each)) for each in OPERATIONS)],
        outcomes=outcome_words(),
        running=any(run.open for run in found),
    )


@pages.get("/<int:id>")
def run_page(id: int) -> Response:
    """One run: how far it got, what ended it, what became of each order."""
    run = named_rows.run(id)
    outcome = request.args.get("outcome", "")
    outcomes = run_list.outcomes_of(run.id)
    touched = run_list.touched_by(run.id, outcomes, outcome, page_number(request.args.get("page")))
    return page_or_part(
        "runs/run.html",
        "runs/_run.html",
        run=run,
        told=explain(run.error_code, run.error_data or {}, overdue=keeps_failing(run)) if run.error_code else None,
        touched=touched,
        in_hand=_in_hand(run, outcomes),
        outcomes=outcomes,
        outcome=outcome,
        args={"id": run.id, "outcome": outcome or None},
    )


def _in_hand(run: Run, outcomes: Mapping[str, int]) -> str:
    if not run.open or run.operation != "import":
        return ""
    return in_hand_words(outcomes.get("working", 0), written_by_now(run.id) if outcomes.get("working") else 0)


@pages.post("/start")
def start() -> BaseResponse:
    """Starts an operation for all orders that are due, then back to where the button was."""
    operation = request.form.get("operation", "")
    if operation not in OPERATIONS:
        abort(400)
    if operation not in READING and not access.is_merchant():
        abort(403)
    run = start_and_enqueue(frame.account(), operation, trigger="button", actor=access.actor())
    url = url_for("runs.run_page", id=run.id)
    flash(with_link(begun(operation), url, _("Run %(id)s", id=run.id)), "good")
    return go_to(access.own_path(request.form.get("next")) or access.came_from() or url)


@pages.post("/<int:id>/stop")
def stop(id: int) -> BaseResponse:
    """Asks a run to end between two orders: the merchant any run, others their own."""
    run = named_rows.run(id)
    if not access.may_stop(run):
        abort(403)
    if run.open:
        runs.request_stop(run.id)
        flash(stop_asked(run), "good")
    else:
        flash(_("The run had already ended."), "wait")
    return go_to(access.came_from() or url_for("runs.run_page", id=id))


def outcome_words() -> list[tuple[str, str]]:
    """The ways a run can stand, for the filter."""
    return [
        ("", _("Every outcome")),
        ("open", _("Running or queued")),
        ("well", _("Finished well")),
        ("problems", _("Finished with problems")),
        ("failed", _("Failed")),
        ("stopped", _("Stopped")),
    ]


def _one_of(word: str | None, known: tuple[str, ...]) -> str:
    return word if word in known else ""

"""What a person starts from the orders' pages: lookup, accept, refuse, import, retry. Each is a run; no work here."""

from __future__ import annotations

from typing import Any

from flask import abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from cdsync import runs
from cdsync.db import transaction
from cdsync.errors import CdsyncError
from cdsync.models import Run
from cdsync.operations import IMPORT_AGAIN, start_and_enqueue
from cdsync.order_lists import listing, selection
from cdsync.order_lists.order_filter import OrderFilter
from cdsync.order_lists.selection import IMPORT, REFUSE, RETRY, Selection
from cdsync.orders import dismiss_problem, import_anyway

from ..order_list.query import ListQuery, read_query
from ..order_list.view import Ticked, read_ticked
from ..runs.words import stop_asked
from ..shell import frame, named_rows
from ..shell.access import actor, by_me, came_from, is_merchant, may_stop, merchant_only, own_path
from ..shell.errors import say
from ..shell.messages import flash
from ..shell.parts import go_to, with_link
from ..text.language import _
from .action_messages import nothing_to_do, started
from .by_hand import DONE_HERE, do_here


def lookup() -> BaseResponse:
    """POST /orders/lookup: reads the marketplace now. Reading is for both roles."""
    run = _start("lookup")
    return go_to(url_for("orders.page", **_watching(read_query(request.form), run)))


def act() -> BaseResponse:
    """POST /orders/act: one action for the ticked orders, or for all that match."""
    everything, action = _read_button(request.form.get("do", ""))
    _allow(action)
    wanted = read_query(request.form)
    ticked = read_ticked(request.form, wanted, or_all=everything)
    if action == REFUSE and not _confirmed(ticked):
        ids: dict[str, Any] = {"id": ticked.selection.ids} if ticked.selection.ids else {"scope": ticked.scope}
        return go_to(url_for("orders.refusal", **ids, **wanted.args(page=wanted.page)))
    if not ticked.counts.takes(action):
        flash(nothing_to_do(ticked, action), "wait")
        return go_to(url_for("orders.page", **wanted.args()))
    if action in DONE_HERE:
        do_here(ticked.selection, action)
        return go_to(url_for("orders.page", **wanted.args()))
    begun = _start_for(ticked.selection, action)
    most = max(begun, key=lambda run: len(run.wanted or ()))  # a retry may mean several runs
    return go_to(url_for("orders.page", **_watching(wanted, most)))


def act_on_one(ref: str) -> BaseResponse:
    """POST /orders/<ref>/act"""
    order = named_rows.order(ref)
    back = url_for("orders.order_page", ref=order.marketplace_ref)
    order_id, action = order.id, request.form.get("do", "")
    if action == "reread":
        _start("lookup", [order_id])
    elif action == "import_anyway":
        _import_anyway(order_id)
    elif action == IMPORT_AGAIN:
        _import_again(order_id)
    elif action == "dismiss":
        _dismiss(order_id)
    elif action == REFUSE and is_merchant() and not request.form.get("confirmed"):
        return go_to(url_for("orders.order_refusal", ref=ref))
    elif action == "retry_alike":
        alike = [order_id, *listing.with_same_problem(order)]
        _start_for(selection.of_ids(alike, OrderFilter()), RETRY)
    elif action in DONE_HERE:
        _allow(action)
        do_here(selection.of_ids([order_id], OrderFilter()), action)
    else:
        _allow(action)
        if not _start_for(selection.of_ids([order_id], OrderFilter()), action):
            flash(_("That is no longer possible for this order. The page shows where it stands now."), "wait")
    return go_to(back)


def stop(id: int) -> BaseResponse:
    """POST /orders/runs/<id>/stop: ends it after the order it is at."""
    run = named_rows.run(id)
    if not may_stop(run):
        abort(403)
    runs.request_stop(run.id)
    flash(stop_asked(run), "wait")
    return go_to(own_path(came_from()) or url_for("orders.page"))


def _allow(action: str) -> None:
    """Support may retry what has a problem; deciding on an order is the merchant's."""
    if action not in selection.ACTIONS:
        abort(400)
    if action != RETRY and not is_merchant():
        abort(403)


def _read_button(value: str) -> tuple[bool, str]:
    """(whether all that match are meant when nothing is ticked, the action): "all:import" or "import"."""
    everything, _colon, action = value.rpartition(":")
    return everything == "all", action


def _confirmed(ticked: Ticked) -> bool:
    """Whether the person was told how many orders they refuse for good, and it is still that many."""
    return request.form.get("confirmed") == str(ticked.counts.to_accept)


@merchant_only
def _import_anyway(order_id: int) -> None:
    """A person decided past the buyer's wish to cancel: kept on the order, then imported."""
    with transaction() as session:
        import_anyway(session, order_id, by_me())
    _start("import", [order_id])


@merchant_only
def _import_again(order_id: int) -> None:
    """A person wants the shop order that is gone once more: the run looks into the shop before anything is made."""
    _start("import", [order_id], options={IMPORT_AGAIN: True})


@merchant_only
def _dismiss(order_id: int) -> None:
    with transaction() as session:
        dismiss_problem(session, order_id, by_me(), reason=request.form.get("reason", "").strip()[:500])
    flash(_("Settled. This problem will not come up again for this order."), "good")


def go_on(order_ids: list[int]) -> None:
    """After a mapping: the orders that waited for it are imported; those not there yet are looked at again.

    What was remembered stays remembered when no run can be started now; that is said.
    """
    selected = selection.of_ids(order_ids, OrderFilter())
    try:
        if not _start_for(selected, IMPORT):
            _start("lookup", order_ids)
    except CdsyncError as error:
        flash(say(error), "wait")


def _start_for(selected: Selection, action: str) -> list[Run]:
    """A run for each operation the action means for these orders."""
    found = selection.ids_by_operation(frame.account().id, selected, action)
    return [_start(operation, ids, refuse=action == REFUSE) for operation, ids in found.items()]


def _start(
    operation: str,
    order_ids: list[int] | None = None,
    *,
    refuse: bool = False,
    options: dict[str, Any] | None = None,
) -> Run:
    """Starts a run and says so. Raises ConfigError: run.already_running, redis.away, settings.incomplete."""
    run = start_and_enqueue(
        frame.account(),
        operation,
        trigger="button",
        actor=actor(),
        order_ids=order_ids,
        options={"refuse": True} if refuse else options,
    )
    url = url_for("runs.run_page", id=run.id)
    flash(with_link(started(operation, len(order_ids or ()), refuse), url, _("Run %(id)s", id=run.id)), "good")
    return run


def _watching(wanted: ListQuery, run: Run) -> dict[str, Any]:
    """The list's address with the run in it: its rows stay in place until the person goes elsewhere."""
    return wanted.args(run=run.id, page=wanted.page)

"""The words of states, operations and outcomes, in the reader's language. No markup, no database."""

from __future__ import annotations

from collections.abc import Callable

from cdsync import states
from cdsync.models import Order, Run
from cdsync.orders import needs_a_person
from cdsync.reconciliations import ALARMING

from .language import _

# kinds of badge: good ✓, do →, wait ◔, busy ◐, bad !, dead ○
Badge = tuple[str, str]


def stops(order: Order) -> bool:
    """Whether its problem is a person's matter, rather than one of waiting."""
    return needs_a_person(order.problem_kind, order.problem_data, order.problem_since)


def state_badge(state: str) -> Badge:
    """(kind, word) of a state as it is, whatever problem there may be."""
    known: dict[str, tuple[str, Callable[[], str]]] = {  # one is said, of nine: each row of a list asks
        states.ANNOUNCED: ("wait", lambda: _("announced")),
        states.TO_ACCEPT: ("do", lambda: _("to accept")),
        states.ACCEPTED: ("wait", lambda: _("accepted, waiting")),
        states.TO_IMPORT: ("do", lambda: _("to import")),
        states.IMPORTED: ("good", lambda: _("imported")),
        states.SHIPPED: ("good", lambda: _("shipped")),
        states.REFUSED: ("dead", lambda: _("refused")),
        states.CANCELLED: ("dead", lambda: _("cancelled")),
        states.ELSEWHERE: ("dead", lambda: _("handled elsewhere")),
    }
    kind, word = known.get(state, ("dead", lambda: state))
    return kind, word()


def order_badge(order: Order) -> Badge:
    """(kind, word) for an order: what stops it, else how far it got."""
    if order.problem_code and stops(order):
        return "bad", cannot(order.problem_operation or "", order.state)
    if order.problem_code and order.problem_kind == "unknown":
        return "wait", _("checking")
    if order.problem_code:
        return "wait", _("will retry")
    if not order.status_known:
        return "wait", _("unknown status")
    if order.state == states.IMPORTED and order.waiting_for_tracking_since:
        return "wait", _("waits for tracking")
    return state_badge(order.state)


def cannot(operation: str, state: str) -> str:
    """What a problem keeps from happening, as the word of a badge; "problem" where the order is past that step."""
    known: dict[tuple[str, str], Callable[[], str]] = {
        ("accept", states.TO_ACCEPT): lambda: _("cannot accept"),
        ("import", states.TO_IMPORT): lambda: _("cannot import"),
        ("import", states.TO_ACCEPT): lambda: _("could not be imported"),
        ("ship", states.IMPORTED): lambda: _("cannot ship"),
    }
    return known.get((operation, state), lambda: _("problem"))()


def working(operation: str) -> str:
    """What goes on with an order while a run works on it."""
    known = {"accept": _("accepting"), "import": _("importing"), "ship": _("telling"), "lookup": _("looking up")}
    return known.get(operation, _("working"))


def operation_word(operation: str) -> str:
    """The name of an operation, to begin a sentence or a line with."""
    known = {
        "lookup": _("Lookup"),
        "accept": _("Accept"),
        "import": _("Import"),
        "ship": _("Ship"),
        "reconcile": _("Reconcile"),
    }
    return known.get(operation, operation)


def run_badge(run: Run) -> Badge:
    """(kind, word) of a run; a finished one that met problems says so."""
    if run.state == "finished" and _met_problems(run):
        return "bad", _("finished, with problems")
    known: dict[str, Badge] = {
        "queued": ("wait", _("queued")),
        "running": ("busy", _("running")),
        "finished": ("good", _("finished")),
        "failed": ("bad", _("failed")),
        "stopped": ("dead", _("stopped")),
        "lost": ("bad", _("lost its worker")),
    }
    return known.get(run.state, ("dead", run.state))


def _met_problems(run: Run) -> bool:
    """Whether somebody has to look. A comparison only counts orders that have a problem of their own."""
    kinds = ALARMING if run.operation == "reconcile" else ("problem",)
    return any(run.counts.get(kind) for kind in kinds)


def outcome_badge(outcome: str) -> Badge:
    """(kind, word) of what a run did with an order."""
    known: dict[str, Badge] = {
        "done": ("good", _("done")),
        "problem": ("bad", _("problem")),
        "waiting": ("wait", _("waiting")),
        "skipped": ("dead", _("skipped")),
        "pending": ("dead", _("not yet")),
        "working": ("busy", _("working")),
    }
    return known.get(outcome, ("dead", outcome))


def trigger_word(trigger: str) -> str:
    """What started a run."""
    known = {
        "button": _("a person"),
        "cron": _("cron"),
        "scheduler": _("the schedule"),
        "arrival": _("new orders"),
        "cli": _("command line"),
    }
    return known.get(trigger, trigger)


def matched_by(how: str) -> str:
    """How the product of a SKU was found."""
    known = {
        "reference": _("matched by reference"),
        "ean": _("matched by EAN"),
        "supplier_reference": _("matched by supplier reference"),
        "mapping": _("mapped by you"),
    }
    return str(known.get(how, how))

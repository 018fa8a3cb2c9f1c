"""What a run does or did, as one sentence for the lists of orders. No database."""

from __future__ import annotations

from cdsync.models import Run, RunOrder

from ..shell.explaining import explain
from ..text.formats import number
from ..text.language import _, ngettext
from ..text.words import operation_word


def result_look(run: Run) -> str:
    """How its result is shown: "good" where it ended as it should, "bad" where somebody has to look, else "calm"."""
    if run.error_code or run.counts.get("problem"):
        return "bad"
    return "good" if run.state == "finished" else "calm"


def doing(run: Run) -> str:
    """What an open run does: "Importing", or that it waits for a worker."""
    if run.state == "queued":
        return _("%(operation)s is waiting for a worker", operation=operation_word(run.operation))
    if _refuses(run):
        return _("Refusing orders")
    known = {
        "lookup": _("Looking up orders"),
        "accept": _("Accepting orders"),
        "import": _("Importing orders"),
        "ship": _("Telling the marketplace"),
        "reconcile": _("Comparing both sides"),
    }
    return known.get(run.operation, run.operation)


def now_words(run: Run) -> str:
    """What an open run is at, over its bar."""
    if run.state == "queued":
        return _("Waiting for a worker")
    return stops_words(run) if run.stop_requested else _("Running")


def stop_words(run: Run) -> str:
    """What the button says that asks a run to end: when it looks whether it is to, each operation in its own way."""
    known = {
        "lookup": _("Stop after this page"),
        "reconcile": _("Stop after this page"),
        "import": _("Stop after the orders in hand"),
    }
    return known.get(run.operation, _("Stop after this order"))


def stops_words(run: Run) -> str:
    """What is said of a run that was asked to end, and has not yet."""
    known = {
        "lookup": _("Stops after this page"),
        "reconcile": _("Stops after this page"),
        "import": _("Stops after the orders in hand"),
    }
    return known.get(run.operation, _("Stops after this order"))


def stop_asked(run: Run) -> str:
    """What asking it to end has done, as a sentence."""
    known = {
        "lookup": _("The run stops after the page it is reading."),
        "reconcile": _("The run stops after the page it is reading."),
        "import": _("The run stops after the orders it has in hand."),
    }
    return known.get(run.operation, _("The run stops after the order it is working on."))


def in_hand_words(in_hand: int, written: int) -> str:
    """What an import is doing while its count stands still: "50 in hand, 20 of them written to the shop"; "" without.

    written: how many of them the shop has by now.
    """
    if not in_hand:
        return ""
    if not written:
        return _("%(num)s in hand", num=number(in_hand))
    return _("%(num)s in hand, %(written)s of them written to the shop", num=number(in_hand), written=number(written))


def chosen_words(run: Run) -> str:
    """Which orders it was started for."""
    if run.wanted is None:
        return _("all that were due")
    return ngettext("%(num)s chosen order", "%(num)s chosen orders", len(run.wanted))


def nothing_touched(run: Run) -> tuple[str, str]:
    """What to say, and to explain, where a run has no orders to show."""
    title = _("No orders yet") if run.open else _("No order was touched")
    return title, _("A lookup lists only the orders that changed.") if run.operation == "lookup" else ""


def still_because(done: RunOrder) -> str:
    """Why an order was stopped in a run, as long as that still stops it; else ""."""
    order = done.order
    if not done.code or order.problem_code != done.code:
        return ""
    return explain(done.code, order.problem_data or {}, orders=[order]).title


def start_words(operation: str) -> str:
    """What a button says that starts an operation for all orders that are due."""
    known = {
        "lookup": _("Look up orders now"),
        "accept": _("Accept what waits now"),
        "import": _("Import what is due now"),
        "ship": _("Tell the marketplace now"),
        "reconcile": _("Compare now"),
    }
    return known[operation]


def begun(operation: str) -> str:
    """What a button that starts an operation for all orders has done, as a sentence."""
    known = {
        "lookup": _("Orders are being looked up."),
        "accept": _("The orders that wait are being accepted."),
        "import": _("The orders that are due are being imported."),
        "ship": _("The marketplace is being told what was shipped."),
        "reconcile": _("Both sides are being compared."),
    }
    return known[operation]


def result(run: Run) -> str:
    """What a run that ended did: "18 imported, 2 problems"; first how it ended, when that was not at its end."""
    done, problems = run.counts.get("done", 0), run.counts.get("problem", 0)
    known = {
        "lookup": _("%(n)s read", n=number(done)),
        "accept": _("%(n)s refused", n=number(done)) if _refuses(run) else _("%(n)s accepted", n=number(done)),
        "import": _("%(n)s imported", n=number(done)),
        "ship": _("%(n)s told to the marketplace", n=number(done)),
        "reconcile": _("%(n)s compared", n=number(done)),
    }
    parts = [known.get(run.operation, number(done))] if done else []
    if run.counts.get("new"):
        parts.append(_("%(n)s new", n=number(run.counts["new"])))
    if problems and run.operation == "lookup":
        parts.append(_("%(n)s with a problem", n=number(problems)))  # they were read, and are among those
    elif problems:
        parts.append(ngettext("%(num)s problem", "%(num)s problems", problems, num=number(problems)))
    if run.counts.get("waiting"):
        parts.append(_("%(n)s waiting", n=number(run.counts["waiting"])))
    if run.counts.get("skipped"):
        parts.append(_("%(n)s skipped", n=number(run.counts["skipped"])))
    ended = ended_badly(run)
    counted = ", ".join(parts) or ("" if ended else _("Nothing to do"))
    return " · ".join(each for each in (ended, counted) if each)


def ended_badly(run: Run) -> str:
    """How a run ended that did not get to its end, else ""."""
    if run.state == "stopped":
        return _("Stopped")
    if run.state == "lost":
        return _("Its worker went away; the next run continues")
    if run.state == "failed":
        return explain(run.error_code, run.error_data or {}).title if run.error_code else _("Failed")
    return ""


def _refuses(run: Run) -> bool:
    return bool(run.options.get("refuse"))

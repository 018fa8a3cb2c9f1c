"""What a run does or did, as one sentence for the lists of orders. No database."""

from __future__ import annotations

from cdsync.models import Run

from .language import _, ngettext
from .words import operation_word


def is_good(run: Run) -> bool:
    """Whether it ended as it should: nothing stopped it, no order met a problem."""
    return run.state == "finished" and not run.error_code and not run.counts.get("problem")


def doing(run: Run) -> str:
    """What an open run does: "Importing", or that it waits for a worker."""
    if run.state == "queued":
        return _("%(operation)s waits for a worker", operation=operation_word(run.operation))
    if run.options.get("refuse"):
        return _("Refusing orders")
    known = {
        "lookup": _("Looking up orders"),
        "accept": _("Accepting orders"),
        "import": _("Importing orders"),
        "ship": _("Telling the marketplace"),
        "reconcile": _("Comparing both sides"),
    }
    return known.get(run.operation, run.operation)


def result(run: Run) -> str:
    """What a run that ended did: "18 imported, 2 problems"."""
    done, problems = run.counts.get("done", 0), run.counts.get("problem", 0)
    known = {
        "lookup": _("%(n)s read", n=done),
        "accept": _("%(n)s refused", n=done) if run.options.get("refuse") else _("%(n)s accepted", n=done),
        "import": _("%(n)s imported", n=done),
        "ship": _("%(n)s told to the marketplace", n=done),
        "reconcile": _("%(n)s compared", n=done),
    }
    parts = [known.get(run.operation, str(done))] if done else []
    if problems:
        parts.append(ngettext("%(num)s problem", "%(num)s problems", problems))
    if run.counts.get("waiting"):
        parts.append(_("%(n)s waiting", n=run.counts["waiting"]))
    if run.counts.get("skipped"):
        parts.append(_("%(n)s skipped", n=run.counts["skipped"]))
    return ", ".join(parts) or _("Nothing to do")

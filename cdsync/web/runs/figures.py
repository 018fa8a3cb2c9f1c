"""What a run did, in figures: how long it took, its counts in a line, who started it. No database."""

from __future__ import annotations

from datetime import timedelta

from cdsync.db import now
from cdsync.models import Run
from cdsync.reconciliations import DEAD, EQUAL, KINDS, PROBLEM, WAITING

from ..text.formats import number
from ..text.language import _, ngettext
from ..text.reconcile_words import kind_word
from ..text.words import trigger_word


def took(run: Run) -> timedelta | None:
    """How long it worked, so far when it still does; None when nobody has taken it yet."""
    if run.started_at is None:
        return None
    return (run.finished_at or now()) - run.started_at


def started_by(run: Run) -> str:
    """A person's name when one pressed a button, else what started it, and who where that says more."""
    if run.trigger == "button":
        return run.actor or trigger_word(run.trigger)
    if run.actor and run.actor != run.trigger:
        return f"{trigger_word(run.trigger)}, {run.actor}"
    return trigger_word(run.trigger)


def counts(run: Run) -> str:
    """Its counts in a line: "12 new · 40 imported · 2 problems"; "" when there are none."""
    known = KINDS if run.operation == "reconcile" else _ORDER
    words = [_counted(run, name) for name in known if run.counts.get(name)]
    if not words and not run.open and run.state == "finished":
        return str(_("nothing to do"))
    return " · ".join(words)


_ORDER = ("new", "done", "problem", "waiting", "skipped", "warning")


def _counted(run: Run, name: str) -> str:
    count = run.counts[name]
    if run.operation == "reconcile":
        return f"{number(count)} {_of_kind(name)}"
    if name == "problem" and run.operation == "lookup":
        return str(_("%(num)s with a problem", num=number(count)))  # they were read, and are among those
    if name == "problem":
        return str(ngettext("%(num)s problem", "%(num)s problems", count))
    if name == "warning":
        return str(ngettext("%(num)s warning", "%(num)s warnings", count))
    if name == "done":
        return f"{number(count)} {_done(run)}"
    words = {"new": _("new"), "waiting": _("waiting"), "skipped": _("skipped")}
    return f"{number(count)} {words[name]}"


def _of_kind(kind: str) -> str:
    """A kind of row of a comparison, after its number."""
    short: dict[str, str] = {
        PROBLEM: _("with a problem"),
        EQUAL: _("equal"),
        DEAD: _("closed"),
        WAITING: _("waiting"),
    }
    return short.get(kind) or kind_word(kind).lower()


def _done(run: Run) -> str:
    """What "done" means for an order of this run."""
    known: dict[str, str] = {
        "lookup": _("read"),
        "accept": _("refused") if run.options.get("refuse") else _("accepted"),
        "import": _("imported"),
        "ship": _("told to the marketplace"),
    }
    return known.get(run.operation) or str(_("done"))

"""What a run did, in words and figures. No database."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from ..db import now
from ..models import Run
from .reconcile_words import kind_word
from .shown import number


def took(run: Run) -> timedelta | None:
    """How long it worked, so far when it still does; None when nobody has taken it yet."""
    if run.started_at is None:
        return None
    return (run.finished_at or now()) - run.started_at


def counts(run: Run) -> str:
    """Its counts in a line: "12 new · 40 done · 2 problems"; "" when there are none."""
    words = [_counted(name, count) for name, count in sorted(run.counts.items(), key=_place) if count]
    if not words and not run.open and run.state == "finished":
        return _("nothing to do")
    return " · ".join(words)


_ORDER = ("new", "done", "problem", "waiting", "skipped", "warning")


def _place(item: tuple[str, int]) -> tuple[int, str]:
    name = item[0]
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _counted(name: str, count: int) -> str:
    if name == "problem":
        return ngettext("%(num)s problem", "%(num)s problems", count)
    if name == "warning":
        return ngettext("%(num)s warning", "%(num)s warnings", count)
    words = {"new": _("new"), "done": _("done"), "waiting": _("waiting"), "skipped": _("skipped")}
    return f"{number(count)} {words.get(name) or kind_word(name).lower()}"

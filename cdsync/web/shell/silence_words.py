"""What does not move although it should, in words: lines of the overview, and what the pages of runs say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from flask import url_for
from markupsafe import Markup

from cdsync.db import now
from cdsync.models import Account, Run
from cdsync.overview import OperationStatus, WaitingRun, no_answer_since, no_lookup_since, side_silent_since

from ..text.attention_line import Line
from ..text.formats import duration, local, moment
from ..text.language import _
from ..text.words import operation_word
from .current_account import account

SOON_TAKEN = timedelta(seconds=30)  # a worker that is there takes a run in less


def time_of(at: datetime) -> str:
    """ "14:02"; of another day with its day: "yesterday 14:02"."""
    here = local(at)
    return here.strftime("%H:%M") if here.date() == local(now()).date() else Markup(moment(at)).striptags()


def silence_of(run: Run) -> str:
    """For a run on a page: "no answer since 14:02"; of a queued one how long it waits; "" while all is well."""
    if run.open and run.state == "queued" and now() - run.queued_at > SOON_TAKEN:
        return _("waiting for a worker for %(span)s", span=duration(now() - run.queued_at))
    since = no_answer_since(run, account())
    return _("no answer since %(time)s", time=time_of(since)) if since else ""


def last_answer(run: Run) -> str:
    """For a run that ended without an answer: when that side last gave one; else ""."""
    since = side_silent_since(run)
    return _("No answer since %(time)s.", time=time_of(since)) if since else ""


def lines(
    of: Account,
    statuses: Sequence[OperationStatus],
    schedule: Mapping[str, str | None],
    *,
    waits: WaitingRun | None,
    looked_up: datetime | None,
) -> list[Line]:
    """What the overview says on top. waits, looked_up: as `longest_waiting` and `looked_up_at` say."""
    return [*_runs(of, statuses), *_lookups(of, schedule, looked_up), *_queue(waits)]


def _runs(of: Account, statuses: Sequence[OperationStatus]) -> list[Line]:
    found = []
    for run in (each.current for each in statuses if each.current):
        if since := no_answer_since(run, of):
            text = _("%(operation)s: no answer since %(time)s.", operation=operation_word(run.operation),
                     time=time_of(since))  # fmt: skip
            hint = _("If that does not change, cdsync gives the run up and another one continues.")
            found.append(Line("bad", text, hint, url_for("runs.run_page", id=run.id), _("Run %(id)s", id=run.id)))
    return found


def _lookups(of: Account, schedule: Mapping[str, str | None], last: datetime | None) -> list[Line]:
    since = no_lookup_since(of, schedule, last)
    if since is None:
        return []
    text = _("No successful lookup for %(span)s.", span=duration(now() - since))
    hint = _("New orders are not noticed meanwhile.")
    return [Line("bad", text, hint, url_for("runs.page", operation="lookup"), _("The last lookups"))]


def _queue(waits: WaitingRun | None) -> list[Line]:
    if waits is None or not waits.is_long:
        return []
    text = _("%(operation)s has waited for a worker for %(span)s.", operation=operation_word(waits.operation),
             span=duration(now() - waits.since))  # fmt: skip
    if waits.run_id is None:
        return [Line("bad", text, "", url_for("automation.page"), _("What does the work"))]
    url = url_for("runs.run_page", id=waits.run_id)
    return [Line("bad", text, "", url, _("Run %(id)s", id=waits.run_id))]

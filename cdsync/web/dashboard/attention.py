"""What a person should look at first: a few calm lines, the most urgent on top. Reads figures, changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from cdsync.db import now
from cdsync.models import Account
from cdsync.order_lists import tabs
from cdsync.overview import Figures, OperationStatus, WaitingRun
from cdsync.overview.account_figures import NEAR

from ..shell import silence_words
from ..shell.explaining import explain
from ..text.attention_line import Line
from ..text.language import _, ngettext
from ..text.words import operation_word

URGENT = NEAR


def lines(
    of: Account,
    figures: Figures,
    statuses: Sequence[OperationStatus],
    schedule: Mapping[str, str | None],
    *,
    waits: WaitingRun | None,
    looked_up: datetime | None,
    worker: bool,
    scheduler: bool,
    alarms: int,
    rehearsal_stopped: bool = False,
    said: Collection[str] = (),
) -> list[Line]:
    """Everything that needs somebody; empty when all is well. `alarms`: orders the last reconcile could not square.

    rehearsal_stopped: the account is the rehearsal, and its systems do not answer. said: codes that a notice above
    tells of already. waits, looked_up: what waits longest, and when a lookup last succeeded.
    """
    found = [
        *([_stopped()] if rehearsal_stopped else []),
        *_processes(statuses, worker=worker, scheduler=scheduler),
        *silence_words.lines(of, statuses, schedule, waits=waits, looked_up=looked_up),
        *_deadlines(figures),
        *_failed(statuses, said),
    ]
    if alarms:
        found.append(
            Line(
                "bad",
                ngettext(
                    "%(num)s order does not match between marketplace and shop.",
                    "%(num)s orders do not match between marketplace and shop.",
                    alarms,
                ),
                url=url_for("reconcile.page"),
                link=_("See which"),
            )
        )
    return sorted(found, key=lambda line: line.kind != "bad")


def all_well(figures: Figures) -> Line:
    """What to say where nothing needs somebody."""
    hint = _("Nothing is late, nothing is stuck, and everything runs.")
    if count := figures.problems:
        hint = ngettext(
            "Everything runs and nothing is late. %(num)s problem is waiting.",
            "Everything runs and nothing is late. %(num)s problems are waiting.",
            count,
        )
    return Line("good", f"✓ {_('All is well.')}", hint)


def _stopped() -> Line:
    told = explain("rehearsal.stopped", {})
    return Line("wait", f"{told.title}.", _("Its orders are kept; nothing runs in it meanwhile."))


def _processes(statuses: Sequence[OperationStatus], *, worker: bool, scheduler: bool) -> list[Line]:
    automation: dict[str, Any] = {"url": url_for("automation.page"), "link": _("How to start it")}
    if not worker:
        return [Line("bad", _("No worker is running."), _("Whatever you start waits until one is."), **automation)]
    if not scheduler and any(each.schedule for each in statuses):
        hint = _("Nothing starts by itself, unless cron does it.")
        return [Line("wait", _("The scheduler is not running."), hint, **automation)]
    return []


def _deadlines(figures: Figures) -> list[Line]:
    """The nearest deadline of each list, when it is near or over; the time is shown after the sentence."""
    wanted = (
        (figures.accept_by, tabs.TO_ACCEPT, _("An order has to be accepted"), _("An order should have been accepted")),
        (figures.import_by, tabs.TO_IMPORT, _("An order has to be shipped"), _("An order should have been shipped")),
        (
            figures.ship_by,
            tabs.IMPORTED,
            _("An imported order has to be shipped"),
            _("An imported order should have been shipped"),
        ),
    )
    links = {
        tabs.TO_ACCEPT: _("Orders to accept"),
        tabs.TO_IMPORT: _("Orders to import"),
        tabs.IMPORTED: _("Imported orders"),
    }
    return [
        Line(
            "bad",
            near if until > now() else over,
            url=url_for("orders.page", tab=tab, sort=tabs.DEADLINE),
            link=links[tab],
            until=until,
        )
        for until, tab, near, over in wanted
        if until is not None and until - now() < URGENT
    ]


def _failed(statuses: Sequence[OperationStatus], said: Collection[str]) -> list[Line]:
    """The last run of an operation did not get to its end."""
    found = []
    for each in statuses:
        run = each.last
        if run is None or each.current or run.state not in {"failed", "lost"} or run.error_code in said:
            continue
        hint = _("Its worker went away. The next run checks before it continues.") if run.state == "lost" else ""
        if run.error_code:
            title = explain(run.error_code, run.error_data or {}).title
            hint = f"{title}. {silence_words.last_answer(run)}".removesuffix(". ")
        text = _("%(operation)s did not finish.", operation=operation_word(each.operation))
        url = url_for("runs.run_page", id=run.id)
        found.append(Line("bad", text, hint, url, _("Run %(id)s", id=run.id)))
    return found

"""The overview: is all well? Numbers that link to their lists, a chart, each operation's runs. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from cdsync import overview, reconciliations, resting, settings
from cdsync.db import db
from cdsync.errors import CdsyncError
from cdsync.models import Account
from cdsync.operations import OPERATIONS

from ..order_list.query import read_query
from ..reconcile.view import alarms as unsquared
from ..rehearsal import banner as rehearsal_banner
from ..shell import access, frame
from ..shell.parts import page_or_part
from ..text.formats import zone
from . import first_steps
from .attention import all_well, lines
from .cards import cards
from .chart import chart_of
from .reasons import reason

pages = Blueprint("dashboard", __name__)

DAYS = 30
SHOWN_REASONS = 7


@pages.get("/")
def page() -> Response:
    """The overview, or its part: which asks again by itself only while a run is open."""
    account = frame.account()
    return page_or_part("dashboard/page.html", "dashboard/_overview.html", **overview_of(account))


def overview_of(account: Account) -> dict[str, Any]:
    """Everything the overview shows."""
    seen, rehearsing = frame.of_request(), rehearsal_banner.looked_at()
    figures = overview.figures(account.id, _since())
    schedule, missing = _settings(account)
    schedule = schedule if account.active else {}
    statuses = overview.operation_statuses(account.id, schedule, OPERATIONS)
    latest = reconciliations.latest(db.session(), account.id)
    alarms, looked_up_at = unsquared(latest), overview.looked_up_at(account.id)
    looked_up = looked_up_at is not None
    queued = overview.longest_waiting(account.id, [each.current for each in statuses if each.current], seen.schedulers)
    said = lines(
        account,
        figures,
        statuses,
        schedule,
        waits=queued,
        looked_up=looked_up_at,
        worker=seen.worker_alive,
        scheduler=seen.scheduler_alive,
        alarms=alarms,
        rehearsal_stopped=rehearsing is not None and not rehearsing.runs,
        said={rest.code for rest in resting.of_notices(account.notices)},
    )
    return {
        "told": [(account, each) for each in account.notices],
        "figures": figures,
        "cards": cards(figures, DAYS),
        "reasons": [reason(each, imported_by_itself=bool(schedule.get("import"))) for each in figures.reasons],
        "statuses": statuses,
        "rests": resting.operations_of(account.notices),
        "running": any(each.current for each in statuses),
        "chart": chart_of(overview.days(account.id, DAYS, zone())),
        "days": DAYS,
        "shown_reasons": SHOWN_REASONS,
        "missing": missing,
        "looked_up": looked_up,
        "steps": _steps(account, figures, missing, rehearsing, looked_up=looked_up),
        "rehearsing": rehearsing,
        "rehearsal": rehearsal_banner.beside(),
        "latest": latest,
        "alarms": alarms,
        "lines": said or ([] if missing else [all_well(figures)]),
        "queued": queued,
        "worker_alive": seen.worker_alive,
        "scheduler_alive": seen.scheduler_alive,
    }


def _steps(
    account: Account,
    figures: overview.Figures,
    missing: list[str],
    rehearsing: rehearsal_banner.Looked | None,
    *,
    looked_up: bool,
) -> list[first_steps.Step]:
    """What to do first, as long as it was not all done."""
    if rehearsing is not None:
        return first_steps.of_a_rehearsal(
            figures,
            rehearsing,
            looked_up=looked_up,
            connect_url=rehearsal_banner.connect_url(),
            merchant=access.is_merchant(),
        )
    if (missing or not looked_up) and account.setup is None:
        return first_steps.to_the_first_order(missing, looked_up=looked_up)
    return []


def _since() -> datetime:
    """The period's first moment, the same as the order lists' date filter means."""
    since = read_query({"date": str(DAYS)}).as_filter().since
    assert since is not None
    return since


def _settings(account: Account) -> tuple[dict[str, str | None], list[str]]:
    """Schedules, and what is still to fill in. Settings that cannot be read leave both to the Settings page."""
    try:
        return dict(settings.show(account)["schedule"]), settings.is_complete(account)
    except CdsyncError:
        return {}, ["marketplace.connector", "shop.connector"]

"""Automation: each operation's schedule, next runs, last result, crontab line. Stores by settings.load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from cdsync import overview, settings
from cdsync.errors import CdsyncError
from cdsync.operations import OPERATIONS
from cdsync.runs import timetable
from cdsync.settings import SettingsInvalid
from cdsync.settings.fields import LOOKUP

from ..runs.routes import READING
from ..runs.words import start_words
from ..settings.fields import Input, schedule_inputs
from ..settings.posted import document_of
from ..shell import access, frame
from ..shell.access import merchant_only
from ..shell.messages import flash
from ..shell.parts import go_to, page_or_part
from ..text.words import operation_word
from . import crontab
from .asked import last_asked

pages = Blueprint("automation", __name__, url_prefix="/automation")

SHOWN = 3  # next runs named


@pages.app_template_global()
def preset_words() -> list[tuple[str, str]]:
    """The schedules to choose from, in words."""
    return [
        (timetable.OFF, _("Off")),
        ("5min", _("Every 5 minutes")),
        ("15min", _("Every 15 minutes")),
        ("30min", _("Every 30 minutes")),
        ("hourly", _("Every hour")),
        ("4hours", _("Every 4 hours")),
        ("daily", _("Every day at 04:15, machine time")),
        (timetable.CUSTOM, _("Another cron expression")),
    ]


@pages.app_template_global()
def schedule_words(expression: str | None) -> str:
    """A schedule in words; one that no words fit, as it is."""
    preset = timetable.preset_of(expression)
    return str(expression) if preset == timetable.CUSTOM else dict(preset_words())[preset]


pages.add_app_template_global(timetable.preset_of, "preset_of")
pages.add_app_template_global(start_words)


@pages.get("")
def page() -> Response:
    """All operations; asks again by itself while one runs."""
    return _page(_schedule(), {})


@pages.post("/<operation>")
@merchant_only
def save(operation: str) -> Response | BaseResponse:
    """Stores one operation's schedule."""
    if operation not in OPERATIONS:
        abort(404)
    account = frame.account()
    posted: dict[str, Any] = document_of(request.form, account.name, {}).get("schedule", {})
    wanted = {name: value for name, value in posted.items() if name == operation}
    try:
        settings.load({"account": account.name, "schedule": wanted}, actor=access.actor())
    except SettingsInvalid as invalid:
        return _page(_schedule() | wanted, invalid.errors, 422)
    flash(_("The schedule of “%(operation)s” is saved.", operation=operation_word(operation)), "good")
    return go_to(url_for("automation.page"))


def _page(schedule: Mapping[str, str | None], errors: Mapping[str, str], status: int = 200) -> Response:
    account = frame.account()
    name = account.name if frame.of_request().is_named else None
    stored = _schedule()
    statuses = overview.operation_statuses(account.id, stored, OPERATIONS)
    inputs: dict[str, Input] = {each.key.partition(".")[2]: each for each in schedule_inputs(schedule, errors)}
    return page_or_part(
        "automation/page.html",
        "automation/_operations.html",
        status,
        statuses=statuses,
        inputs=inputs,
        next_times={
            each.operation: timetable.next_times(each.schedule, SHOWN) if account.active else [] for each in statuses
        },
        rests=not account.active,
        crontab={each.operation: crontab.line(each.operation, each.schedule, name) for each in statuses},
        workers=frame.of_request().workers,
        schedulers=frame.of_request().schedulers,
        installation=crontab.installation(),
        running=any(each.current for each in statuses),
        asked={LOOKUP: last_asked(account)},
        reading=READING,
    )


def _schedule() -> dict[str, str | None]:
    """The stored schedules; settings that cannot be read are the Settings page's matter."""
    try:
        return dict(settings.show(frame.account())["schedule"])
    except CdsyncError:
        return {}

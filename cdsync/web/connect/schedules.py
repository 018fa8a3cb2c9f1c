"""Step 5 of connecting: what runs by itself from here on, each with what it does."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from cdsync.models import Account
from cdsync.runs.timetable import preset_of
from cdsync.settings import SCHEDULE, USUAL_SCHEDULE, SettingsInvalid

from ..automation.routes import preset_words
from ..text.language import _

READY = ("lookup", "ship", "reconcile")  # ticked: what they do is safe, and what the account is for


@dataclass(frozen=True)
class Offer:
    """An operation that may run by itself: how often it would, what it does, whether it is ticked."""

    operation: str
    label: str
    about: str
    often: str
    ticked: bool


def offered(account: Account, invalid: SettingsInvalid | None = None) -> list[Offer]:
    """All operations; ticked are the usual ones, or those that were posted."""
    chosen = READY if invalid is None else tuple(request.form.getlist("on"))
    words = dict(preset_words())
    return [
        Offer(each.name, _(each.label), _(each.help), words[preset_of(USUAL_SCHEDULE[each.name])], each.name in chosen)
        for each in SCHEDULE
    ]


def chosen(account: Account) -> dict[str, str | None]:
    """The schedules that were ticked, the others off."""
    ticked = request.form.getlist("on")
    return {each.name: USUAL_SCHEDULE[each.name] if each.name in ticked else None for each in SCHEDULE}

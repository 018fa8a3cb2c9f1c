"""The rehearsal's page: what it is, whether its systems run, and how to take it up, leave, reset or remove it.

Everything here is the merchant's. Every act says what it did; none touches another account.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from cdsync import accounts, rehearsal
from cdsync.errors import ConfigError
from cdsync.rehearsal import Done, Place

from ..shell import current_account, outside
from ..shell.access import merchant_only
from ..shell.parts import leave_for
from ..text.language import _, ngettext
from . import banner as rehearsal_banner

pages = Blueprint("rehearsal", __name__, url_prefix="/rehearsal")

COMMAND = "make rehearse"


@pages.get("")
@merchant_only
def page() -> Response:
    """Looks at its systems; changes nothing."""
    place = rehearsal.place()
    response = render_template(
        "rehearsal/page.html",
        place=place,
        has_launcher=rehearsal.has_launcher(),
        command=COMMAND,
        own=accounts.real(),
        open_runs=rehearsal.open_runs(place.account_id) if place else [],
    )
    return make_response(response)


@pages.post("/start")
@merchant_only
def start() -> BaseResponse:
    """Takes it up: `make run` starts its systems, and the person looks at its account."""
    if not rehearsal.has_launcher():
        flash(_("It cannot be started from here: run “%(command)s” on its machine.", command=COMMAND), "bad")
        return leave_for(url_for("rehearsal.page"))
    with outside.asked("rehearsal"):
        runs = rehearsal.take_up(_folder())
    rehearsal_banner.forget()
    known = accounts.rehearsal()
    if not runs or known is None:
        flash(
            _("It is starting and does not answer yet. If it never does, the terminal of “make run” says why."), "wait"
        )
        return leave_for(url_for("rehearsal.page"))
    current_account.look_at(known)
    flash(_("The rehearsal is running, and you are looking at its account."), "good")
    return leave_for(url_for("dashboard.page"))


@pages.post("/stop")
@merchant_only
def stop() -> BaseResponse:
    """Leaves it: its schedules rest, its runs and systems are stopped, everything is kept."""
    place = _there()
    with outside.asked("rehearsal"):
        done = rehearsal.leave(_folder(), place.account_id)
    rehearsal_banner.forget()
    flash(" ".join([_("You left the rehearsal; its orders are kept."), *_about(done)]), _kind(done))
    return _to_ones_own()


@pages.post("/reset")
@merchant_only
def reset() -> BaseResponse:
    """Back to the opening: its orders are forgotten here, and its systems begin anew."""
    place = _there()
    with outside.asked("rehearsal"):
        done = rehearsal.reset(_folder(), place.account_id)
    orders = ngettext("%(num)s order was forgotten here", "%(num)s orders were forgotten here", done.orders)
    systems = (
        _("its marketplace and shop are back at the start")
        if done.runs
        else _("its marketplace and shop start over the next time they run")
    )
    flash(" ".join([_("%(orders)s, and %(systems)s.", orders=orders, systems=systems), *_of_runs(done)]), "good")
    return leave_for(url_for("rehearsal.page"))


@pages.post("/remove")
@merchant_only
def remove() -> BaseResponse:
    """Removes its account; the other accounts stay as they are."""
    place = _there()
    with outside.asked("rehearsal"):
        done = rehearsal.remove(_folder(), place.account_id)
    rehearsal_banner.forget()
    orders = ngettext("%(num)s order", "%(num)s orders", done.orders)
    said = _("The rehearsal was removed with its %(orders)s.", orders=orders)
    said = said if done.orders else _("The rehearsal was removed.")
    flash(" ".join([said, *_about(done)]), _kind(done))
    return _to_ones_own()


def _there() -> Place:
    """Raises ConfigError("rehearsal.none") where there is no rehearsal: it was removed in another window."""
    place = rehearsal.place()
    if place is None:
        raise ConfigError("rehearsal.none")
    return place


def _to_ones_own() -> BaseResponse:
    """The person looks at a real account from here on, where there is one."""
    current_account.look_away()
    own = accounts.real()
    if not own:
        return leave_for(url_for("rehearsal.page"))
    current_account.look_at(own[0])
    return leave_for(url_for("dashboard.page"))


def _about(done: Done) -> list[str]:
    return [
        *_of_runs(done),
        *([_("Its systems are still running: stop them where they were started.")] if done.runs else []),
    ]


def _of_runs(done: Done) -> list[str]:
    said = []
    if done.stopped:
        said.append(ngettext("%(num)s run was stopped.", "%(num)s runs were stopped.", done.stopped))
    said += [
        _("Run %(run)s was working on an order; what became of it is checked when you rehearse again.", run=run)
        for run in done.at_work
    ]
    return said


def _kind(done: Done) -> str:
    return "wait" if done.runs or done.at_work else "good"


def _folder() -> Path:
    return Path(current_app.instance_path)

"""A person's own page: password, language, time zone, where they are signed in. Of nobody else, and of no account."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from flask import Blueprint, Response, flash, request, url_for
from flask_login import current_user, login_user
from werkzeug.wrappers import Response as BaseResponse

from cdsync import users
from cdsync.models import User

from ..shell.parts import go_to, leave_for, page_or_part
from ..sign_in.routes import leave, refusal
from ..text.formats import browser_zone
from ..text.language import _

pages = Blueprint("profile", __name__, url_prefix="/me")

LANGUAGES = {"en": "English", "fr": "Français"}  # each in itself: for who reads no other
Choices = list[tuple[str, str]]


@pages.get("")
def page() -> Response:
    return _page()


@pages.post("/password")
def password() -> Response | BaseResponse:
    """Sets a new password for who knows the old one; everywhere else this person is signed out."""
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if len(new) < users.SHORTEST_PASSWORD:
        return _page(422, new=_("It needs at least %(n)s characters.", n=users.SHORTEST_PASSWORD))
    if new != again:
        return _page(422, again=_("The two passwords differ."))
    try:
        login_user(users.change_password(_me(), old, new))
    except users.SignInRefused as refused:
        wrong = _("This is not your current password.")
        return refusal(refused, lambda status, why: _page(status, old=why), wrong)
    flash(_("Your new password is in use. You have been signed out everywhere else."), "good")
    return go_to(url_for("profile.page"))


@pages.post("/choices")
def choices() -> BaseResponse:
    """Keeps language and time zone; the whole page is drawn anew with them."""
    users.keep_choices(_me(), request.form.get("language", ""), request.form.get("timezone", ""))
    flash(_("Saved. Pages now use these settings."), "good")
    return leave_for(url_for("profile.page"))


@pages.post("/sign-out")
def sign_out() -> BaseResponse:
    """Ends every sign-in of this person, this one too."""
    users.sign_ins.end_everywhere(_me())
    return leave(_("You have been signed out everywhere."))


def _me() -> User:
    me: User = current_user._get_current_object()
    return me


def _page(status: int = 200, **errors: str) -> Response:
    """errors: by the field of the form for the password."""
    me = _me()
    return page_or_part(
        "profile/page.html",
        "profile/_profile.html",
        status,
        me=me,
        errors=errors,
        languages=LANGUAGES.items(),
        zones=_zones(me.timezone),
        browser_zone=browser_zone(),
        shortest=users.SHORTEST_PASSWORD,
        places=[(each.at, users.sign_ins.is_this_one(each, me)) for each in users.sign_ins.of(me)],
    )


def _zones(chosen: str) -> list[tuple[str, Choices]]:
    """The time zones by continent or ocean, as the tz database names them; one chosen from elsewhere stays a choice."""
    names = sorted({*users.time_zones(), *filter(None, [chosen])})
    grouped = groupby(names, key=lambda name: name.partition("/")[0])
    return [(area, sorted(((name, _town(name)) for name in of), key=itemgetter(1))) for area, of in grouped]


def _town(zone: str) -> str:
    """What stands first is what is typed to find it: "Ushuaia, Argentina"."""
    return ", ".join(reversed(zone.split("/")[1:])).replace("_", " ") or zone

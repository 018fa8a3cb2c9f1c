"""Signing in and out, and which account this person looks at. Checks no password itself."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, current_app, flash, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from cdsync import accounts, users
from cdsync.errors import CdsyncError
from cdsync.models import Account

from ..shell.access import came_from, own_path
from ..shell.current_account import look_at
from ..shell.parts import go_to, leave_for, page_or_part
from ..text.language import _, ngettext
from .devices import device, remember

pages = Blueprint("sign_in", __name__, url_prefix="/sign-in")


@pages.get("")
def page() -> Response | BaseResponse:
    if current_user.is_authenticated:
        return go_to(_onwards(request.args.get("next")))
    return _form(request.args.get("next"))


@pages.post("")
def enter() -> Response | BaseResponse:
    wanted = request.form.get("next")
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    if not name or not password:
        return _form(wanted, name, _("Type your name and your password."), 422)
    try:
        user = users.authenticate(name, password, users.Source(request.remote_addr or "", device(name)))
    except users.SignInRefused as refused:
        return refusal(refused, lambda status, error: _form(wanted, name, error, status))
    if current_user.is_authenticated:
        users.sign_ins.end(current_user.token)
    session.clear()  # nothing from before the sign-in lives on
    login_user(users.sign_ins.begin(user))
    return remember(leave_for(_onwards(wanted)), name)


@pages.post("/out")
def out() -> BaseResponse:
    """Ends the sign-in, not only the cookie: a copy of it is worth nothing from here on."""
    users.sign_ins.end(current_user.token)
    return leave(_("You have signed out."))


@pages.post("/account")
def choose_account() -> BaseResponse:
    """Looks at another account from here on; an unknown one is refused."""
    chosen: Account = accounts.find(request.form.get("account", ""))
    look_at(chosen)
    return leave_for(_onwards(request.form.get("next") or _list_of(came_from())))


def leave(sentence: str) -> BaseResponse:
    """To the sign-in page, with nothing of the session kept but this sentence."""
    logout_user()
    session.clear()
    flash(sentence, "good")
    return leave_for(url_for("sign_in.page"))


def refusal(refused: CdsyncError, form: Callable[[int, str], Response], wrong: str = "") -> Response:
    """The form again, made by `form` from a status and why; 429 and Retry-After when nothing was checked yet.

    wrong: the sentence for a wrong password.
    """
    if isinstance(refused, users.NameDisabled):
        return form(422, _("You can no longer sign in: a merchant has disabled this name."))
    if "seconds" not in refused.data:
        return form(422, wrong or _("Name or password is wrong."))
    seconds: int = refused.data["seconds"]
    wrong_before = isinstance(refused, users.TooManyTries)
    waited_for = _("Too many failed attempts.") if wrong_before else _("Many people are signing in right now.")
    again = ngettext(
        "Nothing was checked; try again in %(num)s second.",
        "Nothing was checked; try again in %(num)s seconds.",
        seconds,
    )
    answer = form(429, f"{waited_for} {again}")
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _form(wanted: str | None, name: str = "", error: str = "", status: int = 200) -> Response:
    return page_or_part(
        "sign_in/page.html", "sign_in/_form.html", status, next=own_path(wanted) or "", name=name, error=error
    )


def _onwards(wanted: str | None) -> str:
    return own_path(wanted) or url_for("dashboard.page")


def _list_of(path: str | None) -> str | None:
    """An own page's address; of one order or run, which the other account does not have, the list of such."""
    try:
        adapter = current_app.create_url_adapter(request)
        assert adapter is not None
        endpoint, values = adapter.match((path or "").partition("?")[0].removeprefix(request.script_root), "GET")
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return None
    of_one = values or endpoint == "products.choose"
    return url_for(f"{endpoint.partition('.')[0]}.page") if of_one else path

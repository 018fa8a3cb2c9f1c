"""Signing in and out, and which account this person looks at. Checks no password itself."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, current_app, flash, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from cdsync import accounts, users
from cdsync.errors import CdsyncError
from cdsync.models import Account

from .access import came_from, own_path
from .acting import look_at
from .language import _
from .parts import go_to, leave_for, page_or_part
from .shown import local

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
        user = users.authenticate(name, password)
    except users.SignInRefused as refused:
        return _form(wanted, name, _why(refused), 422)
    session.clear()  # nothing from before the sign-in lives on
    login_user(user)
    return leave_for(_onwards(wanted))


@pages.post("/out")
def out() -> BaseResponse:
    logout_user()
    session.clear()
    flash(_("You are signed out."), "good")
    return leave_for(url_for("sign_in.page"))


@pages.post("/account")
def choose_account() -> BaseResponse:
    """Looks at another account from here on; an unknown one is refused."""
    chosen: Account = accounts.find(request.form.get("account", ""))
    look_at(chosen)
    return leave_for(_onwards(request.form.get("next") or _list_of(came_from())))


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


def _why(refused: CdsyncError) -> str:
    if refused.code == "sign_in.locked":
        until = local(datetime.fromisoformat(refused.data["until"]))
        return _("Too many wrong tries for this name. Try again after %(time)s.", time=f"{until:%H:%M}")
    return _("Name or password is wrong.")

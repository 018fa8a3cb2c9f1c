"""Everybody who signs in, for the merchant: adding, roles, passwords, letting in and out. Oneself is `own_pages`.

Removing somebody is for the command line: a name that was disabled cannot sign in either, and can come back.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cdsync import users
from cdsync.errors import ConfigError
from cdsync.models import User

from ..shell.access import merchant_only
from ..shell.errors import say
from ..shell.parts import go_to, page_or_part
from ..text.language import _

pages = Blueprint("users", __name__, url_prefix="/users")

SEES = "+customers"  # beside a role: the right to see who buys


@pages.get("")
@merchant_only
def page() -> Response:
    return _users()


@pages.post("/add")
@merchant_only
def add() -> Response:
    """Adds somebody; the made-up password stands in this answer alone."""
    name = request.form.get("name", "")
    role, sees = _role()
    try:
        user, password = users.add(name, role, customer_data=sees)
    except ConfigError as error:
        return _users(422, typed=name, error=say(error))
    return _users(made=(user.name, password))


@pages.post("/change")
@merchant_only
def change() -> Response | BaseResponse:
    """Does with the named user what the button says."""
    user = users.find(request.form.get("name", ""))
    if user.id == current_user.id:
        raise ConfigError("user.oneself")
    do = request.form.get("do", "")
    if do == "password":
        return _users(made=(user.name, users.set_password(user)))
    act = _ACTS.get(do) or abort(400)
    flash(act(user), "good")
    return go_to(url_for("users.page"))


def _give_role(user: User) -> str:
    role, sees = _role()
    users.set_role(user, role, sees)
    return _("%(name)s has a new role.", name=user.name)


def _sign_out(user: User) -> str:
    users.sign_ins.end_everywhere(user)
    return _("%(name)s has been signed out everywhere.", name=user.name)


def _disable(user: User) -> str:
    users.disable(user)
    return _("%(name)s can no longer sign in, and has been signed out everywhere.", name=user.name)


def _enable(user: User) -> str:
    users.enable(user)
    return _("%(name)s can sign in again.", name=user.name)


_ACTS: dict[str, Callable[[User], str]] = {
    "role": _give_role,
    "sign_out": _sign_out,
    "disable": _disable,
    "enable": _enable,
}


def _role() -> tuple[str, bool]:
    """The role of the form, and whether it comes with seeing who buys."""
    chosen = request.form.get("role", "")
    return chosen.removesuffix(SEES), chosen.endswith(SEES)


def _roles() -> list[tuple[str, str]]:
    return [
        (users.SUPPORT, _("Support")),
        (users.SUPPORT + SEES, _("Support, sees customer data")),
        (users.MERCHANT, _("Merchant")),
    ]


def _users(status: int = 200, *, typed: str = "", error: str = "", made: tuple[str, str] | None = None) -> Response:
    """made: whose password was made up just now, and the password."""
    roles = dict(_roles())
    rows = []
    for user in users.every():
        role = users.SUPPORT + SEES if user.role == users.SUPPORT and user.customer_data else user.role
        rows.append((user, role, roles.get(role, role), len(users.sign_ins.of(user))))
    return page_or_part(
        "users/page.html", "users/_users.html", status,
        rows=rows, roles=_roles(), typed=typed, error=error, made=made,
    )  # fmt: skip

"""Connect your own shop: a new account, made in five steps that can each be left and taken up again.

The rehearsal and every other account stay as they are.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from cdsync import accounts, settings
from cdsync.db import db

from . import access
from .access import merchant_only
from .acting import look_at
from .connect_steps import steps
from .language import _
from .parts import go_to, page_or_part

pages = Blueprint("connect", __name__, url_prefix="/connect")

OFF = {"lookup": None, "accept": None, "import": None, "ship": None, "reconcile": None}


@pages.get("")
@merchant_only
def page() -> Response:
    """The five steps, and the name of the account they make."""
    return _page(accounts.free_name())


@pages.post("")
@merchant_only
def begin() -> Response | BaseResponse:
    """Makes the account, every schedule off, with the real addresses in place."""
    name = request.form.get("name", "").strip()
    if any(each.name == name for each in accounts.every()):
        return _page(name, _("There is an account of this name already."), 422)
    try:
        account = settings.load({"account": name, "schedule": OFF}, actor=access.actor())
    except settings.SettingsInvalid as invalid:
        return _page(name, "; ".join(invalid.errors.values()), 422)
    account.setup = {"step": 1}
    db.session.commit()
    look_at(account)
    flash(_("The account “%(name)s” is made. Nothing runs by itself in it yet.", name=account.name), "good")
    return go_to(url_for("settings.page"))


def _page(name: str, error: str = "", status: int = 200) -> Response:
    return page_or_part("connect/page.html", "connect/_begin.html", status, steps=steps(), name=name, error=error)

"""The Settings page: one form, one Save, "Test connection" per side, choices read live. Judges no value itself.

What is valid is decided by `settings.load`. Everything here is the merchant's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, make_response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from cdsync import settings
from cdsync.connectors.base import Check
from cdsync.db import now
from cdsync.errors import CdsyncError
from cdsync.settings import SettingsInvalid, SettingsMove

from ..shell import access, frame
from ..shell.access import merchant_only
from ..shell.messages import flash
from ..shell.parts import go_to, page_or_part, wants_part
from . import choices as settings_choices
from .choices import Offered
from .fields import usual_values
from .posted import document_of, over_stored, side_of
from .view import FormView, form_view

pages = Blueprint("settings", __name__, url_prefix="/settings")

PAGE, FORM, CHOICES, CHECKS = (
    f"settings/{name}.html" for name in ("page", "_form", "_choices", "_checks")
)  # fmt: skip
SIDES = ("marketplace", "shop")


@pages.app_template_global()
def section_words() -> list[tuple[str, str]]:
    """The sections in their order, by their anchor."""
    return [
        ("marketplace", _("Marketplace")),
        ("shop", _("Shop")),
        ("orders", _("Orders")),
        ("carriers", _("Carriers")),
        ("statuses", _("Statuses")),
        ("customers", _("Customers")),
        ("acceptance", _("Acceptance and shipping")),
        ("schedules", _("Schedules")),
        ("keep", _("What is kept")),
    ]


@pages.get("")
@merchant_only
def page() -> Response:
    """The form with what is stored."""
    stored = settings.show(frame.account())
    offered = settings_choices.kept(frame.account(), _sides_in_clear(stored))
    sharing = settings.sharing(frame.account(), frame.every_account())
    return page_or_part(PAGE, FORM, view=_view(stored, offered=offered), sharing=sharing)


@pages.post("")
@merchant_only
def save() -> Response | BaseResponse:
    """Stores all of it or nothing; what does not hold is said at its field, with what was entered kept."""
    account = frame.account()
    document = _posted()
    try:
        settings.load(document, actor=access.actor(), ask=True)
    except SettingsInvalid as invalid:
        return refused(document, invalid)
    if not wants_part():
        flash(_("The settings are saved."), "good")
        return go_to(url_for("settings.page"))
    stored = settings.show(account)
    offered = settings_choices.kept(account, _sides_in_clear(stored))
    sharing = settings.sharing(account, frame.every_account())
    return page_or_part(PAGE, FORM, view=_view(stored, offered=offered), saved_at=now(), sharing=sharing)


@pages.post("/connector")
@merchant_only
def connector() -> Response:
    """The form with the fields of another connector; nothing is stored."""
    return page_or_part(PAGE, FORM, view=_view(_shown(_posted())))


@pages.post("/own/<side>")
@merchant_only
def own(side: str) -> Response:
    """The form with what is normally left alone as it is declared; nothing is stored."""
    if side not in SIDES:
        abort(404)
    shown = _shown(_posted())
    shown[side] |= usual_values(side, str(shown[side].get("connector", "")))
    return page_or_part(PAGE, FORM, view=_view(shown, offered=_kept(shown)))


@pages.post("/choices")
@merchant_only
def choices() -> Response:
    """The sections whose choices come from the other sides, asked with the values in the form; nothing is stored."""
    document = _posted()
    if "again" in request.args:
        settings_choices.forget()
    offered = settings_choices.ask(frame.account(), _sides_in_clear(document))
    return page_or_part(PAGE, CHOICES, view=_view(_shown(document), offered=offered))


@pages.post("/test/<side>")
@merchant_only
def test(side: str) -> Response:
    """Every check of one side with the values in the form; nothing is stored."""
    if side not in SIDES:
        abort(404)
    account = frame.account()
    stored = settings.show(account)
    values = settings_choices.in_clear(account, side, side_of(request.form, side, stored[side]))
    checks = settings_choices.check(account, side, values)
    document = _posted()
    view = _view(_shown(document), offered=_kept(document), checks={side: checks})
    response = make_response(page_or_part(PAGE, CHECKS, view=view, side=side))
    if all(each.ok for each in checks):
        response.headers["HX-Trigger"] = "settings-tested"  # the choices can be read now
    return response


def refused(document: Mapping[str, Any], invalid: SettingsInvalid, trouble: CdsyncError | None = None) -> Response:
    """The form as it was posted, with what does not hold, and the ways on where seller or shop are others now.

    trouble: why it is not the same seller or shop, although somebody said so.
    """
    moves = invalid.changes if isinstance(invalid, SettingsMove) else ()
    view = _view(_shown(document), invalid.errors, _kept(document))
    return page_or_part(PAGE, FORM, 422, view=view, moves=moves, trouble=trouble)


def _posted() -> dict[str, Any]:
    account = frame.account()
    return document_of(request.form, account.name, settings.show(account))


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:
    return over_stored(settings.show(frame.account()), document)


def _sides_in_clear(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    account = frame.account()
    return {side: settings_choices.in_clear(account, side, document.get(side, {})) for side in SIDES}


def _kept(document: Mapping[str, Any]) -> Offered:
    return settings_choices.kept(frame.account(), _sides_in_clear(document))


def _view(
    document: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    offered: Offered | None = None,
    checks: Mapping[str, list[Check]] | None = None,
) -> FormView:
    return form_view(frame.account(), document, errors or {}, offered or Offered(), checks or {})

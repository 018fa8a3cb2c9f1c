"""A seller or shop that is another one than before: make another account for it, or prove that it only moved.

Judges nothing itself: `cdsync.relocation` asks the other side, `cdsync.settings` stores.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from cdsync import accounts, connecting, relocation, settings
from cdsync.errors import CdsyncError
from cdsync.models import Account
from cdsync.relocation import Proof
from cdsync.settings import MASK, SettingsInvalid

from ..shell import access, frame, outside
from ..shell.access import merchant_only
from ..shell.current_account import look_at
from ..shell.messages import flash
from ..shell.parts import leave_for, page_or_part
from ..text.language import _, ngettext
from . import choices as settings_choices
from . import routes as settings_pages
from .posted import document_of

pages = Blueprint("moves", __name__, url_prefix="/settings")

PAGE, PART = "settings/moved.html", "settings/_moved.html"


@pages.get("/moved")
@merchant_only
def page() -> Response:
    """Orders that belong to another seller or shop than the account is tied to now, and both ways on."""
    return _page()


@pages.post("/moved")
@merchant_only
def moved() -> Response | BaseResponse:
    """The settings form: what it ties the account to is the same as before, which is proved, and all of it stored."""
    document = _posted(frame.account())
    try:
        with outside.asked("moved", document["account"]):
            _account, proofs = relocation.load(document, actor=access.actor())
    except SettingsInvalid as invalid:
        return settings_pages.refused(document, invalid)
    except CdsyncError as error:
        return settings_pages.refused(document, settings.SettingsMove(settings.moves(document)), error)
    _say(proofs)
    return leave_for(url_for("settings.page"))


@pages.post("/moved/<any(marketplace, shop):side>")
@merchant_only
def moved_by_itself(side: str) -> Response | BaseResponse:
    """No setting changed, the other side calls itself something else: proved, and its orders follow."""
    try:
        account = frame.account()
        with outside.asked("moved", account.name):
            proofs = relocation.move(account, {}, side, actor=access.actor())
    except CdsyncError as error:
        return _page(error, 422)
    _say(proofs)
    return leave_for(url_for("problems.page"))


@pages.post("/another")
@merchant_only
def another() -> Response | BaseResponse:
    """Another account for the seller or shop that was typed; the one looked at stays as it is."""
    account = frame.account()
    document = _posted(account)
    try:
        name = accounts.free_name(accounts.DEFAULT if account.rehearsal else account.name)
        made = connecting.begin(name, _for_another(account, document), access.actor())
    except SettingsInvalid as invalid:
        return settings_pages.refused(document, invalid)
    look_at(made)
    flash(_("“%(name)s” is an account of its own. Nothing runs by itself in it yet.", name=made.name), "good")
    return leave_for(url_for("connect.resume", id=made.id))


def _posted(account: Account) -> dict[str, Any]:
    return document_of(request.form, account.name, settings.show(account))


def _for_another(account: Account, document: dict[str, Any]) -> dict[str, Any]:
    """What was typed for the sides that are others now. The same shop may serve two accounts, and is taken along with
    its choices; the same seller may not, and is left out. A stored secret never goes to another place than its own."""
    own = account.rehearsal  # of which nothing is taken along but what was typed over it
    changed = settings_pages.SIDES if own else [each.side for each in settings.moves(document)]
    stored = settings.show(account)
    result: dict[str, Any] = {}
    for side in changed:
        typed = {name: value for name, value in document.get(side, {}).items() if value != MASK}
        if own:
            typed = {name: value for name, value in typed.items() if value != stored[side].get(name)}
        result[side] = typed
    if "shop" not in changed:
        shop = settings_choices.in_clear(account, "shop", document.get("shop", {}))
        result["shop"] = {name: value for name, value in shop.items() if value is not settings.Withheld.TYPE_AGAIN}
        result["orders"] = {**stored["orders"], **document.get("orders", {})}
    return result


def _page(trouble: CdsyncError | None = None, status: int = 200) -> Response:
    account = frame.account()
    return page_or_part(PAGE, PART, status, found=relocation.strangers(account), trouble=trouble, account=account)


def _say(proofs: Sequence[Proof]) -> None:
    for proof in proofs:
        flash(_said(proof), "good")
    if not proofs:
        flash(_("The settings are saved."), "good")


def _said(proof: Proof) -> str:
    follow = ngettext("%(num)s order follows.", "%(num)s orders follow.", proof.orders)
    if not proof.found:
        return _("%(place)s is saved; none of the orders had to be looked for there.", place=proof.place)
    found = ", ".join(proof.found)
    if proof.side == "shop":
        text = _(
            "%(place)s is the same shop: version %(version)s, orders %(found)s were found there.",
            place=proof.place, version=proof.version, found=found,
        )  # fmt: skip
    else:
        text = _("%(place)s is the same seller: orders %(found)s were found there.", place=proof.place, found=found)
    return f"{text} {follow}"

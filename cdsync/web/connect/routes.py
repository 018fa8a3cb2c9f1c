"""Connect your own shop: a new account, made in five steps that can each be left and taken up again.

Every POST names its account in its address and is refused unless that account is on its way: no other one is touched.
What is stored, and how far an account got, is the business of `cdsync.settings` and `cdsync.connecting`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from cdsync import connecting, settings
from cdsync.connecting import STEPS
from cdsync.models import Account
from cdsync.settings import SettingsInvalid

from ..shell import access, frame
from ..shell.access import merchant_only
from ..shell.current_account import look_at, look_away
from ..shell.messages import flash
from ..shell.parts import go_to, leave_for, page_or_part
from ..text.language import _
from . import choices as connect_choices
from . import look as connect_look
from . import schedules as connect_schedules
from . import sides as connect_sides
from .steps import step, steps

pages = Blueprint("connect", __name__, url_prefix="/connect")
ONE = "/<int:id>"
STEP = f"{ONE}/<int(min=1, max={STEPS}):number>"

PAGE, PART, BODIES = "connect/page.html", "connect/_step.html", ("shop", "marketplace", "choices", "look", "schedules")


@pages.app_template_global("unfinished_accounts")
def unfinished() -> list[tuple[Account, int]]:
    """The accounts that are not connected yet, each with the step it is at: for the merchant's overview."""
    known = connecting.unfinished(frame.every_account()) if access.is_merchant() else []
    return [(account, connecting.step(account)) for account in known]


pages.add_app_template_global(connect_sides.rights, "rights_of")
pages.add_app_template_global(connect_sides.found_at, "found_at")


@pages.get("")
@merchant_only
def page() -> Response:
    """The first step, with the name of the account it makes; before it, what was begun and not finished."""
    return _begin_page(connecting.proposed_name(), connect_sides.nothing_yet("shop"))


@pages.post("")
@merchant_only
def begin() -> Response | BaseResponse:
    """Makes the account with what the first step asks for, every schedule off, and tests the shop."""
    name = request.form.get("name", "").strip()
    document = connect_sides.posted_without_account("shop")
    try:
        account = connecting.begin(name, document, access.actor())
    except SettingsInvalid as invalid:
        view = connect_sides.nothing_yet("shop", document, invalid.errors)
        return _begin_page(name, view, invalid.errors.get("account", ""), 422)
    look_at(account)
    return leave_for(_after_side(account, 1))


@pages.get(ONE)
@merchant_only
def resume(id: int) -> BaseResponse:
    """Where it was left."""
    return go_to(url_for("connect.one_step", id=id, number=connecting.step(connecting.find(id))))


@pages.get(STEP)
@merchant_only
def one_step(id: int, number: int) -> Response | BaseResponse:
    """A step; one that was not reached yet leads to the one that was."""
    account = connecting.find(id)
    if number > connecting.step(account):
        return go_to(url_for("connect.resume", id=id))
    look_at(account)
    return _step_page(account, number)


@pages.post(STEP)
@merchant_only
def take_step(id: int, number: int) -> Response | BaseResponse:
    """Stores what a step asks for; goes on when it holds, else says why not."""
    account = connecting.find(id)
    if number > connecting.step(account):
        return go_to(url_for("connect.resume", id=id))
    look_at(account)
    try:
        if number in connect_sides.SIDE:
            connect_sides.store(account, connect_sides.SIDE[number])
            return leave_for(_after_side(account, number))
        if number == 3:
            connect_choices.store(account)
        elif number == STEPS:
            return _finish(account)
    except SettingsInvalid as invalid:
        return _step_page(account, number, invalid, 422)
    connecting.reach(id, number + 1)
    return leave_for(url_for("connect.one_step", id=id, number=number + 1))  # seen from its top


@pages.post(f"{ONE}/own/<any(shop, marketplace):side>")
@merchant_only
def own(id: int, side: str) -> Response:
    """The step with what is normally left alone as it is declared; nothing is stored."""
    account = connecting.find(id)
    return _page(account, connect_sides.number_of(side), view=connect_sides.with_usual(account, side), moved=False)


@pages.post(f"{ONE}/forget")
@merchant_only
def forget(id: int) -> BaseResponse:
    """Forgets the orders that were only read, so that another seller or shop can be entered."""
    connecting.forget_orders(id)
    flash(_("The orders that were read are forgotten. Nothing had been written anywhere."), "good")
    return leave_for(url_for("connect.one_step", id=id, number=request.form.get("next", 1, type=int)))


@pages.post(f"{ONE}/lookup")
@merchant_only
def look_up(id: int) -> BaseResponse:
    """Reads the last days, as a run that the page watches."""
    connect_look.start(connecting.find(id))
    return go_to(url_for("connect.one_step", id=id, number=4))


@pages.get(f"{ONE}/by-hand")
@merchant_only
def by_hand(id: int) -> Response:
    """What may have been entered by hand already: asks the shop."""
    account = connecting.find(id)
    return _lazy(account, "connect/_by_hand.html", found=connect_look.entered(account))


@pages.post(f"{ONE}/leave-out")
@merchant_only
def leave_out(id: int) -> BaseResponse:
    """Leaves the ticked orders out of every import; changes nothing in the shop or at the marketplace."""
    connect_look.leave_out_ticked(connecting.find(id))
    return leave_for(url_for("connect.one_step", id=id, number=4))  # the dry run is another one now


@pages.get(f"{ONE}/dry-run")
@merchant_only
def dry_run(id: int) -> Response:
    """What an import of up to five orders would send: asks the shop, writes nothing."""
    account = connecting.find(id)
    return _lazy(account, "connect/_dry_run.html", shown=connect_look.dry_run(account))


@pages.get(f"{ONE}/give-up")
@merchant_only
def giving_up(id: int) -> Response:
    """What giving up means, before it is done."""
    account = connecting.find(id)
    read, may = connecting.orders_read(id), connecting.has_only_read(id)
    return page_or_part("connect/give_up.html", "connect/_give_up.html", account=account, read=read, may=may)


@pages.post(f"{ONE}/give-up")
@merchant_only
def give_up(id: int) -> BaseResponse:
    """Removes the account and what was only read for it."""
    account = connecting.find(id)
    name = account.name
    connecting.give_up(id)
    look_away()
    flash(_("The account “%(name)s” is removed. Nothing had been written anywhere for it.", name=name), "good")
    return leave_for(url_for("dashboard.page"))


def _after_side(account: Account, number: int) -> str:
    """The next step when the side holds; else the same one, which tests again and says what it found."""
    account_id = account.id
    if connect_sides.holds(account, connect_sides.SIDE[number]):
        connecting.reach(account_id, number + 1)
        return url_for("connect.one_step", id=account_id, number=number + 1)
    return url_for("connect.one_step", id=account_id, number=number, tried=1)


def _finish(account: Account) -> BaseResponse:
    connecting.finish(account.id, connect_schedules.chosen(account), access.actor())
    flash(_("Your shop is connected. Import one order and compare it with the shop."), "good")
    return leave_for(url_for("dashboard.page"))


def _begin_page(name: str, view: Any, error: str = "", status: int = 200) -> Response:
    return page_or_part(
        PAGE, PART, status, account=None, steps=steps(), step=step(1), reached=1, body=BODIES[0],
        view=view, name=name, error=error, moved=False,
    )  # fmt: skip


def _step_page(account: Account, number: int, invalid: SettingsInvalid | None = None, status: int = 200) -> Response:
    if number in connect_sides.SIDE:
        tried = "tried" in request.args and invalid is None
        more: dict[str, Any] = {"view": connect_sides.view(account, connect_sides.SIDE[number], invalid, tried=tried)}
        more["moved"] = isinstance(invalid, settings.SettingsMove)
    elif number == 3:
        more = {"view": connect_choices.view(account, invalid)}
    elif number == 4:
        more = {"look": connect_look.look(account)}
    else:
        more = {"offered": connect_schedules.offered(account, invalid)}
    return _page(account, number, status, **more)


def _page(account: Account, number: int, status: int = 200, /, **context: Any) -> Response:
    response = page_or_part(
        PAGE, PART, status, account=account, steps=steps(), step=step(number), reached=connecting.step(account),
        body=BODIES[number - 1], **context,
    )  # fmt: skip
    here = url_for("connect.one_step", id=account.id, number=number)
    if access.came_from() != here:  # a page that asks again by itself does not fill the history
        response.headers["HX-Push-Url"] = here
    return response


def _lazy(account: Account, part: str, **context: Any) -> Response:
    """A part of the fourth step that asks the shop; alone it is a page of its own."""
    look_at(account)
    return make_response(page_or_part("connect/alone.html", part, account=account, part=part, **context))

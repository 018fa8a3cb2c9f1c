"""All accounts side by side, and what each has to tell. Switches no account itself (`sign_in`), starts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from cdsync import accounts, overview, resting, settings
from cdsync.errors import CdsyncError, ConfigError
from cdsync.models import Account
from cdsync.overview import AccountFigures
from cdsync.runs import timetable

from ..shell import access, current_account, frame
from ..shell.access import merchant_only
from ..shell.messages import flash
from ..shell.parts import go_to, page_or_part
from ..text.account_words import State, full_name, worst
from ..text.words import Badge

pages = Blueprint("accounts", __name__, url_prefix="/accounts")

NEXT = ("lookup", "import")  # operations whose last and next run are shown


@dataclass(frozen=True)
class Row:
    """One account as the pages show it."""

    figures: AccountFigures
    worst: Badge
    known: list[Account]

    @property
    def account(self) -> Account:
        return self.figures.account

    @cached_property
    def next_at(self) -> dict[str, datetime]:
        """When an operation runs next by its schedule."""
        schedule = settings.schedule(self.account) if self.account.active else {}
        times = {name: next(iter(timetable.next_times(schedule.get(name))), None) for name in NEXT}
        return {name: at for name, at in times.items() if at is not None}

    @cached_property
    def sharing(self) -> list[tuple[str, str]]:
        """(side, account): the others that read of the same seller or write to the same shop."""
        return settings.sharing(self.account, self.known)


pages.add_app_template_filter(full_name)


@pages.app_template_global()
def account_rows() -> list[Row]:
    """Every account with its numbers, the rehearsal last: for the overview of all and the switcher."""
    shown = frame.of_request()
    return [_row(each, shown.accounts) for each in shown.figures]


@pages.app_template_global()
def account_mark(account: Account) -> str:
    """What names an account in a form that is about another one than the page's."""
    return current_account.mark(account)


@pages.app_template_global()
def marketplace_name(account: Account) -> str:
    """What the marketplace of an account is called that may be another one than the page's."""
    return settings.marketplace_name(account)


@pages.app_template_global("resting")
def rest_of(notice: dict[str, Any]) -> resting.Rest | None:
    """What a notice says of a side that rests; None for any other notice."""
    return resting.read(notice)


@pages.get("")
def page() -> Response:
    """A row per account; sums of the real ones only."""
    rows = account_rows()
    return page_or_part(
        "accounts/page.html",
        "accounts/_list.html",
        rows=rows,
        totals=overview.totals([row.figures for row in rows]),
        operations=NEXT,
        told=[(row.account, each) for row in rows for each in row.account.notices],
    )


@pages.post("/notice")
@merchant_only
def dismiss() -> BaseResponse:
    """A person has read what an account had to tell."""
    wanted, code = request.form.get("account", ""), request.form.get("code", "")
    if not wanted or not code:
        abort(400)
    of = next((each for each in accounts.every() if current_account.mark(each) == wanted), None)
    if of is None:
        raise ConfigError("account.gone")
    if accounts.dismiss_notice(of.id, code):
        flash(_("Put away."), "good")
    return go_to(access.came_from() or url_for("accounts.page"))


def _row(figures: AccountFigures, known: list[Account]) -> Row:
    account = figures.account
    same = settings.same_among(known, account.id)
    return Row(figures, worst(State(figures, missing=_misses(account), same=same)), known)


def _misses(account: Account) -> bool:
    try:
        return bool(settings.is_complete(account))
    except CdsyncError:  # a connector that is not installed any more
        return True

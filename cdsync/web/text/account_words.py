"""An account in words: its name, and the worst that is the matter with it. Never colour alone. No database."""

from __future__ import annotations

from dataclasses import dataclass

from cdsync import resting
from cdsync.models import Account
from cdsync.overview import AccountFigures
from cdsync.overview.account_figures import MANY_DUE

from .formats import number
from .language import _, ngettext
from .words import Badge, operation_word


@dataclass(frozen=True)
class State:
    """What is the matter with an account. missing: settings still to be filled in; same: who reads the same orders."""

    figures: AccountFigures
    missing: bool = False
    same: str | None = None


def full_name(account: Account) -> str:
    """The account's name; of a rehearsal always with that word."""
    if not account.rehearsal or "rehearsal" in account.name.lower():
        return account.name
    return str(_("%(name)s (rehearsal)", name=account.name))


def worst(state: State) -> Badge:
    """(kind of badge, words): what a person should know first."""
    return next(iter(_bad(state) + _waiting(state)), ("good", _("all is well")))


def _bad(state: State) -> list[Badge]:
    has = state.figures
    found = [("bad", _("also reads the orders of “%(name)s”", name=state.same))] if state.same else []
    if has.due:
        found.append(("bad", ngettext("%(num)s order is due", "%(num)s orders are due", has.due, num=_due(has.due))))
    found += [("bad", _("the key is refused"))] if resting.of_notices(state.figures.account.notices) else []
    found += [("bad", _("%(operation)s failed", operation=operation_word(run.operation))) for run in has.failed]
    if has.alarms:
        text = ngettext("%(num)s does not match", "%(num)s do not match", has.alarms, num=number(has.alarms))
        found.append(("bad", text))
    if has.stopped:
        found.append(("bad", ngettext("%(num)s problem", "%(num)s problems", has.stopped, num=number(has.stopped))))
    return found


def _due(count: int) -> str:
    return number(count) if count <= MANY_DUE else f"{number(MANY_DUE)}+"


def _waiting(state: State) -> list[Badge]:
    account, found = state.figures.account, []
    if not account.active:
        found.append(("dead", _("stopped")))
    if account.setup is not None:
        found.append(("do", _("being connected")))
    elif state.missing:
        found.append(("do", _("not connected yet")))
    if len(account.notices) > len(resting.of_notices(account.notices)):
        found.append(("wait", _("has a notice for you")))
    if state.figures.problems > state.figures.stopped:
        found.append(("wait", _("is retrying some orders")))
    return found

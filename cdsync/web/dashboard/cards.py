"""The numbers on top of the overview, each with a word on it and the list that it counts. No database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from cdsync.order_lists import tabs
from cdsync.overview import Figures

from ..text.formats import deadline, number, relative
from ..text.language import _, ngettext


@dataclass(frozen=True)
class Card:
    """A count, and a note under it; needs_somebody: it is shown in red."""

    title: str
    count: int
    note: str | Markup
    url: str
    needs_somebody: bool = False


def cards(figures: Figures, days: int) -> list[Card]:
    """The numbers of an account; `days`: the period that imported and shipped orders are counted of."""
    return [
        Card(_("To accept"), figures.to_accept, _to_accept(figures), _list(tabs.TO_ACCEPT)),
        Card(_("To import"), figures.to_import, _to_import(figures), _list(tabs.TO_IMPORT)),
        Card(_("Waiting"), figures.waiting, _waiting(figures), _list(tabs.WAITING)),
        Card(_("Problems"), figures.problems, _problems(figures), url_for("problems.page"), _stop(figures) > 0),
        Card(_("Imported, to ship"), figures.imported, _imported(figures), _list(tabs.IMPORTED, date=days)),
        Card(_("Shipped"), figures.shipped, _("in %(days)s days", days=days), _list(tabs.SHIPPED, date=days)),
    ]


def _list(tab: str, **more: Any) -> str:
    return url_for("orders.page", tab=tab, **more)


def _stop(figures: Figures) -> int:
    """Problems that somebody has to look at."""
    return figures.problems - figures.retrying


def _to_accept(figures: Figures) -> str | Markup:
    if not figures.to_accept:
        return _("nothing to decide")
    if figures.accept_by is None:
        return _("no deadline known")
    return _then(_("next deadline"), deadline(figures.accept_by))


def _to_import(figures: Figures) -> str | Markup:
    notes: list[str | Markup] = []
    if count := figures.stopped:
        notes.append(ngettext("%(num)s with a problem", "%(num)s with a problem", count, num=number(count)))
    if figures.to_import and figures.import_by:
        notes.append(_then(_("next deadline"), deadline(figures.import_by)))
    elif not count:
        notes.append(_("ready to go") if figures.to_import else _("nothing waits"))
    return Markup(" · ").join(notes)


def _waiting(figures: Figures) -> str | Markup:
    if figures.waiting_since is None:
        return _("for the marketplace")
    return _then(_("oldest"), relative(figures.waiting_since))


def _problems(figures: Figures) -> str:
    if count := figures.retrying:
        return ngettext("%(num)s will be retried automatically", "%(num)s will be retried automatically", count)
    return _("each says what to do") if figures.problems else _("none")


def _imported(figures: Figures) -> str | Markup:
    if figures.last_import_at is None:
        return _("no import yet")
    return _then(_("last import"), relative(figures.last_import_at))


def _then(words: str, time: str | Markup) -> Markup:
    return Markup("{} {}").format(words, time)

"""What a list of orders says around its rows: tabs, filters, the column of times, and why it is empty. No database."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from cdsync.order_lists import tabs
from cdsync.order_lists.order_filter import ANY_PROBLEM, NO_PROBLEM

from ..text.formats import number
from ..text.language import _, ngettext
from .offers import MAIN, Offer
from .query import ListQuery

Pairs = list[tuple[str, str]]


def tab_words() -> Pairs:
    """The lists by name, in their order."""
    return [
        (tabs.TO_ACCEPT, _("To accept")),
        (tabs.TO_IMPORT, _("To import")),
        (tabs.WAITING, _("Waiting")),
        (tabs.PROBLEMS, _("Problems")),
        (tabs.IMPORTED, _("Imported")),
        (tabs.SHIPPED, _("Shipped")),
        (tabs.ALL, _("All")),
    ]


def time_column(tab: str) -> str:
    """What the column of deadlines is called; where they are past it is the shop order's."""
    if tab in (tabs.IMPORTED, tabs.SHIPPED):
        return _("Shop order")
    return _("Accept by") if tab == tabs.TO_ACCEPT else _("Ship by")


def date_choices() -> Pairs:
    """The spans of days to choose from."""
    return [
        ("", _("Any date")),
        ("today", _("Today")),
        ("yesterday", _("Yesterday")),
        ("7", _("Last 7 days")),
        ("30", _("Last 30 days")),
    ]


def problem_choices(codes: list[tuple[str, int]], chosen: str) -> Pairs:
    """With or without a problem, and each code there is; the one chosen also where no order has it any more."""
    found = [("", _("With or without a problem")), (NO_PROBLEM, _("Without a problem"))]
    if codes or chosen:
        found.append((ANY_PROBLEM, _("With a problem")))
    found += [(code, f"{code} ({number(count)})") for code, count in codes]
    return found if chosen in dict(found) else [*found, (chosen, chosen)]


def more_match(most: int) -> str:
    """That a search found more orders than are listed, and how to get at the others."""
    return _(
        "More than %(num)s orders match: the newest of them are listed. One more word, a list of work or a span of "
        "days finds all.",
        num=number(most),
    )


def sort_choices(tab: str, *, buyers: bool) -> Pairs:
    """The ways to sort; what the list does by itself has the empty value. buyers: whether one may sort by them."""
    due = _("Accept by, soonest first") if tab == tabs.TO_ACCEPT else _("Ship by, soonest first")
    known = {
        tabs.DEADLINE: due,
        tabs.NEWEST: _("Newest first"),
        tabs.OLDEST: _("Oldest first"),
        tabs.DEAREST: _("Highest total first"),
        tabs.CHEAPEST: _("Lowest total first"),
        tabs.BUYER: _("By buyer"),
    }
    usual = tabs.default_sort(tab)
    return [("" if sort == usual else sort, words) for sort, words in known.items() if buyers or sort != tabs.BUYER]


@dataclass(frozen=True)
class Nothing:
    """What an empty list says: what that means, and what to do next. looks_up: a lookup is offered."""

    title: str
    text: str
    ways: tuple[Offer, ...] = ()
    looks_up: bool = False


def nothing_matches(query: ListQuery, elsewhere: int, *, buyers: bool) -> Nothing:
    """A filter that leaves nothing. elsewhere: how many orders of all lists it leaves."""
    clear = Offer(_("Clear the filter"), url=url_for("orders.page", **query.cleared().args()))
    if elsewhere and query.tab != tabs.ALL:
        all_of_them = url_for("orders.page", **query.args(tab=tabs.ALL))
        text = ngettext(
            "%(num)s order in another list does.", "%(num)s orders in other lists do.", elsewhere, num=number(elsewhere)
        )
        return Nothing(_no_match(), text, (Offer(_("Show in all orders"), url=all_of_them, look=MAIN), clear))
    where = _("The search covers marketplace and shop numbers, SKUs and titles.")
    if buyers:
        where = _("The search covers marketplace and shop numbers, names, places, SKUs and titles.")
    return Nothing(_no_match(), f"{where} {_('You can paste several numbers at once.')}", (clear,))


def _no_match() -> str:
    return _("No order matches")


def nothing_yet(*, being_read: bool) -> Nothing:
    """Before the first lookup has ended."""
    if being_read:
        return Nothing(_("The first orders are being read"), _("They appear here by themselves."))
    text = _(
        "A lookup reads the orders of the last days from the marketplace. Nothing is changed there or in the shop."
    )
    return Nothing(_("No orders yet"), text, looks_up=True)


def nothing_left(tab: str) -> Nothing:
    """A list with nothing in it, which is what most of them are for."""
    known = {
        tabs.TO_ACCEPT: (
            _("Nothing waits to be accepted"),
            _("New orders appear here after the next lookup, unless the marketplace accepts them automatically."),
        ),
        tabs.TO_IMPORT: (
            _("Everything is imported"),
            _("Orders appear here once they are paid and have an address."),
        ),
        tabs.WAITING: (
            _("Nothing waits for the marketplace"),
            _("Accepted orders stay here while the marketplace checks the payment, which can take tens of minutes."),
        ),
        tabs.PROBLEMS: (_("No problems"), _("An order that cannot go on appears here, with the reason and the fix.")),
        tabs.IMPORTED: (
            _("Nothing imported waits to be shipped"),
            _("Imported orders stay here until the shop has shipped them and the marketplace knows."),
        ),
        tabs.SHIPPED: (
            _("Nothing shipped yet"),
            _("Orders appear here once the marketplace knows that they were shipped."),
        ),
    }
    return Nothing(*known.get(tab, (_("No orders"), _("No order was found in the days looked up."))))

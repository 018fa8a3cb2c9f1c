"""The bar over a list of orders: what is ticked, and which buttons that offers, in which words. No database.

With nothing ticked a list of work offers all that it holds; any other list waits for ticks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flask import url_for

from cdsync.order_lists import tabs
from cdsync.order_lists.selection import ACCEPT, IMPORT, IMPORT_READY, LEAVE_OUT, REFUSE, RETRY, TAKE_BACK
from cdsync.order_lists.selection_counts import SelectionCounts

from ..text.formats import number
from ..text.language import _, ngettext
from .offers import DANGER, MAIN, Offer

NOTHING, SOME, EVERYTHING = "none", "some", "all"  # what is ticked
LISTS_OF_WORK = (tabs.TO_ACCEPT, tabs.TO_IMPORT, tabs.PROBLEMS)


@dataclass(frozen=True)
class Bar:
    """The bar over a list. `said`: what is ticked; `note`: what to know before an import is repeated.

    without_script: the buttons for the ticked orders where the bar cannot follow the ticks.
    """

    said: str
    scope: str
    offers: list[Offer]
    without_script: list[Offer]
    note: str = ""
    select_all: str = ""  # the words of the link that selects all that match; "" when that is no more
    can_clear: bool = False

    @property
    def is_calm(self) -> bool:
        """Whether nothing is ticked."""
        return self.scope == NOTHING or (self.scope == SOME and not self.can_clear)


def bar(scope: str, counts: SelectionCounts, *, tab: str, total: int, busy: Collection[str], merchant: bool) -> Bar:
    """The bar of a list. scope: what is ticked; total: how many orders the list holds; busy: operations at work."""
    everything = scope == NOTHING
    shown = _Offered(counts, tab, everything, frozenset(busy if everything else ()), merchant)
    offers = list(shown.offers()) if not everything or tab in LISTS_OF_WORK else []
    ticked = counts.count if not everything else 0
    return Bar(
        said=_said(scope, counts.count, total, waits=everything and tab not in LISTS_OF_WORK),
        scope=scope,
        offers=offers,
        without_script=list(_without_script(counts, merchant)) if everything else [],
        note=shown.note(),
        select_all=_("Select all %(num)s", **_num(total)) if scope == SOME and 0 < ticked < total else "",
        can_clear=bool(ticked),
    )


def _said(scope: str, count: int, total: int, *, waits: bool) -> str:
    if scope == EVERYTHING:
        return ngettext("The one order that matches", "All %(num)s that match", count, **_num(count))
    if scope == SOME and count:
        return ngettext("%(num)s selected", "%(num)s selected", count, **_num(count))
    orders = ngettext("%(num)s order", "%(num)s orders", total, **_num(total))
    return f"{orders} · {_('tick the ones to act on')}" if waits else orders


@dataclass(frozen=True)
class _Offered:
    """everything: nothing is ticked, so that all that match are meant."""

    counts: SelectionCounts
    tab: str
    everything: bool
    busy: frozenset[str]
    merchant: bool

    def offers(self) -> Iterator[Offer]:
        if self.merchant:
            yield from self._accept()
            yield from self._import()
            yield from self._stuck()
            yield from self._decisions()
        yield from self._retry()

    def note(self) -> str:
        count = self.counts.stopped
        if self.everything or not self.merchant or not count or self.tab == tabs.PROBLEMS:
            return ""
        return ngettext(
            "%(num)s of them could not be imported before",
            "%(num)s of them could not be imported before", count, **_num(count),
        )  # fmt: skip

    def _accept(self) -> Iterator[Offer]:
        count = self.counts.to_accept
        if count and "accept" not in self.busy and not (self.everything and self.tab == tabs.PROBLEMS):
            yield self._all_or(ACCEPT, _accept_words(count, everything=self.everything), MAIN)

    def _import(self) -> Iterator[Offer]:
        """With nothing ticked it is offered for what it can help: what a problem stops has its own way on."""
        count = self._ready if self.everything else self.counts.to_import
        if count and "import" not in self.busy and (self._ready or self.tab != tabs.PROBLEMS):
            look = MAIN if self._ready and not self.counts.to_accept else ""
            words = _import_words(count, everything=self.everything)
            yield self._all_or(IMPORT_READY if self.everything else IMPORT, words, look)

    def _stuck(self) -> Iterator[Offer]:
        if self.everything and self.counts.stopped and not self._ready and self.tab != tabs.PROBLEMS:
            yield Offer(_("See what stops them"), url=url_for("problems.page"), look=MAIN)

    def _decisions(self) -> Iterator[Offer]:
        """What is never offered for a whole list unseen."""
        if self.everything:
            return
        counts = self.counts
        if count := counts.to_import:
            words = ngettext(
                "Leave out %(num)s entered by hand", "Leave out %(num)s entered by hand", count, **_num(count)
            )
            yield Offer(words, LEAVE_OUT)
        if count := counts.to_take_back:
            words = ngettext("Take back %(num)s left out", "Take back %(num)s left out", count, **_num(count))
            yield Offer(words, TAKE_BACK)
        if count := counts.to_accept:
            yield Offer(ngettext("Refuse %(num)s…", "Refuse %(num)s…", count, **_num(count)), REFUSE, look=DANGER)

    def _retry(self) -> Iterator[Offer]:
        """Of ticked orders only where an import, which is offered too, does not mean the same ones."""
        count, among_problems = self.counts.retry, self.tab == tabs.PROBLEMS
        more_than_imports = not self.merchant or count > self.counts.stopped
        if count and not self.busy and (self.everything or among_problems or more_than_imports):
            words = ngettext("Retry %(num)s with a problem", "Retry %(num)s with a problem", count, **_num(count))
            yield self._all_or(RETRY, words, MAIN if among_problems else "")

    @property
    def _ready(self) -> int:
        return self.counts.takes(IMPORT_READY)

    def _all_or(self, action: str, words: str, look: str) -> Offer:
        return Offer(words, f"all:{action}" if self.everything else action, look=look, by_script=self.everything)


def _num(count: int) -> dict[str, str]:
    """For a text with %(num)s: thousands marked."""
    return {"num": number(count)}


def _accept_words(count: int, *, everything: bool) -> str:
    if everything and count > 1:
        return _("Accept all %(num)s orders", **_num(count))
    return ngettext("Accept %(num)s order", "Accept %(num)s orders", count, **_num(count))


def _import_words(count: int, *, everything: bool) -> str:
    if everything and count > 1:
        return _("Import all %(num)s orders", **_num(count))
    return ngettext("Import %(num)s order", "Import %(num)s orders", count, **_num(count))


def _without_script(counts: SelectionCounts, merchant: bool) -> Iterator[Offer]:
    if merchant and counts.to_accept:
        yield Offer(_("Accept the ticked orders"), ACCEPT)
        yield Offer(_("Refuse the ticked orders…"), REFUSE, look=DANGER)
    if merchant and counts.to_import:
        yield Offer(_("Import the ticked orders"), IMPORT)
    if counts.retry:
        yield Offer(_("Retry the ticked orders"), RETRY)

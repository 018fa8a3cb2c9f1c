"""What is asked of a list of orders: tab, search, problem, days, sorting, page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from . import tabs
from .found_order import FoundOrder, standing_in
from .search import Found, find_orders

ANY_PROBLEM, NO_PROBLEM = "any", "none"


@dataclass(frozen=True)
class OrderFilter:
    """What is asked for. Empty means any.

    problem: a code, "any" or "none". since, until: of the tab's own date (import, shipment, else purchase), aware UTC,
    until excluded. run: the orders of that run stay in the list whatever became of them. buyers: whether the search and
    the sorting may go by who they are. found: what the search found, where it was asked already (`searched`).
    """

    tab: str = tabs.ALL
    search: str = ""
    problem: str = ""
    since: datetime | None = None
    until: datetime | None = None
    sort: str = ""
    page: int = 1
    run: int | None = None
    buyers: bool = True
    found: Found | None = None

    @property
    def asks_for_a_problem(self) -> bool:
        """Whether only orders with a problem are asked for: few of all."""
        return self.problem not in ("", NO_PROBLEM)

    @property
    def is_free_of_problems(self) -> bool:
        """Whether that is all that narrows the list: then it is what the others leave of it, and they are few."""
        return self == replace(self, problem=NO_PROBLEM, search="", since=None, until=None, run=None)

    @property
    def narrows(self) -> bool:
        """Whether anything but the tab is asked for."""
        return bool(self.search.strip() or self.problem or self.since or self.until)

    @property
    def lists_the_newest(self) -> bool:
        """Whether the search found so many that, of a long list, only the newest of them are listed and counted.

        Lists of work, of problems and of some days are short enough to ask each of their orders.
        """
        others = self.found is not None and self.found.others is not None
        return others and not (self.asks_for_a_problem or self.since or self.until)

    def lists_all(self, tab: str) -> bool:
        """Whether all orders that match stand in a tab's list."""
        return not self.lists_the_newest or tab in tabs.WORK

    @property
    def is_told(self) -> bool:
        """Whether what the search answered tells which orders match (`found_in`), without another question."""
        return self.found is not None and not (self.since or self.until)

    def found_in(self, tab: str) -> list[FoundOrder]:
        """The orders found that a tab lists and a problem leaves."""
        assert self.found is not None
        there = self.found.of_work if self.lists_all(tab) else self.found.newest
        return self._of(there, tab)

    def work_found_in(self, tab: str) -> list[FoundOrder]:
        """Of the same all that are still to do, listed or not, and some that are not."""
        assert self.found is not None
        return self._of(self.found.of_work, tab)

    def _of(self, orders: Iterable[FoundOrder], tab: str) -> list[FoundOrder]:
        there = standing_in(orders, tab)
        if self.problem == NO_PROBLEM:
            return [each for each in there if each.problem_code is None]
        if self.problem == ANY_PROBLEM:
            return [each for each in there if each.problem_code is not None]
        return [each for each in there if self.problem in ("", each.problem_code)]


def searched(account_id: int, wanted: OrderFilter) -> OrderFilter:
    """The filter with what its search finds: asked once, for all that is then counted and listed by it."""
    if wanted.found is not None:
        return wanted
    return replace(wanted, found=find_orders(account_id, wanted.search, buyers=wanted.buyers))

"""The SKUs of an account by what filters ask for: counted, searched, sorted and cut by the database. Reads only.

What is stopped, short or mapped by hand, and what changed since it was summed up, are few: those are known one by one.
All others stay where they are kept, but for the page that is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any

from .. import sku_figures
from ..db import db
from ..sku_figures import Sku
from .queries import CHANGE, KEPT, STOPPED, Few, few, holding, needed_and_short, some_of_the_others, stopped_and_changed

UNMATCHED, SHORT, MAPPED, MATCHED = "unmatched", "short", "mapped", "matched"
FILTERS = (UNMATCHED, SHORT, MAPPED, MATCHED)
Row = tuple[str, Sku]
Figures = dict[str, Sku]


@dataclass
class Stopped:
    """The orders that a problem with a SKU's product stops, and the problem, where it is with this very SKU."""

    orders: set[int] = field(default_factory=set)
    problem: tuple[str, dict[str, Any]] = ("", {})


_NOT = Stopped()


@dataclass(frozen=True)
class Listed:
    """A list of SKUs in its order. some: of (how many to leave out, how many at most)."""

    total: int
    some: Callable[[int, int], list[Row]]


def of_account(account_id: int) -> Skus:
    """What is known of the few: one query, and one more where some changed since they were summed up."""
    rows = db.session.execute(stopped_and_changed(account_id)).all()
    changes = [(sku, line, int(orders)) for kind, line, sku, orders, _none in rows if kind == CHANGE]
    kept = {sku: Sku(int(orders), line, matched) for kind, line, sku, orders, matched in rows if kind == KEPT}
    stopped: defaultdict[str, Stopped] = defaultdict(Stopped)
    for _kind, order, sku, code, data in sorted((row for row in rows if row[0] == STOPPED), key=itemgetter(1)):
        stopped[sku].orders.add(order)
        if str((data or {}).get("sku")) == sku:
            stopped[sku].problem = (code, data or {})
    return Skus(account_id, dict(stopped), sku_figures.changed(account_id, kept, changes))


@dataclass
class Skus:
    """stopped: what a problem with its product stops, by SKU. changed: since they were summed up, as they are now."""

    account_id: int
    stopped: dict[str, Stopped]
    changed: Figures
    _needed: tuple[dict[str, int], Figures] | None = field(default=None, init=False, repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """How many SKUs each filter shows; "" counts all."""
        return {**self._numbers, MAPPED: len(self._mapped), SHORT: len(self.short)}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        now = [each for each in self.changed.values() if each.orders]
        number, matched = self._few.number + len(now), self._few.matched + sum(each.matched for each in now)
        stuck = sum(each.matched for each in self._stopping.values())
        return {"": number, UNMATCHED: number - matched + stuck, MATCHED: matched}

    @property
    def short(self) -> Figures:
        """SKUs of which open orders need more than there was when it was last looked for: as a row says it."""
        return self._need(())[1]

    def needed_of(self, skus: Collection[str]) -> dict[str, int]:
        """Pieces that orders which are not in the shop still need of these."""
        return self._need(skus)[0]

    def shown(self, only: str) -> Listed:
        """The SKUs that a filter shows; "" shows all."""
        if only in (MAPPED, SHORT):
            return self._at_hand(self._mapped if only == MAPPED else self.short)
        first = self._sorted({sku: each for sku, each in self._stopping.items() if only != MATCHED or each.matched})
        changed = {sku: each for sku, each in self.changed.items() if each.orders and sku not in self.stopped}
        others = _Others(self, only, self._sorted({sku: each for sku, each in changed.items() if _shows(only, each)}))

        def some(leave_out: int, most: int) -> list[Row]:
            found = first[leave_out : leave_out + most]
            left = most - len(found)
            return found + (others.some(max(0, leave_out - len(first)), left) if left else [])

        return Listed(self._numbers[only], some)

    def searched(self, text: str, only: str) -> Listed:
        """Of those that a filter shows, the ones whose number, or the names or code of whose last line, hold this."""
        found = holding(self.account_id, text, self.changed)
        if only in (MAPPED, SHORT):
            these: Collection[str] = self._mapped if only == MAPPED else self.short
        else:
            stuck = self.stopped if only == UNMATCHED else ()
            these = [sku for sku, each in found.items() if sku in stuck or _shows(only, each)]
        return self._at_hand({sku: found[sku] for sku in these if sku in found})

    @cached_property
    def _few(self) -> Few:
        return few(self.account_id, self.stopped, self.changed)

    @property
    def _stopping(self) -> Figures:
        return self._known(self.stopped)

    @property
    def _mapped(self) -> Figures:
        return self._known(self._few.mapped)

    def _known(self, skus: Collection[str]) -> Figures:
        """Those of the few that are on orders."""
        found = {sku: self.changed.get(sku) or self._few.figures.get(sku, Sku()) for sku in skus}
        return {sku: each for sku, each in found.items() if each.orders}

    def _need(self, skus: Collection[str]) -> tuple[dict[str, int], Figures]:
        """Asked once: for those of a page, unless the page is of what is short."""
        if self._needed is None:
            self._needed = needed_and_short(self.account_id, skus, self.changed)
        return self._needed

    def _at_hand(self, skus: Mapping[str, Sku]) -> Listed:
        rows = self._sorted(skus)
        return Listed(len(rows), lambda leave_out, most: rows[leave_out : leave_out + most])

    def _sorted(self, skus: Mapping[str, Sku]) -> list[Row]:
        """Those that stop orders first, then the most ordered."""
        return sorted(skus.items(), key=lambda row: (-len(self.stopped.get(row[0], _NOT).orders), *_most(row)))


@dataclass(frozen=True)
class _Others:
    """The SKUs that stop nothing: sorted and cut by the database, and among them those that changed."""

    skus: Skus
    only: str
    changed: list[Row]

    def some(self, leave_out: int, most: int) -> list[Row]:
        """However those that changed lie among the others, these stand at most so many places later by them."""
        begin = max(0, leave_out - len(self.changed))
        known = {*self.skus.stopped, *self.skus.changed}
        kept = some_of_the_others(self.skus.account_id, _MATCHES[self.only], known, begin, leave_out + most - begin)
        before = [row for row in self.changed if begin and kept and _most(row) < _most(kept[0])]
        both = sorted([*kept, *self.changed[len(before) :]], key=_most)
        return both[leave_out - begin - len(before) :][:most]


def _most(row: Row) -> tuple[int, str]:
    return -row[1].orders, row[0]


def _shows(only: str, each: Sku) -> bool:
    return _MATCHES[only] in (None, each.matched)


_MATCHES = {"": None, UNMATCHED: False, MATCHED: True}

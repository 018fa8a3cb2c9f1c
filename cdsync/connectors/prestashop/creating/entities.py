"""Many entities in one body, without a transaction: what was made is found again, the rest goes on. Makes no order.

PrestaShop stops at the first refused entity and keeps those before it (read in WebserviceRequest::saveEntityFromXml);
a PHP warning stops it after the entity that raised it. So after anything but a clean answer: look, keep what is
there, send the rest; one by one when a firewall dislikes something in the body. Where no answer came the shop may still
be at work: nothing is sent then, by this attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cdsync.errors import (
    CdsyncError,
    ConfigError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
    WrongStateError,
)

from ...base import MOVES_STOCK, Journal
from ..webservice.answers import EMAIL_TAKEN
from ..webservice.client import Webservice
from ..webservice.errors import ContentBlockedError, OddValueError
from ..webservice.xml import Body, Row, Value, decimal
from .doubt import may_be_at_work
from .steps import INVOICE, PACKS, STATUS, STOCK_STEPS, TOTALS

# Steps whose change shows before the shop is through with the order, and after which more of it is written.
GROWS = (PACKS,)
GROWS_BY_PUT = (PACKS, STATUS, TOTALS, INVOICE)  # at its end a PUT writes the whole order back as it was read
Key = tuple[str, ...]
Find = Callable[[Sequence["Item"]], Mapping[Key, str]]


@dataclass(frozen=True)
class Item:
    """One entity to make, for one order or several (a customer of two orders); `key` finds it again in the shop.

    `name` is what its id is called in the journal; `data` is kept beside it. `grows`: it is not whole as soon as it
    can be found.
    """

    refs: tuple[str, ...]
    key: Key
    body: Body
    name: str
    data: Mapping[str, str] = field(default_factory=dict)
    grows: bool = False


@dataclass
class Made:
    ids: dict[Key, str] = field(default_factory=dict)
    errors: dict[Key, CdsyncError] = field(default_factory=dict)


class Maker:
    """Makes entities under the journal's eye. Only ConfigError is raised; any other failure is its item's."""

    def __init__(self, webservice: Webservice, journal: Journal) -> None:
        self._ws = webservice
        self._journal = journal

    def make(self, step: str, resource: str, items: Sequence[Item], find: Find, look_first: Iterable[Key] = ()) -> Made:
        """An id or an error for each item. `look_first`: keys that may exist already, from an earlier attempt."""
        made = Made()
        looked = set(look_first)
        if doubtful := [i for i in items if i.key in looked]:
            try:
                made.ids.update(find(doubtful))
            except TemporaryError as error:
                made.errors.update({i.key: error for i in items})
                return made
        self._note(step, items, made)
        left = [i for i in items if i.key not in made.ids]
        size = len(left)
        while left := self._granted(step, left, made):
            some, rest = left[:size], left[size:]
            try:
                rows = self._ws.create(resource, [i.body for i in some])
            except ConfigError:
                self._journal.answered(step, _refs(left))
                raise
            except TemporaryError as error:
                made.errors.update({i.key: error for i in left})
                self._journal.answered(step, _refs(left))
                break
            except UnknownOutcomeError as error:
                left = self._after_failure(step, left, error, find, made)
            except RejectedError as error:
                left = self._after_failure(step, some, error, find, made) + rest
                size = 1 if isinstance(error, ContentBlockedError) else size
            else:
                made.ids.update({i.key: row.id for i, row in zip(some, rows, strict=True)})
                left = rest
            self._note(step, items, made)
        return made

    def _granted(self, step: str, left: list[Item], made: Made) -> list[Item]:
        """Items that may go on: an order whose claim was lost is dropped before the write."""
        if not left:
            return []
        refs = {ref for i in left for ref in i.refs}
        granted = self._journal.begin(step, {ref: {} for ref in sorted(refs)})
        kept = [i for i in left if granted.intersection(i.refs)]
        made.errors.update({i.key: claimed() for i in left if i not in kept})
        return kept

    def _after_failure(self, step: str, left: list[Item], error: CdsyncError, find: Find, made: Made) -> list[Item]:
        """Keeps what is in the shop after all; returns what is worth sending again."""
        tell = self._journal.unanswered if may_be_at_work(error) else self._journal.answered
        tell(step, _refs(left))
        try:
            found = find(left)
        except TemporaryError as unread:
            made.errors.update({i.key: unread if isinstance(error, RejectedError) else error for i in left})
            return []
        if may_be_at_work(error):
            found = {i.key: found[i.key] for i in left if i.key in found and not i.grows}
        made.ids.update(found)
        missing = [i for i in left if i.key not in found]
        progress = len(missing) < len(left)
        if isinstance(error, RejectedError):
            if progress and error.data.get("shop_code") == str(EMAIL_TAKEN):
                return missing  # the refused one existed: it is among the found
            if isinstance(error, ContentBlockedError) and len(left) > 1:
                return missing  # whose content it is shows one by one
            if missing:
                made.errors[missing[0].key] = error
            return missing[1:]
        if progress and not may_be_at_work(error):
            return missing
        made.errors.update({i.key: error for i in missing})
        return []

    def _note(self, step: str, items: Sequence[Item], made: Made) -> None:
        """Commits the ids of the orders that have all of their entities."""
        incomplete = {ref for i in items if i.key not in made.ids for ref in i.refs}
        results: dict[str, dict[str, str]] = {}
        for item in items:
            for ref in set(item.refs) - incomplete:
                results.setdefault(ref, {}).update({item.name: made.ids[item.key], **item.data})
        if results:
            self._journal.done(step, results)


@dataclass
class Changed:
    """Rows as they are after the change, and errors, by order ref. `unanswered`: rows that were only found so."""

    rows: dict[str, Row] = field(default_factory=dict)
    errors: dict[str, CdsyncError] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)


class Changer:
    """Changes rows that exist, many in one body; sending a change twice does no harm. Raises ConfigError only."""

    def __init__(self, webservice: Webservice, journal: Journal) -> None:
        self._ws = webservice
        self._journal = journal

    def change(self, step: str, resource: str, changes: Mapping[str, tuple[Row, Mapping[str, Value]]]) -> Changed:
        """By order ref: the row as read, and its new fields."""
        done = Changed()
        left = dict(changes)
        size = len(left)
        while left := self._granted(step, left, done):
            some = dict(list(left.items())[:size])
            rest = {ref: change for ref, change in left.items() if ref not in some}
            try:
                rows = {row.id: row for row in self._ws.update(resource, list(some.values()))}
            except ConfigError:
                self._journal.answered(step, left)
                raise
            except TemporaryError as error:
                done.errors.update(dict.fromkeys(left, error))
                self._journal.answered(step, left)
                break
            except UnknownOutcomeError as error:
                left = self._after_failure(step, resource, left, error, done)
            except RejectedError as error:
                left = self._after_failure(step, resource, some, error, done) | rest
                size = 1 if isinstance(error, ContentBlockedError) else size
            else:
                done.rows.update({ref: rows.get(row.id, row) for ref, (row, _) in some.items()})
                left = rest
        if through := [ref for ref in done.rows if ref not in done.unanswered]:
            self._journal.done(step, {ref: {} for ref in through})
        return done

    def _granted(
        self, step: str, left: dict[str, tuple[Row, Mapping[str, Value]]], done: Changed
    ) -> dict[str, tuple[Row, Mapping[str, Value]]]:
        if not left:
            return {}
        try:
            intent = {MOVES_STOCK: True} if step in STOCK_STEPS else {}
            granted = self._journal.begin(step, dict.fromkeys(left, intent))
        except TemporaryError as error:  # the shop may still be at another order's stock
            done.errors.update(dict.fromkeys(left, error))
            return {}
        done.errors.update({ref: claimed() for ref in left if ref not in granted})
        return {ref: change for ref, change in left.items() if ref in granted}

    def _after_failure(
        self,
        step: str,
        resource: str,
        left: dict[str, tuple[Row, Mapping[str, Value]]],
        error: CdsyncError,
        done: Changed,
    ) -> dict[str, tuple[Row, Mapping[str, Value]]]:
        at_work = may_be_at_work(error)
        tell = self._journal.unanswered if at_work else self._journal.answered
        tell(step, left)
        try:
            now = {r.id: r for r in self._ws.rows_where(resource, "id", [row.id for row, _ in left.values()])}
        except TemporaryError:
            done.errors.update(dict.fromkeys(left, error))
            return {}
        changed = {ref: now[row.id] for ref, (row, new) in left.items() if row.id in now and holds(now[row.id], new)}
        if at_work and step in (GROWS if self._ws.has_patch else GROWS_BY_PUT):
            changed = {}
        if at_work:
            done.unanswered |= changed.keys()
        done.rows.update(changed)
        missing = [ref for ref in left if ref not in changed]
        if at_work and step in STOCK_STEPS and not missing:
            self._journal.stock_moved(step)  # PrestaShop writes the status after the stock
        if isinstance(error, ContentBlockedError) and len(left) > 1:
            pass  # whose content it is shows one by one
        elif isinstance(error, RejectedError) and missing:
            done.errors[missing.pop(0)] = error
        elif not changed or at_work:
            done.errors.update(dict.fromkeys(missing, error))
            return {}
        return {ref: left[ref] for ref in missing}


def _refs(items: Iterable[Item]) -> set[str]:
    return {ref for item in items for ref in item.refs}


def holds(row: Row, fields: Mapping[str, Value]) -> bool:
    """True when the row has these values; amounts are compared as numbers."""
    return all(_same(row[name], str(value)) for name, value in fields.items())


def _same(stored: str, wanted: str) -> bool:
    if stored == wanted or {stored, wanted} <= {"", "0"}:
        return True
    try:
        return bool(stored) and decimal(stored) == decimal(wanted)
    except OddValueError:
        return False


def claimed() -> WrongStateError:
    """The order's claim was lost to another worker."""
    return WrongStateError("order.claimed", owner="")

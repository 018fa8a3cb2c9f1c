"""Rows that exist changed, many in one body, without a transaction: what holds afterwards is read, the rest goes on.

What PrestaShop does with a body that holds something it refuses: `entities`. Sending a change twice does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdsync.errors import CdsyncError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError

from ...base import MOVES_STOCK, Journal
from ..webservice.client import Webservice
from ..webservice.errors import ContentBlockedError, OddValueError
from ..webservice.xml import Row, Value, decimal
from .deaths import MOST_FRUITLESS, Deaths, died
from .doubt import may_be_at_work
from .entities import claimed
from .portions import Sent, in_portions
from .steps import INVOICE, PACKS, STATUS, STOCK_STEPS, TOTALS

# Steps whose change shows before the shop is through with the order, and after which more of it is written.
GROWS = (PACKS,)
GROWS_BY_PUT = (PACKS, STATUS, TOTALS, INVOICE)  # at its end a PUT writes the whole order back as it was read


@dataclass
class Changed:
    """Rows as they are after the change, and errors, by order ref.

    `unanswered`: rows that were only found so. `fruitless`: how often in a row the shop died and got nowhere.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    errors: dict[str, CdsyncError] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    fruitless: int = 0


class Changer:
    """Changes rows that exist, many in one body; sending a change twice does no harm. Raises ConfigError only."""

    def __init__(self, webservice: Webservice, journal: Journal) -> None:
        self._ws = webservice
        self._journal = journal
        self._deaths = Deaths(journal)

    def change(self, step: str, resource: str, changes: Mapping[str, tuple[Row, Mapping[str, Value]]]) -> Changed:
        """By order ref: the row as read, and its new fields."""
        done = Changed()

        def send(some: list[str]) -> Sent[str]:
            return self._send(step, resource, {ref: changes[ref] for ref in some}, done)

        def at_once(left: list[str]) -> int:
            bodies = [self._ws.changed(*changes[ref]) for ref in left]
            return self._ws.body_size.entities(self._ws.changes_by, resource, bodies)

        done.errors.update(in_portions(list(changes), at_once, send))
        if through := [ref for ref in done.rows if ref not in done.unanswered]:
            self._journal.done(step, {ref: {} for ref in through})
        return done

    def _send(
        self, step: str, resource: str, wanted: Mapping[str, tuple[Row, Mapping[str, Value]]], done: Changed
    ) -> Sent[str]:
        try:
            some = self._granted(step, wanted, done)
        except TemporaryError as error:  # the shop may still be at another order's stock
            done.errors.update(dict.fromkeys(wanted, error))
            return Sent(stopped_by=error)
        if not some:
            return Sent()
        try:
            rows = {row.id: row for row in self._ws.update(resource, list(some.values()))}
        except ConfigError:
            self._journal.answered(step, some)
            raise
        except TemporaryError as error:
            done.errors.update(dict.fromkeys(some, error))
            self._journal.answered(step, some)
            return Sent(stopped_by=error)
        except UnknownOutcomeError as error:
            again = self._after_failure(step, resource, some, error, done)
            alone = died(error) and done.fruitless < MOST_FRUITLESS  # the others have nothing to do with it
            failed = not again and any(ref in done.errors for ref in some)
            return Sent(list(again), stopped_by=error if failed and not alone else None)
        except RejectedError as error:
            again = self._after_failure(step, resource, some, error, done)
            return Sent(list(again), one_by_one=isinstance(error, ContentBlockedError))
        done.rows.update({ref: rows.get(row.id, row) for ref, (row, _) in some.items()})
        return Sent()

    def _granted(
        self, step: str, left: Mapping[str, tuple[Row, Mapping[str, Value]]], done: Changed
    ) -> dict[str, tuple[Row, Mapping[str, Value]]]:
        intent = {MOVES_STOCK: True} if step in STOCK_STEPS else {}
        granted = self._journal.begin(step, dict.fromkeys(left, intent))
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
        elif at_work:
            done.errors.update(dict.fromkeys(missing, error))
            return {}
        elif missing and not self._go_on(step, resource, missing, error, done, fruitless=not changed):
            return {}
        return {ref: left[ref] for ref in missing}

    def _go_on(
        self, step: str, resource: str, missing: list[str], error: CdsyncError, done: Changed, *, fruitless: bool
    ) -> bool:
        """After the shop died: whether what is missing is worth sending again; takes what it died over out of it."""
        if not fruitless:
            done.fruitless = 0
            self._deaths.passed_over(step, missing[:1])
            return True
        done.fruitless += 1
        first = missing.pop(0)
        done.errors[first] = self._deaths.over(step, [first], resource, error)
        if done.fruitless < MOST_FRUITLESS:
            return True
        done.errors.update(dict.fromkeys(missing, error))
        return False


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

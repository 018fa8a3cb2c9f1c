"""How a row of a comparison is shown: what it says, and what a person can do about it. Compares nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cdsync import states
from cdsync.db import db
from cdsync.models import Order, ReconcileRow, Reconciliation
from cdsync.overview.reconciled import Kind
from cdsync.reconciliations import ALARMING, MISSING, NOT_LOOKED_UP, PROBLEM, SHOP_ORDER_GONE, STOCK, TWICE

from ..shell.customer_data import about, words_about
from ..shell.explaining import Explanation, explain
from ..text.language import _, ngettext
from ..text.reconcile_words import advice, kind_badge, why_word
from ..text.words import Badge

_MADE_ANEW = frozenset({states.IMPORTED, states.TO_IMPORT})


def can_be_repaired(row: ReconcileRow) -> bool:
    """Whether an import puts the row right: no lookup had seen the order, and it is known now; or its shop order is
    gone, and the marketplace still waits for the parcel.
    """
    order = db.session.get(Order, row.order_id) if row.kind == MISSING and row.order_id else None
    if order is None or row.dismissed_at is not None or imported_since(row):
        return False
    return row.why == NOT_LOOKED_UP or (row.why == SHOP_ORDER_GONE and order.state in _MADE_ANEW)


def imported_since(row: ReconcileRow) -> bool:
    """Whether a missing order has been imported after the comparison, whose verdict stays what it was."""
    order = db.session.get(Order, row.order_id) if row.kind == MISSING and row.order_id else None
    imported_at = order.imported_at if order else None
    return imported_at is not None and imported_at > row.reconciliation.at


def cancellable(row: ReconcileRow) -> dict[str, str]:
    """Of a row with several live shop orders: their numbers for people, by the shop's id."""
    live = row.data.get("live") or []
    if row.kind != TWICE or row.dismissed_at is not None or len(live) < 2:
        return {}
    numbers = dict(zip(row.shop_refs or (), row.data.get("numbers") or (), strict=False))
    return {ref: numbers.get(ref) or f"#{ref}" for ref in live}


def alarms(latest: Reconciliation | None) -> int:
    """How many orders of a comparison do not match, those dismissed left out."""
    return sum(latest.counts.get(kind, 0) for kind in ALARMING) if latest else 0


@dataclass(frozen=True)
class RowShown:
    """One row. error: why a dismissal was not taken; may_cancel: whether the shop's status for it is known."""

    row: ReconcileRow
    merchant: bool
    may_cancel: bool
    error: str = ""

    @property
    def shop_orders(self) -> list[tuple[str, str]]:
        """(number, id) of each; the number is "" where the shop gave none."""
        refs = self.row.shop_refs or []
        numbers = [*(self.row.data.get("numbers") or ()), *([""] * len(refs))]
        return list(zip(numbers, refs, strict=False))

    @property
    def payment(self) -> str:
        """What the shop calls its payment."""
        return words_about(self.row, self.row.data.get("payment"))

    @property
    def difference(self) -> Decimal | None:
        """Shop less marketplace, where both totals are known and the row is to be looked at."""
        row = self.row
        if not self.is_alarming or row.marketplace_total is None or row.shop_total is None:
            return None
        return row.shop_total - row.marketplace_total

    @property
    def is_alarming(self) -> bool:
        return self.row.kind in ALARMING

    @property
    def badge(self) -> Badge:
        return kind_badge(self.row.kind, dismissed=self.row.dismissed_at is not None)

    @property
    def why(self) -> str:
        """Beside the badge: the problem, or the state that explains it; an alarm has its advice below."""
        if self.is_alarming:
            return ""
        if self.row.kind == PROBLEM and "." in self.row.why:
            return explain(self.row.why, self.row.data, orders=about(self.row)).title
        return why_word(self.row.why)

    @property
    def dismissed_because(self) -> str:
        return words_about(self.row, self.row.dismissed_reason)

    @property
    def advice(self) -> str:
        """What to do about it, or that it is done; "" where nothing is to be done."""
        if imported_since(self.row):
            return _("Imported since. The next comparison will show it.")
        return advice(self.row.kind, self.row.why) if self.is_alarming or self.row.kind == PROBLEM else ""

    @property
    def odd_stock(self) -> list[Explanation]:
        """Where stock did not move as it should: what is said of each product."""
        return [explain(self.row.why, each, orders=about(self.row)) for each in self.row.data.get("stock") or ()]

    @property
    def is_settled_here(self) -> bool:
        """Whether the person may put it right or dismiss it."""
        return self.merchant and self.is_alarming and not imported_since(self.row)

    @property
    def can_repair(self) -> bool:
        return can_be_repaired(self.row)

    @property
    def cancellable(self) -> dict[str, str]:
        """Shop orders that can be cancelled here: their numbers by the shop's id."""
        return cancellable(self.row) if self.may_cancel else {}

    @property
    def wants_status(self) -> bool:
        """Whether one of two could be cancelled here if the shop's status for that were known."""
        return bool(cancellable(self.row)) and not self.may_cancel

    @property
    def dismiss_words(self) -> str:
        return _("It has been put right") if self.row.kind == STOCK else _("Dismiss")


def kind_note(kind: Kind) -> str:
    """Under the number of a kind's rows."""
    if kind.dismissed:
        return ngettext("and %(num)s dismissed", "and %(num)s dismissed", kind.dismissed)
    if kind.kind not in ALARMING:
        return ""
    return _("must be zero") if kind.open else "✓"

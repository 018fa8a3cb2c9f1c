"""Shipping and carrier of an order made as the marketplace has them, before there is an invoice. Sets no status.

The shop charges its own shipping, and takes its default carrier where the wanted one does not fit. Orders whose lines
differ are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..creating.mapper import shipping_changes, total_changes
from ..creating.work import SHIPPING, TOTALS, Work
from ..shop_data.reference import Reference
from ..shop_data.shipments_apart import NOBODY, came_apart
from ..webservice.xml import Row, Value
from . import verify
from .batch_changes import BatchChanges, Changes
from .order_state import is_fresh
from .verdicts import UnfinishedError


class ShippingCorrection:
    """Corrects the orders of one batch together; an error is its order's, in the batch's changes."""

    def __init__(self, reference: Reference, changes: BatchChanges) -> None:
        self._reference = reference
        self._changes = changes

    def correct(self, works: Sequence[Work]) -> None:
        """Each work has its row, just read; one that cannot be corrected gets an error."""
        if corrected := self._to_correct(works):
            self._correct([w for w in works if w.ref in corrected], corrected)

    def _to_correct(self, works: Sequence[Work]) -> dict[str, bool]:
        """Refs whose shipping or carrier is to be corrected; True: the totals as well."""
        corrected: dict[str, bool] = {}
        for work in works:
            row = work.order_row
            verdict = verify.judge(row, work.draft, work.plan)
            if verdict.error:
                self._changes.errors[work.ref] = verdict.error
            elif verdict.shipping_differs and not self._may_correct(work):
                held = verify.totals_hold(row, work.draft, work.plan)
                self._changes.errors[work.ref] = held or verify.total_differs(row, work.draft)
            elif verdict.shipping_differs or self._wrong_carrier(work):
                corrected[work.ref] = verdict.shipping_differs
        return corrected

    def _may_correct(self, work: Work) -> bool:
        """Only before there is an invoice: afterwards the totals would no longer be the invoice's."""
        return not work.has_invoice and is_fresh(work, self._reference)

    def _wrong_carrier(self, work: Work) -> bool:
        """The shop takes its default carrier where the wanted one does not fit zone, weight or group; or none at all,
        with 9.1's switch for shipments. Not one that bears no shipping: there no carrier delivers.
        """
        row = work.order_row
        if work.plan is None or not is_fresh(work, self._reference):
            return False
        if row["id_carrier"] in NOBODY:
            return came_apart(row)
        return row["id_carrier"] != work.plan.carrier.id

    def _correct(self, works: Sequence[Work], totals_too: Mapping[str, bool]) -> None:
        carriers = self._order_carriers(works)
        totals: Changes = {}
        shipping: Changes = {}
        for work in works:
            if work.ref in self._changes.errors:
                continue
            row, rate = work.order_row, self._shipping_rate(work)
            net = work.plan.total_without_tax(rate) if work.plan else None
            carrier: dict[str, Value] = (
                {"id_carrier": work.plan.carrier.id} if work.plan and self._wrong_carrier(work) else {}
            )
            if totals_too[work.ref]:
                taxed: dict[str, Value] = {"carrier_tax_rate": f"{rate:.3f}"} if carrier else {}
                totals[work.ref] = (row, {**carrier, **taxed, **total_changes(work.draft, rate, net, row)})
                costs = shipping_changes(work.draft, rate)
            else:
                totals[work.ref], costs = (row, carrier), {}
            own = carriers.get(row.id)
            if own is not None:
                shipping[work.ref] = (own, {**carrier, **costs})
        # The order's own totals come last: an order whose totals are right has nothing left to correct.
        orders = {w.ref: w.order_row.id for w in works}
        for ref, row in self._changes.send(SHIPPING, "order_carriers", shipping).items():
            rows = self._changes.carried[orders[ref]]
            self._changes.carried[orders[ref]] = [row if each.id == row.id else each for each in rows]
        totals = {ref: change for ref, change in totals.items() if ref not in self._changes.errors}
        self._changes.send_orders(TOTALS, works, totals)

    def _order_carriers(self, works: Sequence[Work]) -> dict[str, Row]:
        """The newest `order_carrier` by order; without one the shipping costs have no place, unless there are none, or
        the shop keeps them elsewhere (`shipments_apart`).
        """
        self._changes.read_carried(works)
        newest = {order: rows[-1] for order, rows in self._changes.carried.items() if rows}
        for work in self._changes.alive(works):
            if work.order_row.id not in newest and work.draft.shipping and not came_apart(work.order_row):
                self._changes.errors[work.ref] = UnfinishedError("import.no_carrier_row", shop_order=work.order_row.id)
        return newest

    def _shipping_rate(self, work: Work) -> Decimal:
        """Percent: the shop's own for the order, or the wanted carrier's where the shop took another."""
        if work.plan and self._wrong_carrier(work):
            return work.plan.shipping_rate
        return work.order_row.money("carrier_tax_rate")

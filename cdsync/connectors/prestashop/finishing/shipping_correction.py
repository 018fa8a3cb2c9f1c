"""Shipping and carrier of an order made as the marketplace has them, before there is an invoice. Sets no status.

The shop charges its own shipping, and takes its default carrier where the wanted one does not fit. Orders whose lines
differ are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..creating.mapper import shipping_changes, total_changes
from ..creating.stages import InShop
from ..creating.steps import SHIPPING, TOTALS
from ..shop_data.improved_shipment import NOBODY, came_apart
from ..shop_data.reference import Reference
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

    def correct(self, orders: Sequence[InShop]) -> None:
        """Each order has its row, just read; one that cannot be corrected gets an error."""
        if corrected := self._to_correct(orders):
            self._correct([o for o in orders if o.ref in corrected], corrected)

    def _to_correct(self, orders: Sequence[InShop]) -> dict[str, bool]:
        """Refs whose shipping or carrier is to be corrected; True: the totals as well."""
        corrected: dict[str, bool] = {}
        for order in orders:
            row = order.row
            verdict = verify.judge(row, order.draft, order.plan)
            if verdict.error:
                self._changes.errors[order.ref] = verdict.error
            elif verdict.shipping_differs and not self._may_correct(order):
                held = verify.totals_hold(row, order.draft, order.plan)
                self._changes.errors[order.ref] = held or verify.total_differs(row, order.draft)
            elif verdict.shipping_differs or self._wrong_carrier(order):
                corrected[order.ref] = verdict.shipping_differs
        return corrected

    def _may_correct(self, order: InShop) -> bool:
        """Only before there is an invoice: afterwards the totals would no longer be the invoice's."""
        return not order.has_invoice and is_fresh(order, self._reference)

    def _wrong_carrier(self, order: InShop) -> bool:
        """The shop takes its default carrier where the wanted one does not fit zone, weight or group; or none at all,
        with 9.1's switch for shipments. Not one that bears no shipping: there no carrier delivers.
        """
        row = order.row
        if order.plan is None or not is_fresh(order, self._reference):
            return False
        if row["id_carrier"] in NOBODY:
            return came_apart(row)
        return row["id_carrier"] != order.plan.carrier.id

    def _correct(self, orders: Sequence[InShop], totals_too: Mapping[str, bool]) -> None:
        carriers = self._order_carriers(orders)
        totals: Changes = {}
        shipping: Changes = {}
        for order in orders:
            if order.ref in self._changes.errors:
                continue
            row, rate = order.row, self._shipping_rate(order)
            net = order.plan.total_without_tax(rate) if order.plan else None
            carrier: dict[str, Value] = (
                {"id_carrier": order.plan.carrier.id} if order.plan and self._wrong_carrier(order) else {}
            )
            if totals_too[order.ref]:
                taxed: dict[str, Value] = {"carrier_tax_rate": f"{rate:.3f}"} if carrier else {}
                totals[order.ref] = (row, {**carrier, **taxed, **total_changes(order.draft, rate, net, row)})
                costs = shipping_changes(order.draft, rate)
            else:
                totals[order.ref], costs = (row, carrier), {}
            own = carriers.get(row.id)
            if own is not None:
                shipping[order.ref] = (own, {**carrier, **costs})
        # The order's own totals come last: an order whose totals are right has nothing left to correct.
        numbers = {o.ref: o.row.id for o in orders}
        for ref, row in self._changes.send(SHIPPING, "order_carriers", shipping).items():
            rows = self._changes.carried[numbers[ref]]
            self._changes.carried[numbers[ref]] = [row if each.id == row.id else each for each in rows]
        totals = {ref: change for ref, change in totals.items() if ref not in self._changes.errors}
        self._changes.send_orders(TOTALS, orders, totals)

    def _order_carriers(self, orders: Sequence[InShop]) -> dict[str, Row]:
        """The newest `order_carrier` by order; without one the shipping costs have no place, unless there are none, or
        the shop keeps them elsewhere (`shipments_apart`).
        """
        self._changes.read_carried(orders)
        newest = {number: rows[-1] for number, rows in self._changes.carried.items() if rows}
        for order in self._changes.alive(orders):
            if order.row.id not in newest and order.draft.shipping and not came_apart(order.row):
                self._changes.errors[order.ref] = UnfinishedError("import.no_carrier_row", shop_order=order.row.id)
        return newest

    def _shipping_rate(self, order: InShop) -> Decimal:
        """Percent: the shop's own for the order, or the wanted carrier's where the shop took another."""
        if order.plan and self._wrong_carrier(order):
            return order.plan.shipping_rate
        return order.row.money("carrier_tax_rate")

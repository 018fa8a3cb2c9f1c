"""From an order that exists to an imported one: shipping corrected, status set, payment named, all of it verified.

Never changes an order whose lines differ, and never the status before the money is right. Sending any of it twice
does no harm. The order of the requests is the one that gives one payment and a right invoice (recorded, remedy r6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cdsync.errors import CdsyncError

from ...base import ImportPolicy, ShopOrder
from ..addresses.cleaning import payment_text
from ..creating.changes import Changer
from ..creating.stages import InShop
from ..creating.steps import INVOICE, PACKS, PAYMENT, STATUS
from ..shop_data.reference import Reference
from ..webservice.client import Webservice
from ..webservice.xml import Row, Value
from . import verify
from .batch_changes import BatchChanges, Changes
from .order_state import is_fresh
from .parcels import parcel_of
from .read_back import shop_order
from .shipping_correction import ShippingCorrection
from .verdicts import UnfinishedError


@dataclass
class Finished:
    orders: dict[str, ShopOrder] = field(default_factory=dict)
    errors: dict[str, CdsyncError] = field(default_factory=dict)
    parts: dict[str, tuple[ShopOrder, ...]] = field(default_factory=dict)  # the other parts of split orders

    def add(self, others: Finished) -> None:
        self.orders.update(others.orders)
        self.errors.update(others.errors)
        self.parts.update(others.parts)


class Finishing:
    """Finishes the orders of one batch together. Raises ConfigError only; other failures are their order's."""

    def __init__(self, webservice: Webservice, reference: Reference, changer: Changer, policy: ImportPolicy) -> None:
        self._ws = webservice
        self._reference = reference
        self._changer = changer
        self._policy = policy

    def finish(self, orders: Sequence[InShop]) -> Finished:
        """Each order has its `row`, just read. An order, or an error, for each ref."""
        batch = BatchChanges(self._ws, self._changer, orders)
        ShippingCorrection(self._reference, batch).correct(orders)
        self._hold_packs(batch, batch.alive(orders))
        self._set_status(batch, batch.alive(orders))
        if not self._ws.has_patch:
            self._restore_invoices(batch, batch.alive(orders))
        self._name_payments(batch, batch.alive(orders))
        batch.read_carried(batch.alive(orders))
        finished = Finished(errors=batch.errors)
        for order in batch.alive(orders):
            error = self._last_look(order)
            if error:
                finished.errors[order.ref] = error
            else:
                finished.orders[order.ref] = self._order(batch, order)
        return finished

    def _hold_packs(self, batch: BatchChanges, orders: Sequence[InShop]) -> None:
        """Orders with a pack leave "payment error" by way of a waiting status, from 9.0 on.

        PrestaShop lowers the stock of packs there, and does not when such an order becomes a sale at once. Before 9.0
        it lowers nothing on that way.
        """
        waiting, failed = self._reference.waiting_status, self._reference.settings.get("PS_OS_ERROR")
        if not self._ws.holds_packs or not waiting:
            return
        changes: Changes = {
            o.ref: (o.row, {"current_state": waiting})
            for o in orders
            if o.plan and o.plan.has_pack and o.row["current_state"] == failed and is_fresh(o, self._reference)
        }
        for order in orders:
            order.held = order.held or order.ref in changes
        batch.send_orders(PACKS, orders, changes)

    def _set_status(self, batch: BatchChanges, orders: Sequence[InShop]) -> None:
        wanted = self._policy.imported_status
        changes: Changes = {
            o.ref: (o.row, {"current_state": wanted})
            for o in orders
            if o.row["current_state"] != wanted and is_fresh(o, self._reference)
        }
        batch.send_orders(STATUS, orders, changes)

    def _restore_invoices(self, batch: BatchChanges, orders: Sequence[InShop]) -> None:
        """Gives orders back the invoice that a PUT of their status took from them.

        The webservice sets the fields in its own order: the status first, which makes the invoice, then
        `invoice_number` and `valid` as they were read before. 1.7 only: a PATCH leaves them alone.
        """
        bare = {o.row.id: o for o in orders if self._wants_invoice(o.row) and not o.has_invoice}
        changes: Changes = {}
        for invoice in batch.rows_of(bare.values(), "order_invoices", "id_order", "id"):
            order = bare[invoice["id_order"]]
            fields: dict[str, Value] = {
                "invoice_number": invoice["number"],
                "invoice_date": invoice["date_add"],
                "delivery_number": invoice["delivery_number"],
                "delivery_date": invoice["delivery_date"],
                "valid": 1,
            }
            given = {name: value for name, value in fields.items() if value not in ("", "0")}
            changes[order.ref] = (order.row, given)
        batch.send_orders(INVOICE, orders, changes)

    def _wants_invoice(self, row: Row) -> bool:
        status = self._reference.statuses.get(row["current_state"])
        return status is not None and status.invoice and self._reference.settings.get("PS_INVOICE", "1") != "0"

    def _name_payments(self, batch: BatchChanges, orders: Sequence[InShop]) -> None:
        """Exactly one payment of the whole amount, with the marketplace's reference as its transaction."""
        payments: dict[str, list[Row]] = defaultdict(list)
        for row in batch.rows_of(orders, "order_payments", "order_reference", "reference"):
            payments[row["order_reference"]].append(row)
        changes: Changes = {}
        for order in batch.alive(orders):
            own = payments[order.row["reference"]]
            if what := self._payment_fault(order, own):
                error = UnfinishedError("import.not_verified", shop_order=order.row.id, what=what)
                batch.errors[order.ref] = error
            elif own:
                named = {"payment_method": payment_text(order.draft.payment_text), "transaction_id": order.ref}
                if any(own[0][name] != value for name, value in named.items()):
                    changes[order.ref] = (own[0], named)
        batch.send(PAYMENT, "order_payments", changes)

    def _payment_fault(self, order: InShop, payments: Sequence[Row]) -> str:
        status = self._reference.statuses.get(order.row["current_state"])
        if len(payments) > 1 or (not payments and status is not None and status.paid):
            return f"{len(payments)} payments"
        if payments and payments[0].money("amount") != order.paid:
            return f"payment of {payments[0].money('amount'):.2f} instead of {order.paid}"
        return ""

    def _last_look(self, order: InShop) -> CdsyncError | None:
        row = order.row
        if error := verify.totals_hold(row, order.draft, order.plan):
            return error
        status = self._reference.statuses.get(row["current_state"])
        if self._wants_invoice(row) and not order.has_invoice:
            return UnfinishedError("import.not_verified", shop_order=row.id, what="no invoice")
        # Of the parts of a split order one has the whole payment on it, the others none.
        right = {order.paid} if order.whole is None else {order.paid, Decimal(0)}
        if status is not None and status.paid and row.money("total_paid_real") not in right:
            what = f"paid {row.money('total_paid_real'):.2f} instead of {order.paid}"
            return UnfinishedError("import.not_verified", shop_order=row.id, what=what)
        return None

    def _order(self, batch: BatchChanges, order: InShop) -> ShopOrder:
        parcel = parcel_of(batch.carried.get(order.row.id, ()))
        return shop_order(order.row, self._reference, parcel, order.draft.currency)

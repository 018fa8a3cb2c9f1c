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
from ..checking.cleaning import payment_text
from ..creating.entities import Changer
from ..creating.work import INVOICE, PACKS, PAYMENT, STATUS, Work
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
class Settled:
    orders: dict[str, ShopOrder] = field(default_factory=dict)
    errors: dict[str, CdsyncError] = field(default_factory=dict)
    parts: dict[str, tuple[ShopOrder, ...]] = field(default_factory=dict)  # the other parts of split orders

    def add(self, others: Settled) -> None:
        self.orders.update(others.orders)
        self.errors.update(others.errors)
        self.parts.update(others.parts)


class Settling:
    """Settles the orders of one batch together. Raises ConfigError only; other failures are their order's."""

    def __init__(self, webservice: Webservice, reference: Reference, changer: Changer, policy: ImportPolicy) -> None:
        self._ws = webservice
        self._reference = reference
        self._changer = changer
        self._policy = policy
        self._changes = BatchChanges(webservice, changer)

    def settle(self, works: Sequence[Work]) -> Settled:
        """Each work has its `row`, just read. An order, or an error, for each ref."""
        self._changes = changes = BatchChanges(self._ws, self._changer, works)
        ShippingCorrection(self._reference, changes).correct(works)
        self._hold_packs(changes.alive(works))
        self._set_status(changes.alive(works))
        if not self._ws.has_patch:
            self._restore_invoices(changes.alive(works))
        self._name_payments(changes.alive(works))
        changes.read_carried(changes.alive(works))
        settled = Settled(errors=changes.errors)
        for work in changes.alive(works):
            error = self._last_look(work)
            if error:
                settled.errors[work.ref] = error
            else:
                settled.orders[work.ref] = self._order(work)
        return settled

    def _hold_packs(self, works: Sequence[Work]) -> None:
        """Orders with a pack leave "payment error" by way of a waiting status, from 9.0 on.

        PrestaShop lowers the stock of packs there, and does not when such an order becomes a sale at once. Before 9.0
        it lowers nothing on that way.
        """
        waiting, failed = self._reference.waiting_status, self._reference.settings.get("PS_OS_ERROR")
        if not self._ws.holds_packs or not waiting:
            return
        changes: Changes = {
            w.ref: (w.order_row, {"current_state": waiting})
            for w in works
            if w.plan and w.plan.has_pack and w.order_row["current_state"] == failed and is_fresh(w, self._reference)
        }
        for work in works:
            work.held = work.held or work.ref in changes
        self._changes.send_orders(PACKS, works, changes)

    def _set_status(self, works: Sequence[Work]) -> None:
        wanted = self._policy.imported_status
        changes: Changes = {
            w.ref: (w.order_row, {"current_state": wanted})
            for w in works
            if w.order_row["current_state"] != wanted and is_fresh(w, self._reference)
        }
        self._changes.send_orders(STATUS, works, changes)

    def _restore_invoices(self, works: Sequence[Work]) -> None:
        """Gives orders back the invoice that a PUT of their status took from them.

        The webservice sets the fields in its own order: the status first, which makes the invoice, then
        `invoice_number` and `valid` as they were read before. 1.7 only: a PATCH leaves them alone.
        """
        bare = {w.order_row.id: w for w in works if self._wants_invoice(w.order_row) and not w.has_invoice}
        changes: Changes = {}
        for invoice in self._changes.rows_of(bare.values(), "order_invoices", "id_order", "id"):
            work = bare[invoice["id_order"]]
            fields: dict[str, Value] = {
                "invoice_number": invoice["number"],
                "invoice_date": invoice["date_add"],
                "delivery_number": invoice["delivery_number"],
                "delivery_date": invoice["delivery_date"],
                "valid": 1,
            }
            given = {name: value for name, value in fields.items() if value not in ("", "0")}
            changes[work.ref] = (work.order_row, given)
        self._changes.send_orders(INVOICE, works, changes)

    def _wants_invoice(self, row: Row) -> bool:
        status = self._reference.statuses.get(row["current_state"])
        return status is not None and status.invoice and self._reference.settings.get("PS_INVOICE", "1") != "0"

    def _name_payments(self, works: Sequence[Work]) -> None:
        """Exactly one payment of the whole amount, with the marketplace's reference as its transaction."""
        payments: dict[str, list[Row]] = defaultdict(list)
        for row in self._changes.rows_of(works, "order_payments", "order_reference", "reference"):
            payments[row["order_reference"]].append(row)
        changes: Changes = {}
        for work in self._changes.alive(works):
            own = payments[work.order_row["reference"]]
            if what := self._payment_fault(work, own):
                error = UnfinishedError("import.not_verified", shop_order=work.order_row.id, what=what)
                self._changes.errors[work.ref] = error
            elif own:
                named = {"payment_method": payment_text(work.draft.payment_text), "transaction_id": work.ref}
                if any(own[0][name] != value for name, value in named.items()):
                    changes[work.ref] = (own[0], named)
        self._changes.send(PAYMENT, "order_payments", changes)

    def _payment_fault(self, work: Work, payments: Sequence[Row]) -> str:
        status = self._reference.statuses.get(work.order_row["current_state"])
        if len(payments) > 1 or (not payments and status is not None and status.paid):
            return f"{len(payments)} payments"
        if payments and payments[0].money("amount") != work.paid:
            return f"payment of {payments[0].money('amount'):.2f} instead of {work.paid}"
        return ""

    def _last_look(self, work: Work) -> CdsyncError | None:
        row = work.order_row
        if error := verify.totals_hold(row, work.draft, work.plan):
            return error
        status = self._reference.statuses.get(row["current_state"])
        if self._wants_invoice(row) and not work.has_invoice:
            return UnfinishedError("import.not_verified", shop_order=row.id, what="no invoice")
        # Of the parts of a split order one has the whole payment on it, the others none.
        right = {work.paid} if work.whole is None else {work.paid, Decimal(0)}
        if status is not None and status.paid and row.money("total_paid_real") not in right:
            what = f"paid {row.money('total_paid_real'):.2f} instead of {work.paid}"
            return UnfinishedError("import.not_verified", shop_order=row.id, what=what)
        return None

    def _order(self, work: Work) -> ShopOrder:
        parcel = parcel_of(self._changes.carried.get(work.order_row.id, ()))
        return shop_order(work.order_row, self._reference, parcel, work.draft.currency)

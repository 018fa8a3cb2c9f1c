"""From an order that exists to an imported one: shipping corrected, status set, payment named, all of it verified.

Never changes an order whose lines differ, and never the status before the money is right. Sending any of it twice
does no harm. The order of the requests is the one that gives one payment and a right invoice (recorded, remedy r6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ...errors import CdsyncError, RejectedError, TemporaryError
from ..base import ImportPolicy, ShopOrder
from . import verify
from .cleaning import payment_text
from .client import Webservice
from .making import Changer
from .mapper import shipping_changes, shop_order, total_changes
from .reference import Reference
from .work import INVOICE, PACKS, PAYMENT, SHIPPING, STATUS, TOTALS, Work
from .xml import Row, Value

Changes = dict[str, tuple[Row, Mapping[str, Value]]]


@dataclass
class Settled:
    orders: dict[str, ShopOrder] = field(default_factory=dict)
    errors: dict[str, CdsyncError] = field(default_factory=dict)


class Settling:
    """Settles the orders of one batch together. Raises ConfigError only; other failures are their order's."""

    def __init__(self, webservice: Webservice, reference: Reference, changer: Changer, policy: ImportPolicy) -> None:
        self._ws = webservice
        self._reference = reference
        self._changer = changer
        self._policy = policy
        self._errors: dict[str, CdsyncError] = {}
        self._held: set[str] = set()

    def settle(self, works: Sequence[Work]) -> Settled:
        """Each work has its `row`, just read. An order, or an error, for each ref."""
        self._errors, self._held = {}, set()
        by_ref = {w.ref: w for w in works}
        corrected = self._to_correct(works)
        if corrected:
            self._correct([by_ref[ref] for ref in corrected], corrected)
        self._hold_packs(self._alive(works))
        self._set_status(self._alive(works))
        if not self._ws.has_patch:
            self._restore_invoices(self._alive(works))
        self._name_payments(self._alive(works))
        settled = Settled(errors=self._errors)
        for work in self._alive(works):
            error = self._last_look(work)
            if error:
                settled.errors[work.ref] = error
            else:
                settled.orders[work.ref] = self._order(work)
        return settled

    def _alive(self, works: Sequence[Work]) -> list[Work]:
        return [w for w in works if w.ref not in self._errors]

    def _to_correct(self, works: Sequence[Work]) -> dict[str, bool]:
        """Refs whose shipping or carrier is to be corrected; True: the totals as well."""
        corrected: dict[str, bool] = {}
        for work in works:
            row = _row(work)
            verdict = verify.judge(row, work.draft, work.plan)
            if verdict.error:
                self._errors[work.ref] = verdict.error
            elif verdict.shipping_differs and not self._may_correct(work):
                self._errors[work.ref] = verify.total_differs(row, work.draft)
            elif verdict.shipping_differs or self._wrong_carrier(work):
                corrected[work.ref] = verdict.shipping_differs
        return corrected

    def _may_correct(self, work: Work) -> bool:
        """Only before there is an invoice: afterwards the totals would no longer be the invoice's."""
        return not _has_invoice(_row(work)) and self._is_fresh(work)

    def _is_fresh(self, work: Work) -> bool:
        """The order stands where an import leaves it: the merchant has not moved it on."""
        settings = self._reference.settings
        left = {settings.get(name) for name in ("PS_OS_WS_PAYMENT", "PS_OS_ERROR", "PS_OS_OUTOFSTOCK_PAID")}
        if work.left_over(PACKS) or work.ref in self._held:
            left.add(self._reference.waiting_status)
        return not work.adopted or _row(work)["current_state"] in left

    def _wrong_carrier(self, work: Work) -> bool:
        """The shop takes its default carrier where the wanted one does not fit zone, weight or group."""
        row = _row(work)
        if work.plan is None or not self._is_fresh(work) or row["id_carrier"] in ("", "0"):
            return False
        return row["id_carrier"] != work.plan.carrier.id

    def _correct(self, works: Sequence[Work], totals_too: Mapping[str, bool]) -> None:
        carriers = self._order_carriers(works)
        totals: Changes = {}
        shipping: Changes = {}
        for work in works:
            if work.ref in self._errors:
                continue
            row, rate = _row(work), self._shipping_rate(work)
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
        self._change(SHIPPING, "order_carriers", shipping)
        totals = {ref: change for ref, change in totals.items() if ref not in self._errors}
        self._keep_rows(works, self._change(TOTALS, "orders", totals))

    def _order_carriers(self, works: Sequence[Work]) -> dict[str, Row]:
        """The newest `order_carrier` by order; without one the shipping costs have no place, unless there are none."""
        try:
            rows = self._ws.rows_where("order_carriers", "id_order", [_row(w).id for w in works])
        except TemporaryError as error:
            self._errors.update({w.ref: error for w in works})
            return {}
        newest = {r["id_order"]: r for r in sorted(rows, key=lambda r: int(r.id))}
        for work in works:
            if _row(work).id not in newest and work.draft.shipping:
                self._errors[work.ref] = RejectedError("import.no_carrier_row", shop_order=_row(work).id)
        return newest

    def _shipping_rate(self, work: Work) -> Decimal:
        """Percent: the shop's own for the order, or the wanted carrier's where the shop took another."""
        if work.plan and self._wrong_carrier(work):
            return work.plan.shipping_rate
        return _row(work).money("carrier_tax_rate")

    def _hold_packs(self, works: Sequence[Work]) -> None:
        """Orders with a pack leave "payment error" by way of a waiting status, from 9.0 on.

        PrestaShop lowers the stock of packs there, and does not when such an order becomes a sale at once. Before 9.0
        it lowers nothing on that way.
        """
        waiting, failed = self._reference.waiting_status, self._reference.settings.get("PS_OS_ERROR")
        if not self._ws.holds_packs or not waiting:
            return
        changes: Changes = {
            w.ref: (_row(w), {"current_state": waiting})
            for w in works
            if w.plan and w.plan.has_pack and _row(w)["current_state"] == failed and self._is_fresh(w)
        }
        self._held.update(changes)
        self._keep_rows(works, self._change(PACKS, "orders", changes))

    def _set_status(self, works: Sequence[Work]) -> None:
        wanted = self._policy.imported_status
        changes: Changes = {
            w.ref: (_row(w), {"current_state": wanted})
            for w in works
            if _row(w)["current_state"] != wanted and self._is_fresh(w)
        }
        self._keep_rows(works, self._change(STATUS, "orders", changes))

    def _restore_invoices(self, works: Sequence[Work]) -> None:
        """Gives orders back the invoice that a PUT of their status took from them.

        The webservice sets the fields in its own order: the status first, which makes the invoice, then
        `invoice_number` and `valid` as they were read before. 1.7 only: a PATCH leaves them alone.
        """
        bare = {_row(w).id: w for w in works if self._wants_invoice(_row(w)) and not _has_invoice(_row(w))}
        if not bare:
            return
        try:
            invoices = self._ws.rows_where("order_invoices", "id_order", bare)
        except TemporaryError as error:
            self._errors.update({w.ref: error for w in bare.values()})
            return
        changes: Changes = {}
        for invoice in invoices:
            work = bare[invoice["id_order"]]
            fields: dict[str, Value] = {
                "invoice_number": invoice["number"],
                "invoice_date": invoice["date_add"],
                "delivery_number": invoice["delivery_number"],
                "delivery_date": invoice["delivery_date"],
                "valid": 1,
            }
            changes[work.ref] = (_row(work), {name: value for name, value in fields.items() if value not in ("", "0")})
        self._keep_rows(works, self._change(INVOICE, "orders", changes))

    def _wants_invoice(self, row: Row) -> bool:
        status = self._reference.statuses.get(row["current_state"])
        return status is not None and status.invoice and self._reference.settings.get("PS_INVOICE", "1") != "0"

    def _name_payments(self, works: Sequence[Work]) -> None:
        """Exactly one payment of the whole amount, with the marketplace's reference as its transaction."""
        if not works:
            return
        try:
            rows = self._ws.rows_where("order_payments", "order_reference", [_row(w)["reference"] for w in works])
        except TemporaryError as error:
            self._errors.update({w.ref: error for w in works})
            return
        payments: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            payments[row["order_reference"]].append(row)
        changes: Changes = {}
        for work in works:
            own = payments[_row(work)["reference"]]
            if what := self._payment_fault(work, own):
                self._errors[work.ref] = RejectedError("import.not_verified", shop_order=_row(work).id, what=what)
            elif own:
                named = {"payment_method": payment_text(work.draft.payment_text), "transaction_id": work.ref}
                if any(own[0][name] != value for name, value in named.items()):
                    changes[work.ref] = (own[0], named)
        self._change(PAYMENT, "order_payments", changes)

    def _payment_fault(self, work: Work, payments: Sequence[Row]) -> str:
        status = self._reference.statuses.get(_row(work)["current_state"])
        if len(payments) > 1 or (not payments and status is not None and status.paid):
            return f"{len(payments)} payments"
        if payments and payments[0].money("amount") != work.draft.total:
            return f"payment of {payments[0].money('amount'):.2f} instead of {work.draft.total}"
        return ""

    def _last_look(self, work: Work) -> CdsyncError | None:
        row = _row(work)
        if error := verify.totals_hold(row, work.draft, work.plan):
            return error
        status = self._reference.statuses.get(row["current_state"])
        if self._wants_invoice(row) and not _has_invoice(row):
            return RejectedError("import.not_verified", shop_order=row.id, what="no invoice")
        if status is not None and status.paid and row.money("total_paid_real") != work.draft.total:
            what = f"paid {row.money('total_paid_real'):.2f} instead of {work.draft.total}"
            return RejectedError("import.not_verified", shop_order=row.id, what=what)
        return None

    def _order(self, work: Work) -> ShopOrder:
        row, reference = _row(work), self._reference
        return shop_order(
            row,
            reference.timezone,
            currency=work.draft.currency,
            carrier_ref=reference.carrier_references.get(row["id_carrier"], ""),
            status_name=reference.status_name(row["current_state"]),
            url=reference.back_office.order_url(row.id),
            cancelled=reference.is_cancelled(row),
        )

    @staticmethod
    def _keep_rows(works: Sequence[Work], rows: Mapping[str, Row]) -> None:
        for work in works:
            work.row = rows.get(work.ref, work.row)

    def _change(self, step: str, resource: str, changes: Changes) -> dict[str, Row]:
        if not changes:
            return {}
        done = self._changer.change(step, resource, changes)
        self._errors.update(done.errors)
        return done.rows


def _has_invoice(row: Row) -> bool:
    return row["invoice_number"] not in ("", "0")


def _row(work: Work) -> Row:
    assert work.row is not None
    return work.row

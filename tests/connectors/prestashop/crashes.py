"""Breaks an import at one place, runs it again until it is through, and says what the shop holds then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cdsync.connectors.base import Exchange, Imported, OrderDraft, Step
from cdsync.errors import CdsyncError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.shop import POLICY, connector

SHORT_LIMIT, LATE = 0.25, 0.35  # seconds: the shop finishes after the client has given up
LIMIT = 10
MOST_RUNS = 8


class Killed(BaseException):
    """The process is gone at this very place."""


class KillingRecorder:
    """Kills the process before the k-th request leaves, or after its answer came and before anything was kept."""

    def __init__(self, before: int = -1, after: int = -1) -> None:
        self.before, self.after, self.number = before, after, -1

    def sending(self) -> None:
        self.number += 1
        if self.number == self.before:
            raise Killed

    def record(self, exchange: Exchange) -> None:
        if self.number == self.after:
            raise Killed


class KillingJournal(MemoryJournal):
    """Kills the process before or after the k-th commit."""

    def __init__(self, clock: Clock, before: int = -1, after: int = -1) -> None:
        super().__init__(clock)
        self.before, self.after, self.number = before, after, -1

    def _commit(self, write: Callable[[], Any]) -> Any:
        self.number += 1
        if self.number == self.before:
            raise Killed
        result = write()
        if self.number == self.after:
            raise Killed
        return result

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        return frozenset(self._commit(lambda: MemoryJournal.begin(self, step, intents)))

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        self._commit(lambda: MemoryJournal.done(self, step, results))

    def answered(self, step: str, refs: Iterable[str]) -> None:
        self._commit(lambda: MemoryJournal.answered(self, step, refs))

    def unanswered(self, step: str, refs: Iterable[str]) -> None:
        self._commit(lambda: MemoryJournal.unanswered(self, step, refs))

    def stock_moved(self, step: str) -> None:
        self._commit(lambda: MemoryJournal.stock_moved(self, step))

    def stock_moved_before(self, step: str, ref: str) -> None:
        self._commit(lambda: MemoryJournal.stock_moved_before(self, step, ref))

    def forget(self, ref: str, step: str) -> None:
        self._commit(lambda: MemoryJournal.forget(self, ref, step))

    def steps(self, ref: str) -> Mapping[str, Step]:
        return MemoryJournal.steps(self, ref)


@dataclass
class Outcome:
    """runs: how many it took. errors: what each run before the last said, by code."""

    runs: int = 0
    errors: list[str] = field(default_factory=list)
    imported: dict[str, Imported] = field(default_factory=dict)


def import_until_done(
    shop: PrestaShopSandbox,
    orders: list[OrderDraft],
    recorder: KillingRecorder | None = None,
    journal: MemoryJournal | None = None,
    clock: Clock | None = None,
    late: bool = False,
    **values: Any,
) -> Outcome:
    """Runs again, each time as a new process with what the journal kept, a minute later, until all are imported."""
    clock = clock or Clock()
    journal = journal or MemoryJournal(clock)
    outcome = Outcome()
    for _ in range(MOST_RUNS):
        outcome.runs += 1
        presta = connector(
            shop, clock, recorder or KillingRecorder(), **({"timeout_seconds": SHORT_LIMIT if late else LIMIT} | values)
        )
        left = [order for order in orders if order.ref not in outcome.imported]
        try:
            for result in presta.import_orders(left, POLICY, journal):
                if isinstance(result, Imported):
                    outcome.imported[result.ref] = result
                else:
                    outcome.errors.append(result.error.code)
        except CdsyncError as error:
            outcome.errors.append(error.code)
        except Killed:
            outcome.errors.append("killed")
        if len(outcome.imported) == len(orders):
            if late:  # a quick import is through before it: it must not fall into the next case
                _let_late_requests_end(shop)
            return outcome
        clock.advance(61)
        shop.server.pass_time(61)
        if late:
            _let_late_requests_end(shop)
    return outcome


def _let_late_requests_end(shop: PrestaShopSandbox) -> None:
    """The minute that the clock was moved has passed for the shop too: what it was still at is done."""
    limit = time.monotonic() + 3
    while time.monotonic() < limit:
        if any(seen.fault == "late" for seen in shop.server.log):
            return
        time.sleep(0.01)


def fault(kind: str, number: int) -> Fault:
    return Fault(kind, skip=number, seconds=LATE, retry_after=1)


def wrongs(shop: PrestaShopSandbox, orders: list[OrderDraft], before: Mapping[str, int]) -> list[str]:
    """Everything that is not as it must be; empty: one exact order each, paid, invoiced and taken from stock once."""
    found = []
    every = shop.rows("orders")
    for order in orders:
        own = [row for row in every if row["payment"] == order.payment_text]
        if len(own) != 1:
            found.append(f"{order.ref}: {len(own)} orders")
            continue
        found += [f"{order.ref}: {wrong}" for wrong in _wrongs_of(shop, own[0], order)]
    if len(every) != len(orders):
        found.append(f"{len(every)} orders in all")
    taken = {sku: before[sku] - stock for sku, stock in stocks(shop).items()}
    wanted = {sku: sum(line.quantity for o in orders for line in o.lines if line.sku == sku) for sku in taken}
    if taken != wanted:
        found.append(f"stock taken {taken} instead of {wanted}")
    return found


def _wrongs_of(shop: PrestaShopSandbox, row: dict[str, str], order: OrderDraft) -> list[str]:
    checks = {
        "state": row["current_state"] == "2",
        "valid": row["valid"] == "1",
        "total": Decimal(row["total_paid"]) == Decimal(row["total_paid_real"]) == order.total,
        "shipping": Decimal(row["total_shipping"]) == order.shipping,
        "products": Decimal(row["total_products_wt"]) == order.total - order.shipping,
    }
    payments = [p for p in shop.rows("order_payments") if p["order_reference"] == row["reference"]]
    checks["payment"] = [(Decimal(p["amount"]), p["transaction_id"]) for p in payments] == [(order.total, order.ref)]
    invoices = [i for i in shop.rows("order_invoices") if i["id_order"] == row["id"]]
    checks["invoice"] = [
        (Decimal(i["total_paid_tax_incl"]), Decimal(i["total_shipping_tax_incl"]), i["number"]) for i in invoices
    ] == [(order.total, order.shipping, row["invoice_number"])]
    carriers = [Decimal(c["shipping_cost_tax_incl"]) for c in shop.rows("order_carriers") if c["id_order"] == row["id"]]
    checks["order_carrier"] = carriers == [order.shipping]
    histories = [h["id_order_state"] for h in shop.rows("order_histories") if h["id_order"] == row["id"]]
    checks["history"] = histories.count("2") == 1
    return [name for name, holds in checks.items() if not holds]


def stocks(shop: PrestaShopSandbox) -> dict[str, int]:
    return {"MUG": shop.stock(1), "TSHIRT-S": shop.stock(2, 1), "TSHIRT-M": shop.stock(2, 2), "BOOK": shop.stock(3)}

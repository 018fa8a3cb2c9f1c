"""Imports random orders into a rehearsal shop through the real connector, and says what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from cdsync.connectors.base import Imported, ImportPolicy, NotImported, OrderDraft
from cdsync.connectors.prestashop import PrestaShop
from cdsync.errors import RejectedError
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.shop import connector

from .catalogue import FEE_SKU
from .exact import obstacles
from .random_orders import RandomOrder, random_orders
from .shop_settings import ShopSettings, rehearsal_shop
from .verdict import Deviation, Ledger, ledger_of, stock_wrongs, wrongs_of

POLICY = ImportPolicy(
    imported_status="2",
    payment_module="ps_wirepayment",
    carriers={"TrackedHomeDelivery": "2"},
    fee_sku=FEE_SKU,
)
BATCH_SIZE = 20


@dataclass
class Outcome:
    """wrongs: sentences, none when all is exact. refused: refused before any write, by code."""

    imported: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    wrongs: list[str] = field(default_factory=list)
    deviation: Deviation = field(default_factory=Deviation)

    def add(self, other: Outcome) -> None:
        self.imported += other.imported
        self.refused += other.refused
        self.requests += other.requests
        self.wrongs += other.wrongs
        self.deviation.add(other.deviation)


def import_random(settings: ShopSettings, seed: str, number: int) -> Outcome:
    """So many random orders into a new shop; the seed is the shop's own."""
    orders = list(random_orders(f"{seed} {settings}", number, ecotax=settings.ecotax_group is not None))
    with rehearsal_shop(settings) as shop:
        return import_into(shop, settings, orders)


def import_into(shop: PrestaShopSandbox, settings: ShopSettings, orders: Sequence[RandomOrder]) -> Outcome:
    """In batches of 20, and judged from the shop's rows."""
    before = ledger_of(shop)
    outcome = run(connector(shop), orders, settings)
    outcome.requests = len(shop.server.log)
    imported = judge(outcome, before, ledger_of(shop), settings, orders)
    if left := shop.rows("specific_prices"):
        outcome.wrongs.append(f"{len(left)} imposed prices left, {len(imported)} orders imported")
    return outcome


def run(presta: PrestaShop, orders: Sequence[RandomOrder], settings: ShopSettings) -> Outcome:
    """Imports what is to be imported; an order that should have been refused and was not is a wrong."""
    outcome = Outcome()
    drafts: dict[str, OrderDraft] = {}
    by_ref = {order.ref: order for order in orders}
    for order in orders:
        try:
            drafts[order.ref] = order.draft()
        except RejectedError as error:
            _refused(outcome, order, error.code, settings)
    for result in presta.import_orders(list(drafts.values()), POLICY, MemoryJournal(Clock())):
        _result(outcome, by_ref[result.ref], result, settings)
    return outcome


def _result(outcome: Outcome, order: RandomOrder, result: Imported | NotImported, settings: ShopSettings) -> None:
    if isinstance(result, NotImported):
        _refused(outcome, order, result.error.code, settings)
        return
    outcome.imported += 1
    if (result.order.total_paid, result.order.payments) != (order.total, order.total):
        outcome.wrongs.append(f"{order.ref}: told as {result.order.total_paid} instead of {order.total}")
    if problems := expected(order, settings):
        outcome.wrongs.append(f"{order.ref}: imported instead of {problems}")


def _refused(outcome: Outcome, order: RandomOrder, code: str, settings: ShopSettings) -> None:
    outcome.refused[code] += 1
    if code not in (problems := expected(order, settings)):
        outcome.wrongs.append(f"{order.ref}: {code} instead of {problems or 'imported'}")


def expected(order: RandomOrder, settings: ShopSettings) -> set[str]:
    """The codes one of which must stop the order before any write; none: it must be imported."""
    return {"order.total_mismatch"} if order.off_by else obstacles(order, settings)


def judge(
    outcome: Outcome, before: Ledger, after: Ledger, settings: ShopSettings, orders: Sequence[RandomOrder]
) -> list[RandomOrder]:
    """Adds every wrong of the shop's rows; returns the orders that must be there."""
    wanted = [order for order in orders if not expected(order, settings)]
    for order in wanted:
        for wrong in wrongs_of(after, order, settings, outcome.deviation):
            outcome.wrongs.append(f"{settings}: {order.ref}: {wrong}")
    made = after.number("orders") - before.number("orders")
    if made != len(wanted):
        outcome.wrongs.append(f"{settings}: {made} shop orders instead of {len(wanted)}")
    outcome.wrongs += [f"{settings}: {wrong}" for wrong in stock_wrongs(before.stock, after.stock, wanted)]
    return wanted

"""A rehearsal shop, the connector set up for it, and order drafts with sensible values, for the PrestaShop tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cdsync.connectors.base import (
    Address,
    DraftLine,
    Imported,
    ImportPolicy,
    NotImported,
    OrderDraft,
)
from cdsync.connectors.prestashop import PrestaShop
from cdsync.connectors.testing.wire import Kept
from cdsync.sandbox.prestashop import Combination, PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal

VERSIONS = ("9.1.4", "8.2.1", "1.7.8.11")
HOME = Address(
    civility="MME",
    first_name="Camille",
    last_name="Durand",
    lines=("12 rue des Lilas",),
    postcode="69003",
    city="Lyon",
    country_code="FR",
    phone="0600000000",
    email="relay-77@clemarche.com",
)
POLICY = ImportPolicy(
    imported_status="2",
    payment_module="ps_wirepayment",
    carriers={"TrackedHomeDelivery": "2"},
)


@contextmanager
def rehearsal_shop(version: str = "9.1.4") -> Iterator[PrestaShopSandbox]:
    """A shop without the demo data, with a mug, a T-shirt in two sizes and a book at 5.5 %."""
    shop = PrestaShopSandbox(version, demo=False)
    shop.add_product("MUG", "Mug", Decimal("11.90"), stock=300, ean13="3760000000017")
    sizes = [Combination("TSHIRT-S", "S", 200), Combination("TSHIRT-M", "M", 100, price_impact=Decimal("1.50"))]
    shop.add_product("TSHIRT", "T-shirt", Decimal("23.90"), combinations=sizes)
    shop.add_product("BOOK", "Livre", Decimal("14.00"), tax_rate="5.5", stock=50)
    shop.start()
    try:
        yield shop
    finally:
        shop.stop()


def connector(
    shop: PrestaShopSandbox, clock: Clock | None = None, recorder: Kept | None = None, **values: Any
) -> PrestaShop:
    settings = {"url": shop.url, "key": shop.key, "timeout_seconds": 60}
    return PrestaShop(settings | values, recorder or Kept(), clock=clock or Clock())


def line(
    sku: str = "MUG", quantity: int = 2, unit_price: str = "9.99", line_ref: str = "1", **changes: Any
) -> DraftLine:
    return DraftLine(line_ref, sku, f"Title of {sku}", quantity, Decimal(unit_price), **changes)


MUGS_AND_SHIRTS = (line("MUG", 2, "9.99", "1"), line("TSHIRT-S", 3, "19.49", "2"))


def draft(
    ref: str = "26112310140K7QX",
    lines: tuple[DraftLine, ...] = MUGS_AND_SHIRTS,
    shipping: str = "5.90",
    **changes: Any,
) -> OrderDraft:
    """Two mugs, three T-shirts, 5.90 of shipping (the shop would take 8.40): 84.35, unless told otherwise."""
    fees = changes.get("fees", ())
    total = sum((each.quantity * each.unit_price for each in lines), Decimal(shipping)) + sum(f.amount for f in fees)
    order = OrderDraft(
        ref=ref,
        reference=ref,
        payment_text=f"Cdiscount {ref}",
        currency="EUR",
        total=total,
        shipping=Decimal(shipping),
        lines=lines,
        fees=(),
        delivery=HOME,
        invoice=HOME,
        customer_ref=f"buyer of {ref}",
        delivery_modes=("TrackedHomeDelivery",),
    )
    return replace(order, **changes)


def drafts(number: int, **changes: Any) -> list[OrderDraft]:
    return [draft(f"261123{n:04}BATCH", **changes) for n in range(1, number + 1)]


def run(
    presta: PrestaShop,
    orders: list[OrderDraft] | OrderDraft,
    policy: ImportPolicy = POLICY,
    journal: MemoryJournal | None = None,
) -> dict[str, Imported | NotImported]:
    """Imports and gives the results by ref."""
    orders = orders if isinstance(orders, list) else [orders]
    journal = journal or MemoryJournal()
    return {result.ref: result for result in presta.import_orders(orders, policy, journal)}


def one(results: dict[str, Imported | NotImported]) -> Imported:
    (result,) = results.values()
    assert isinstance(result, Imported), result
    return result


def failure(results: dict[str, Imported | NotImported]) -> NotImported:
    (result,) = results.values()
    assert isinstance(result, NotImported), result
    return result


def amounts(rows: list[dict[str, str]], *names: str) -> list[tuple[Decimal, ...]]:
    return [tuple(Decimal(row[name]).quantize(Decimal("0.000001")) for name in names) for row in rows]

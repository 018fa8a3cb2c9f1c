"""Holds what a shop stored against what the marketplace sold, order by order. Reads rows, asks nobody.

Every amount is compared as a Decimal of the stored text: a cent off anywhere is a wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cdsync.sandbox.prestashop import PrestaShopSandbox

from .catalogue import ARTICLES
from .exact import order_tax_tolerance, shipping_tax, tax_by_rate, tax_tolerance
from .random_orders import RandomOrder
from .shop_settings import THE_TOTAL, ShopSettings

Row = dict[str, str]
CENT = Decimal("0.01")
ONE_MICRO = Fraction(2, 10**6)
TABLES = {
    "orders": "payment",
    "order_details": "id_order",
    "order_payments": "order_reference",
    "order_invoices": "id_order",
    "order_carriers": "id_order",
    "order_histories": "id_order",
}


class Ledger:
    """A shop's rows, found by one field of each table. stock: pieces by SKU; skus: by product and combination."""

    def __init__(
        self, rows: Callable[[str], Iterable[Row]], stock: Mapping[str, int], skus: Mapping[tuple[str, str], str]
    ) -> None:
        self.stock, self.skus = stock, skus
        self._rows: dict[str, dict[str, list[Row]]] = {}
        for table, field in TABLES.items():
            found: dict[str, list[Row]] = defaultdict(list)
            for row in rows(table):
                found[row[field]].append(row)
            self._rows[table] = found

    def of(self, table: str, value: str) -> list[Row]:
        return self._rows[table].get(value, [])

    def number(self, table: str) -> int:
        return sum(map(len, self._rows[table].values()))


def ledger_of(shop: PrestaShopSandbox) -> Ledger:
    combinations = {(row["id_product"], row["id"]): row["reference"] for row in shop.rows("combinations")}
    parents = {product for product, _ in combinations}
    skus = combinations | {(r["id"], "0"): r["reference"] for r in shop.rows("products") if r["id"] not in parents}
    stock = {sku: shop.stock(int(product), int(combination)) for (product, combination), sku in skus.items()}
    return Ledger(shop.rows, stock, skus)


@dataclass
class Deviation:
    """How far the VAT that shops stored was from the exact one, in euros; `corrected`: orders whose totals were set."""

    orders: int = 0
    corrected: int = 0
    most_corrected: Fraction = Fraction(0)
    most_uncorrected: Fraction = Fraction(0)

    def add(self, other: Deviation) -> None:
        self.orders += other.orders
        self.corrected += other.corrected
        self.most_corrected = max(self.most_corrected, other.most_corrected)
        self.most_uncorrected = max(self.most_uncorrected, other.most_uncorrected)


def wrongs_of(ledger: Ledger, order: RandomOrder, settings: ShopSettings, deviation: Deviation) -> list[str]:
    """Everything about the order's money that is not as it must be."""
    rows = ledger.of("orders", f"Cdiscount {order.ref}")
    if len(rows) != 1:
        return [f"{len(rows)} shop orders"]
    (row,) = rows
    return [
        *_totals(ledger, row, order),
        *_lines(ledger, row, order, settings),
        *_shipping(ledger, row, order),
        *_tax(ledger, row, order, settings, deviation),
    ]


def _totals(ledger: Ledger, row: Row, order: RandomOrder) -> list[str]:
    payments = ledger.of("order_payments", row["reference"])
    invoices = ledger.of("order_invoices", row["id"])
    amounts = {
        "total_paid": [row["total_paid"]],
        "total_paid_tax_incl": [row["total_paid_tax_incl"]],
        "total_paid_real": [row["total_paid_real"]],
        "payment": [p["amount"] for p in payments],
        "invoice": [i["total_paid_tax_incl"] for i in invoices],
    }
    wrongs = [
        f"{name} {found} instead of {order.total}"
        for name, found in amounts.items()
        if [Decimal(each) for each in found] != [order.total]
    ]
    texts = [(p["payment_method"], p["transaction_id"]) for p in payments]
    if texts != [(f"Cdiscount {order.ref}", order.ref)]:
        wrongs.append(f"payments named {texts}")
    if (row["current_state"], row["valid"]) != ("2", "1") or row["invoice_number"] in ("", "0"):
        wrongs.append(f"state {row['current_state']}, valid {row['valid']}, invoice {row['invoice_number']}")
    if any(Decimal(row[f"total_{what}"]) for what in ("discounts", "wrapping")):
        wrongs.append("a discount or wrapping")
    return wrongs


def _lines(ledger: Ledger, row: Row, order: RandomOrder, settings: ShopSettings) -> list[str]:
    found: dict[str, tuple[int, Decimal]] = {}
    wrongs = []
    for detail in ledger.of("order_details", row["id"]):
        sku = ledger.skus[detail["product_id"], detail["product_attribute_id"]]
        total = Decimal(detail["total_price_tax_incl"])
        if sku in found:
            wrongs.append(f"{sku} in two rows")
        found[sku] = int(detail["product_quantity"]), total.quantize(CENT)
        if settings.round_type != THE_TOTAL and total != total.quantize(CENT):
            wrongs.append(f"{sku} at {total}")
    if found != order.rows:
        wrongs.append(f"lines {found} instead of {order.rows}")
    goods = order.total - order.shipping
    invoiced = [i["total_products_wt"] for i in ledger.of("order_invoices", row["id"])]
    if {Decimal(each) for each in (row["total_products_wt"], *invoiced)} != {goods}:
        wrongs.append(f"products {row['total_products_wt']}, {invoiced} instead of {goods}")
    return wrongs


def _shipping(ledger: Ledger, row: Row, order: RandomOrder) -> list[str]:
    carriers = ledger.of("order_carriers", row["id"])
    invoices = ledger.of("order_invoices", row["id"])
    incl = [row["total_shipping"], row["total_shipping_tax_incl"]]
    incl += [i["total_shipping_tax_incl"] for i in invoices] + [c["shipping_cost_tax_incl"] for c in carriers]
    excl = [row["total_shipping_tax_excl"]]
    excl += [i["total_shipping_tax_excl"] for i in invoices] + [c["shipping_cost_tax_excl"] for c in carriers]
    net = Fraction(order.shipping) - shipping_tax(order)
    wrongs = []
    if [Decimal(each) for each in incl] != [order.shipping] * 4:
        wrongs.append(f"shipping {incl} instead of {order.shipping}")
    if len(excl) != 3 or any(abs(Fraction(each) - net) > ONE_MICRO for each in excl):
        wrongs.append(f"shipping without tax {excl} instead of {float(net):.6f}")
    if [c["id_carrier"] for c in carriers] != [row["id_carrier"]] or row["id_carrier"] != "2":
        wrongs.append(f"carrier {row['id_carrier']}")
    return wrongs


def _tax(ledger: Ledger, row: Row, order: RandomOrder, settings: ShopSettings, deviation: Deviation) -> list[str]:
    """The order's VAT is exact where its totals were corrected, else within the shop's own rounding; per rate too."""
    wrongs = []
    exact, allowed = tax_by_rate(order, settings), tax_tolerance(order, settings)
    by_rate: dict[Decimal, Fraction] = defaultdict(Fraction)
    for detail in ledger.of("order_details", row["id"]):
        rate = ARTICLES[ledger.skus[detail["product_id"], detail["product_attribute_id"]]].rate
        by_rate[rate] += Fraction(detail["total_price_tax_incl"]) - Fraction(detail["total_price_tax_excl"])
    for rate, tax in exact.items():
        if abs(by_rate[rate] - tax) > allowed:
            wrongs.append(f"VAT at {rate} %: {float(by_rate[rate]):.6f} instead of {float(tax):.6f}")
    whole = sum(exact.values(), shipping_tax(order))
    corrected = "8" in {h["id_order_state"] for h in ledger.of("order_histories", row["id"])}
    off = Fraction(0)
    for each in (row, *ledger.of("order_invoices", row["id"])):
        off = max(off, abs(Fraction(each["total_paid_tax_incl"]) - Fraction(each["total_paid_tax_excl"]) - whole))
    if off > (ONE_MICRO if corrected else order_tax_tolerance(order, settings)):
        wrongs.append(f"VAT off by {float(off):.6f}")
    deviation.add(
        Deviation(1, int(corrected), off if corrected else Fraction(0), off if not corrected else Fraction(0))
    )
    return wrongs


def stock_wrongs(before: Mapping[str, int], after: Mapping[str, int], imported: Iterable[RandomOrder]) -> list[str]:
    """Stock went down once by what was imported."""
    taken: dict[str, int] = defaultdict(int)
    for order in imported:
        for sku, (quantity, _) in order.rows.items():
            taken[sku] += quantity
    return [
        f"stock of {sku}: {before[sku] - after[sku]} taken instead of {taken[sku]}"
        for sku in before
        if before[sku] - after[sku] != taken[sku]
    ]

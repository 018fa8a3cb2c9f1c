"""What a cart row must cost so that the shop's own arithmetic gives the marketplace's sum. Pure: no requests.

A cart-bound specific price is without tax, with 6 decimals; the shop adds ecotax and VAT and rounds by PS_ROUND_TYPE.
On real 9.1.4 and 8.2.1 shops `round(gross / (1 + rate), 6)` gave the exact total for 360 of 360 random orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT, MICRO = Decimal("0.01"), Decimal("0.000001")
ROUND_EACH, ROUND_LINE = "1", "2"  # PS_ROUND_TYPE; "3" rounds the total only


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def micros(amount: Decimal) -> Decimal:
    return amount.quantize(MICRO, ROUND_HALF_UP)


def without_tax(amount: Decimal, rate: Decimal) -> Decimal:
    """`rate` in percent; not rounded."""
    return amount / (1 + rate / 100)


@dataclass(frozen=True)
class CartRow:
    """One row of the cart. Money tax included but for `price`, the specific price; rates in percent.

    `total_without_tax` is exact, not rounded.
    """

    product: str
    combination: str
    quantity: int
    total: Decimal
    total_without_tax: Decimal
    price: Decimal
    rate: Decimal
    line_refs: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.product, self.combination


@dataclass(frozen=True)
class Sold:
    """What one marketplace line (or fee) puts into a row; `ecotax` per piece, without tax."""

    line_ref: str
    product: str
    combination: str
    quantity: int
    unit_price: Decimal
    rate: Decimal
    ecotax: Decimal = Decimal(0)
    ecotax_rate: Decimal = Decimal(0)


def merge(sold: Sequence[Sold], round_type: str) -> tuple[list[CartRow], list[Sold]]:
    """One row per product and combination, since a cart holds no two; and those that have no exact price.

    No exact price: lines at different prices whose average is no whole cent, where the shop rounds each piece.
    """
    groups: dict[tuple[str, str], list[Sold]] = {}
    for each in sold:
        groups.setdefault((each.product, each.combination), []).append(each)
    rows, inexact = [], []
    for (product, combination), group in groups.items():
        quantity = sum(s.quantity for s in group)
        total = sum((s.quantity * s.unit_price for s in group), Decimal(0))
        net = _without_tax(total, quantity, group[0])
        price = micros(net / quantity - group[0].ecotax)
        refs = tuple(s.line_ref for s in group)
        row = CartRow(product, combination, quantity, total, net, price, group[0].rate, refs)
        rows.append(row)
        if price < 0 or shop_total(row, group[0], round_type) != cents(total):
            inexact.append(group[0])
    return rows, inexact


def _without_tax(total: Decimal, quantity: int, sold: Sold) -> Decimal:
    """Ecotax has a rate of its own, and the shop adds it on top of the imposed price."""
    ecotax = sold.ecotax * quantity
    return without_tax(total - ecotax * (1 + sold.ecotax_rate / 100), sold.rate) + ecotax


def shop_total(row: CartRow, sold: Sold, round_type: str) -> Decimal:
    """The row's total as the shop will make it, tax included, in cents."""
    unit = micros(row.price * (1 + row.rate / 100) + sold.ecotax * (1 + sold.ecotax_rate / 100))
    if round_type == ROUND_EACH:
        return cents(unit) * row.quantity
    return cents(unit * row.quantity)

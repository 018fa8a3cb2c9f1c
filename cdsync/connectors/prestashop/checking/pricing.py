"""What a cart row must cost so that the shop's own arithmetic gives the marketplace's sum. Pure: no requests.

A cart-bound specific price is without tax, with 6 decimals; the shop adds VAT and ecotax and rounds by PS_ROUND_TYPE
and PS_PRICE_ROUND_MODE. On real 9.1.4 and 8.2.1 shops `round(gross / (1 + rate), 6)` gave the exact total for 360 of
360 random orders; a shop that rounds up or down needs its neighbour, or a millionth becomes a cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from ...line_total import line_total

CENT, MICRO = Decimal("0.01"), Decimal("0.000001")
ROUND_EACH, ROUND_LINE = "1", "2"  # PS_ROUND_TYPE; "3" rounds the total only
UP, DOWN = "0", "1"  # PS_PRICE_ROUND_MODE; the others round to the nearest and differ in ties only


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def micros(amount: Decimal) -> Decimal:
    return amount.quantize(MICRO, ROUND_HALF_UP)


def without_tax(amount: Decimal, rate: Decimal) -> Decimal:
    """`rate` in percent; not rounded."""
    return amount / (1 + rate / 100)


@dataclass(frozen=True)
class Rounding:
    """What the shop rounds (PS_ROUND_TYPE) and how (PS_PRICE_ROUND_MODE)."""

    what: str = ROUND_LINE
    how: str = "2"

    def to(self, step: Decimal, amount: Decimal) -> Decimal:
        return amount.quantize(step, {UP: ROUND_CEILING, DOWN: ROUND_FLOOR}.get(self.how, ROUND_HALF_UP))

    def row_total(self, unit: Decimal, quantity: int) -> Decimal:
        """A row's total in cents, from its unit price with 6 decimals."""
        if self.what == ROUND_EACH:
            return self.to(CENT, unit) * quantity
        return self.to(CENT, unit * quantity)


@dataclass(frozen=True)
class CartRow:
    """One row of the cart. Money tax included but for `price`, the specific price; rates in percent.

    `total_without_tax` is exact, not rounded. All in the order's currency but `price`, which is in the shop's default.
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

    @property
    def total(self) -> Decimal:
        return line_total(self.quantity, self.unit_price)


def merge(
    sold: Sequence[Sold], rounding: Rounding, conversion: Decimal = Decimal(1)
) -> tuple[list[CartRow], list[list[Sold]]]:
    """One row per product and combination, since a cart holds no two; and what of each has no exact price together.

    No exact price: lines at different prices whose average is no whole cent, where the shop rounds each piece; or a
    price below the ecotax, which the shop adds to whatever it is told. conversion: what the shop's default currency,
    in which `CartRow.price` is, is worth in the order's (Tools::convertPrice).
    """
    groups: dict[tuple[str, str], list[Sold]] = {}
    for each in sold:
        groups.setdefault((each.product, each.combination), []).append(each)
    rows, inexact = [], []
    for (product, combination), group in groups.items():
        quantity = sum(s.quantity for s in group)
        total = sum((s.total for s in group), Decimal(0))
        net = _without_tax(total, quantity, group[0])
        refs = tuple(s.line_ref for s in group)
        near = (net / quantity - group[0].ecotax) / conversion
        price = _price(near, quantity, cents(total), group[0], rounding, conversion)
        if price is None:
            inexact.append(group)
            price = micros(near)
        rows.append(CartRow(product, combination, quantity, total, net, price, group[0].rate, refs))
    return rows, inexact


def _without_tax(total: Decimal, quantity: int, sold: Sold) -> Decimal:
    """Ecotax has a rate of its own, and the shop adds it on top of the imposed price."""
    ecotax = sold.ecotax * quantity
    return without_tax(total - ecotax * (1 + sold.ecotax_rate / 100), sold.rate) + ecotax


def _price(
    near: Decimal, quantity: int, total: Decimal, sold: Sold, rounding: Rounding, conversion: Decimal
) -> Decimal | None:
    """The price of six decimals close to `near` that comes to exactly `total`, or None."""
    below, above = near.quantize(MICRO, ROUND_FLOOR), near.quantize(MICRO, ROUND_CEILING)
    for price in (micros(near), below, above, below - MICRO, above + MICRO):
        if price >= 0 and shop_total(price * conversion, quantity, sold, rounding) == total:
            return price
    return None


def shop_total(price: Decimal, quantity: int, sold: Sold, rounding: Rounding) -> Decimal:
    """A row's total as the shop will make it of an imposed price in the order's currency, tax included, in cents."""
    unit = price * (1 + sold.rate / 100) + sold.ecotax * (1 + sold.ecotax_rate / 100)
    return rounding.row_total(rounding.to(MICRO, unit), quantity)

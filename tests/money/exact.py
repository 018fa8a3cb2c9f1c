"""What an order must come to, worked out apart from the product: net amounts, and whether a shop can say it at all.

Rules: PrestaShop's Product::priceCalculation, Cart\\CartRow and Tools::ps_round. Exact fractions throughout.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from .catalogue import ARTICLES
from .random_orders import RandomOrder
from .shop_settings import DOWN, EACH_LINE, EACH_PIECE, UP, ShopSettings

CENT, MICRO = 2, 6
SHIPPING_RATE = Fraction(20)


def rounded(amount: Fraction, places: int, mode: str) -> Fraction:
    """Tools::ps_round; the three other half modes differ from half up in ties only, where no amount here is exact."""
    scaled = amount * 10**places
    if mode == UP:
        return Fraction(math.ceil(scaled), 10**places)
    if mode == DOWN:
        return Fraction(math.floor(scaled), 10**places)
    return Fraction(math.floor(scaled + Fraction(1, 2)), 10**places)


def net_of(sku: str, quantity: int, total: Decimal, settings: ShopSettings) -> Fraction:
    """A row's exact amount without tax: its goods at their rate, its ecotax at ecotax's own."""
    ecotax, ecotax_factor, factor = _taxes(sku, settings)
    return (Fraction(total) - quantity * ecotax * ecotax_factor) / factor + quantity * ecotax


def obstacles(order: RandomOrder, settings: ShopSettings) -> set[str]:
    """The codes of all that keeps this shop from making the order to the cent; none: it can.

    A row needs a price of six decimals, zero or more, that comes to its sum. Ecotax in a shop that uses none is
    added to the rows and not to the total: then there is no such price.
    """
    found = set()
    for sku, (quantity, total) in order.rows.items():
        if ARTICLES[sku].ecotax and settings.ecotax_group is None:
            found.add("product.ecotax_unused")
        elif not _has_price(sku, quantity, total, settings):
            ecotax, factor, _ = _taxes(sku, settings)
            dear = any(b.sku == sku and Fraction(b.unit_price) < ecotax * factor for b in order.bought)
            found.add("order.below_ecotax" if dear else "order.two_prices")
    return found


def _has_price(sku: str, quantity: int, total: Decimal, settings: ShopSettings) -> bool:
    ecotax, ecotax_factor, factor = _taxes(sku, settings)
    price = (Fraction(total) / quantity - ecotax * ecotax_factor) / factor
    lowest = math.floor(price * 10**MICRO) - 1
    for micros in range(max(lowest, 0), lowest + 4):
        unit = rounded(Fraction(micros, 10**MICRO) * factor + ecotax * ecotax_factor, MICRO, settings.round_mode)
        if _row_total(unit, quantity, settings) == Fraction(total):
            return True
    return False


def _row_total(unit: Fraction, quantity: int, settings: ShopSettings) -> Fraction:
    if settings.round_type == EACH_PIECE:
        return rounded(unit, CENT, settings.round_mode) * quantity
    return rounded(unit * quantity, CENT, settings.round_mode)


def _taxes(sku: str, settings: ShopSettings) -> tuple[Fraction, Fraction, Fraction]:
    """Ecotax per piece without tax, its factor and the goods' factor."""
    article = ARTICLES[sku]
    ecotax = Fraction(article.ecotax) if settings.ecotax_group is not None else Fraction(0)
    return ecotax, 1 + Fraction(settings.ecotax_rate) / 100, 1 + Fraction(article.rate) / 100


def tax_by_rate(order: RandomOrder, settings: ShopSettings) -> Mapping[Decimal, Fraction]:
    """The exact VAT of the rows (ecotax's within its goods' rate), by rate in percent; shipping not counted."""
    found: dict[Decimal, Fraction] = {}
    for sku, (quantity, total) in order.rows.items():
        tax = Fraction(total) - net_of(sku, quantity, total, settings)
        found[ARTICLES[sku].rate] = found.get(ARTICLES[sku].rate, Fraction(0)) + tax
    return found


def shipping_tax(order: RandomOrder) -> Fraction:
    return Fraction(order.shipping) * SHIPPING_RATE / (100 + SHIPPING_RATE)


def tax_tolerance(order: RandomOrder, settings: ShopSettings) -> Fraction:
    """How far the shop's own rounding may move the VAT of an order's rows: each piece's net, each line's, or none."""
    pieces = sum(quantity for quantity, _ in order.rows.values())
    roundings = {EACH_PIECE: pieces, EACH_LINE: len(order.rows)}.get(settings.round_type, 0)
    return _step(settings) * roundings + Fraction(pieces, 10**MICRO)


def order_tax_tolerance(order: RandomOrder, settings: ShopSettings) -> Fraction:
    """How far it may move the whole order's: its net is rounded once, or each piece's is."""
    pieces = sum(quantity for quantity, _ in order.rows.values())
    roundings = pieces if settings.round_type == EACH_PIECE else 1
    return _step(settings) * roundings + Fraction(pieces, 10**MICRO)


def _step(settings: ShopSettings) -> Fraction:
    return Fraction(1, 100) if settings.round_mode in (UP, DOWN) else Fraction(1, 200)

"""What a line comes to: quantity × unit price. Pure; must not accept a difference that rounding does not explain.

A marketplace may give the unit price as a part of a whole: three for 10.00 are 3.333333 each. Such a price is itself
rounded, by up to half of its last digit; the line is in whole cents all the same, or its price is none.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_CENTS = 2


def line_total(quantity: int, unit_price: Decimal) -> Decimal:
    """In whole cents where the unit price's own rounding accounts for the rest, else the product as it is.

    4 × 3.125 = 12.50, 3 × 3.333333 = 10.00, 3 × 3.125 = 9.375.
    """
    product = unit_price * quantity
    exponent = unit_price.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -_CENTS:
        return product
    cents = product.quantize(CENT, ROUND_HALF_UP)
    rounding = quantity * Decimal(5).scaleb(exponent - 1)
    return cents if abs(cents - product) <= rounding else product


def is_in_cents(amount: Decimal) -> bool:
    return amount == amount.quantize(CENT, ROUND_HALF_UP)

"""Does the order add up, and which reading of it does? Pure; must not accept a difference of a cent.

Not established (docs/octopia.md, 7): whether `shippingCost` is for the line or for one unit, whether fees are
part of the order's total, whether cancelled lines still are. The reading whose sum equals the total is the one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cdsync.errors import CdsyncError, RejectedError

from ...base import Fee, MarketplaceLine

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Reading:
    """One way to read the amounts; the first is what public clients do."""

    shipping_per_unit: bool
    fees_included: bool
    dead_lines_included: bool

    def sum(self, lines: Sequence[MarketplaceLine], fees: Sequence[Fee]) -> Decimal:
        counted = [line for line in lines if line.live or self.dead_lines_included]
        money = sum((line.total + self.shipping(line) for line in counted), ZERO)
        return money + sum((fee.amount for fee in fees), ZERO) if self.fees_included else money

    def shipping(self, line: MarketplaceLine) -> Decimal:
        return line.shipping * line.quantity if self.shipping_per_unit else line.shipping


READINGS = tuple(
    Reading(per_unit, with_fees, with_dead)
    for with_dead in (False, True)
    for with_fees in (True, False)
    for per_unit in (False, True)
)


def settle(
    lines: Sequence[MarketplaceLine], fees: Sequence[Fee], total: Decimal
) -> tuple[tuple[MarketplaceLine, ...], tuple[Fee, ...], CdsyncError | None]:
    """Lines with `shipping` for the whole line, the fees that are part of the total, and the fault if none fits.

    A fee that is not in the total is left out: the shop order must come to exactly what the marketplace says.
    """
    for reading in READINGS:
        if reading.sum(lines, fees) == total:
            settled = tuple(lines)
            if reading.shipping_per_unit:
                settled = tuple(replace(line, shipping=reading.shipping(line)) for line in lines)
            return settled, tuple(fees) if reading.fees_included else (), None
    found = READINGS[0].sum(lines, fees)
    fault = RejectedError("order.total_mismatch", expected=str(total), found=str(found), difference=str(found - total))
    return tuple(lines), tuple(fees), fault

"""The money of an order, added up and held against both sides: lines + shipping + fees = total, VAT per rate. Pure.

All amounts are in the order's currency, tax included unless named otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cdsync.connectors.line_total import line_total
from cdsync.models import Order, OrderLine, ShopOrder

from .from_shop import warning_data
from .shop_order_parts import parts_of

NOTHING = Decimal("0.00")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class RateSum:
    """All lines of one VAT rate (percent; None: not known), or the ecotax in them where it has a rate of its own."""

    rate: Decimal | None
    with_tax: Decimal
    ecotax: bool = False

    @property
    def tax(self) -> Decimal | None:
        if self.rate is None:
            return None
        return (self.with_tax * self.rate / (100 + self.rate)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class ShopSide:
    """The shop order's money beside what it should be; a difference of 0.00 is the proof."""

    made: ShopOrder
    counts: bool  # False: beside the one that stands for the order now, such as one that was cancelled
    difference: Decimal
    shipping_difference: Decimal | None
    tax: Decimal | None  # of the whole order, when the shop said its total without tax


@dataclass(frozen=True)
class MoneyProof:
    """What an order's total is made of. `total` counts the live seller lines only, as an import does."""

    lines: Decimal
    shipping: Decimal
    fees: tuple[tuple[str, Decimal], ...]
    total: Decimal
    left_out: Decimal  # lines that are dead or that the marketplace sends, with their shipping
    marketplace_total: Decimal | None
    rates: tuple[RateSum, ...]
    shop: tuple[ShopSide, ...]

    @property
    def difference(self) -> Decimal | None:
        """The marketplace's total less the sum. Whether its total still counts lines left out is not established."""
        if self.marketplace_total is None:
            return None
        if self.marketplace_total == self.total + self.left_out:
            return NOTHING
        return self.marketplace_total - self.total

    @property
    def holds(self) -> bool:
        """Whether everything known adds up to the cent."""
        return not self.difference and all(side.difference == 0 for side in self.shop if side.counts)


def money_proof(order: Order) -> MoneyProof:
    """Adds an order up from its columns, lines and shop orders."""
    ours = [line for line in order.lines if line.ours]
    others = [line for line in order.lines if not line.ours]
    fees = tuple((fee["label"], Decimal(fee["amount"])) for fee in order.fees or [])
    lines = _sum(_gross(line) for line in ours)
    shipping = _sum(line.shipping for line in ours)
    total = lines + shipping + _sum(amount for _label, amount in fees)
    counted = parts_of(order)
    return MoneyProof(
        lines=lines,
        shipping=shipping,
        fees=fees,
        total=total,
        left_out=_sum(_gross(line) + (line.shipping or NOTHING) for line in others),
        marketplace_total=order.total,
        rates=_by_rate(ours, _ecotaxes(order)),
        shop=tuple(
            _beside(made, _together(made, order), total, shipping, counts=made in counted) for made in order.shop_orders
        ),
    )


def _together(made: ShopOrder, order: Order) -> list[ShopOrder]:
    """A shop order with the other parts of it, where the shop split one."""
    same = made.cart_ref, made.reference
    return [
        each for each in order.shop_orders if each is made or (all(same) and (each.cart_ref, each.reference) == same)
    ]


def _beside(made: ShopOrder, together: list[ShopOrder], total: Decimal, shipping: Decimal, *, counts: bool) -> ShopSide:
    """The differences are those of all parts together."""
    return ShopSide(
        made,
        counts,
        _sum(each.total_paid for each in together) - total,
        None if made.total_shipping is None else _sum(each.total_shipping for each in together) - shipping,
        None if made.total_without_tax is None else made.total_paid - made.total_without_tax,
    )


def _by_rate(lines: list[OrderLine], ecotaxes: Mapping[str, tuple[Decimal, Decimal]]) -> tuple[RateSum, ...]:
    sums: dict[tuple[bool, Decimal | None], Decimal] = {}
    for line in lines:
        rate = line.vat_rate if line.vat_rate is not None else line.sold_vat_rate
        ecotax, its_rate = ecotaxes.get(line.sku, (NOTHING, NOTHING))
        apart = (line.quantity * ecotax * (1 + its_rate / 100)).quantize(CENT, ROUND_HALF_UP)
        sums[False, rate] = sums.get((False, rate), NOTHING) + _gross(line) - apart
        if apart:
            sums[True, its_rate] = sums.get((True, its_rate), NOTHING) + apart
    known = sorted((key for key in sums if key[1] is not None), key=lambda key: (key[0], -(key[1] or 0)))
    unknown = [key for key in sums if key[1] is None]
    return tuple(RateSum(rate, sums[ecotax, rate], ecotax) for ecotax, rate in [*known, *unknown])


def _ecotaxes(order: Order) -> dict[str, tuple[Decimal, Decimal]]:
    """Ecotax of one piece without tax, and its rate in percent, by SKU: where the shop taxes it unlike the goods.

    The check before the import warned of it, in the figures that the shop goes by.
    """
    told = warning_data(order, "ecotax")
    return {data["sku"]: (Decimal(data["ecotax"]), Decimal(data["rate"])) for data in told}


def _gross(line: OrderLine) -> Decimal:
    return line_total(line.quantity, line.unit_price or NOTHING)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), NOTHING)

"""Random marketplace orders, the same for the same seed, and what each must come to. Asks nobody.

An order is made as the marketplace's JSON and taken through the product's own reading: mapper, sum check, draft.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cdsync.connectors.base import MarketplaceOrder, OrderDraft
from cdsync.connectors.octopia.api.json_text import Entry, decode
from cdsync.connectors.octopia.mapping import mapper
from cdsync.models import Order
from cdsync.orders.marketplace_side.from_marketplace import fill
from cdsync.orders.shop_side.draft import draft
from cdsync.sandbox.octopia import line_json, order_json
from cdsync.sandbox.octopia.calls.json_text import to_json

from .catalogue import ARTICLES, FEE_SKU

SHOP_SHIPPING = "8.40"
CENT = Decimal("0.01")
SKUS = tuple(sku for sku in ARTICLES if sku != FEE_SKU)
WITHOUT_ECOTAX = tuple(sku for sku in SKUS if not ARTICLES[sku].ecotax)
OFF, TWICE_SAME_PRICE, TWICE_OTHER_PRICE, BELOW_ECOTAX, STRAY_ECOTAX = 0.02, 0.08, 0.06, 0.03, 0.05  # shares


@dataclass(frozen=True)
class Bought:
    sku: str
    quantity: int
    unit_price: Decimal  # tax included


@dataclass(frozen=True)
class RandomOrder:
    """json: as GET /orders answers it. `off_by`: what its total misses of its sum; such an order must be refused."""

    ref: str
    json: dict[str, Any]
    bought: tuple[Bought, ...]
    shipping: Decimal
    fees: Decimal
    off_by: Decimal

    @property
    def total(self) -> Decimal:
        """Tax included; what the shop order has to come to."""
        return sum((b.quantity * b.unit_price for b in self.bought), self.shipping + self.fees)

    @property
    def rows(self) -> dict[str, tuple[int, Decimal]]:
        """Pieces and sum with tax by SKU, the fee among them."""
        found: dict[str, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
        for b in self.bought:
            quantity, total = found[b.sku]
            found[b.sku] = (quantity + b.quantity, total + b.quantity * b.unit_price)
        if self.fees:
            found[FEE_SKU] = (1, self.fees)
        return dict(found)

    def read(self) -> MarketplaceOrder:
        """As the connector reads it from the answer's text."""
        text = to_json(self.json)
        reading = mapper.read_order(Entry(decode(text), text))
        assert isinstance(reading, MarketplaceOrder)
        return reading

    def draft(self) -> OrderDraft:
        """What is imported. Raises RejectedError as a lookup would."""
        order = Order(marketplace_ref=self.ref, state="to_import", lines=[])
        fill(order, self.read())
        return draft(order, _Octopia(), mappings={})


class _Octopia:
    marketplace = {"connector": "octopia"}  # noqa: RUF012


def random_orders(seed: str, number: int, *, ecotax: bool = True) -> Iterator[RandomOrder]:
    """ecotax=False: for a shop that uses none; only a few orders have an article with a forgotten one."""
    source = random.Random(seed)
    for count in range(number):
        skus = SKUS if ecotax or source.random() < STRAY_ECOTAX else WITHOUT_ECOTAX
        yield _order(source, f"{source.randrange(10**9):09}X{count:05}", skus)


def _order(source: random.Random, ref: str, skus: Sequence[str]) -> RandomOrder:
    bought = _bought(source, skus)
    shipping = Decimal(source.choice(["0.00", SHOP_SHIPPING, f"{source.randint(1, 4000) / 100:.2f}"]))
    fee = source.choice([0] * 5 + [source.randint(1, 3000)])
    off_by = source.choice([-1, 1]) * source.randint(1, 99) * CENT if source.random() < OFF else Decimal(0)
    if off_by:  # a fee or shipping for each piece might be just what is missing: both are ways to read an order
        shipping, fee = Decimal("0.00"), 0
    order = RandomOrder(ref, {}, bought, shipping, fee * CENT, off_by)
    order.json.update(_json(source, order))
    return order


def _bought(source: random.Random, skus: Sequence[str]) -> tuple[Bought, ...]:
    """One to six lines; some with the same article again, at the same price or at another."""
    chosen = source.sample(skus, source.randint(1, 6))
    bought = [Bought(sku, source.randint(1, 50), _price(source, sku)) for sku in chosen]
    dice = source.random()
    if len(bought) < 6 and dice < TWICE_SAME_PRICE + TWICE_OTHER_PRICE:
        first = bought[0]
        price = first.unit_price if dice < TWICE_SAME_PRICE else _other_price(source, first)
        bought.append(Bought(first.sku, source.randint(1, 50), price))
        source.shuffle(bought)
    return tuple(bought)


def _price(source: random.Random, sku: str) -> Decimal:
    """0.01 to 1999.99: cheap, ordinary and dear ones about equally often; now and then below the ecotax."""
    price = source.randint(1, source.choice([99, 9_999, 199_999])) * CENT
    dear = 2 * ARTICLES[sku].ecotax
    return price if price > dear or source.random() < BELOW_ECOTAX else price + dear.quantize(CENT)


def _other_price(source: random.Random, first: Bought) -> Decimal:
    """Close by half of the time, as after a change of price; then a whole-cent average is not so rare."""
    if source.random() < 0.5:
        return max(CENT, first.unit_price + source.randint(-200, 200) * CENT)
    return _price(source, first.sku)


def _json(source: random.Random, order: RandomOrder) -> dict[str, Any]:
    parts = _shares(source, order.shipping, len(order.bought))
    told = source.choice(["the shop's", "none"])
    cut = source.randint(1, int(order.fees * 100)) * CENT if order.fees and source.random() < 0.3 else order.fees
    fees = [("Paiement en 4 fois", cut), ("Frais de dossier", order.fees - cut)]
    lines = [
        line_json(
            sku=b.sku,
            quantity=b.quantity,
            unit_price=b.unit_price,
            shipping=part,
            vat=ARTICLES[b.sku].rate if told == "the shop's" else None,
        )
        for b, part in zip(order.bought, parts, strict=True)
    ]
    company = {"companyName": "Atelier du Port SARL", "companyVatNumber": "FR40303265045"}
    return order_json(
        order_id=order.ref,
        lines=lines,
        fees=[fee for fee in fees if fee[1]],
        billing=company if source.random() < 0.15 else {},
        customer_reference=f"custm_{source.randrange(10**9)}",
        total=order.total + order.off_by,
    )


def _shares(source: random.Random, shipping: Decimal, lines: int) -> list[Decimal]:
    """The shipping over the lines: on the first, or some cents on each."""
    if source.random() < 0.5:
        return [shipping] + [Decimal("0.00")] * (lines - 1)
    cents = int(shipping * 100)
    cuts = sorted(source.randint(0, cents) for _ in range(lines - 1))
    return [(end - start) * CENT for start, end in zip([0, *cuts], [*cuts, cents], strict=True)]

"""Which marketplace orders a person has entered in the shop already, by likeness: shown with reasons, never decided.

Pure. An import would make such an order a second time, since nothing in the shop names the marketplace's number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from cdsync.connectors.base import ShopOrder

NEAR = timedelta(days=4)  # bought on Friday evening, entered on Monday
TOTAL, DATE, NAME, NUMBER = "total", "date", "name", "number"


@dataclass(frozen=True)
class NotInShop:
    """A marketplace order that is not in the shop as far as cdsync knows. total: tax included, as the buyer paid."""

    id: int
    ref: str
    reference: str
    total: Decimal | None
    currency: str
    buyer: str
    bought_at: datetime | None


@dataclass(frozen=True)
class Likeness:
    """The shop order that is most like it, and why: TOTAL, DATE, NAME, NUMBER."""

    order: NotInShop
    shop_order: ShopOrder
    reasons: tuple[str, ...]
    buyer: str = ""  # the shop order's customer, when it was asked

    @property
    def is_strong(self) -> bool:
        """Whether it is the same one as far as can be seen: its number, or total, date and name at once."""
        return NUMBER in self.reasons or {TOTAL, DATE, NAME} <= set(self.reasons)


def same_total(waiting: Sequence[NotInShop], found: Iterable[ShopOrder]) -> list[ShopOrder]:
    """Those shop orders that can be compared at all: of the same total, or naming the marketplace's number."""
    totals = {(each.total, each.currency) for each in waiting if each.total is not None}
    numbers = {number for each in waiting for number in (each.ref, each.reference) if number}
    return [each for each in found if _key(each) in totals or numbers & set(each.payment_text.split())]


def without_imported(found: Iterable[ShopOrder], title: str, waiting: Sequence[NotInShop]) -> list[ShopOrder]:
    """Without those that an import made of another marketplace order: their payment is named "Cdiscount <number>"."""
    numbers = {number for each in waiting for number in (each.ref, each.reference) if number}
    return [
        each
        for each in found
        if not each.payment_text.startswith(f"{title} ") or numbers & set(each.payment_text.split())
    ]


def alike(
    waiting: Sequence[NotInShop], found: Sequence[ShopOrder], buyers: Callable[[Sequence[str]], Mapping[str, str]]
) -> list[Likeness]:
    """For each waiting order the shop order most like it; those without one are not in the list.

    Two totals alone are no likeness: a near date, the same name or the marketplace's number has to come with it. A
    shop order stands for one marketplace order only, the one it is most like. buyers: shop numbers → names, asked once
    and only for those of the same total.
    """
    possible = same_total(waiting, found)
    names = buyers([each.shop_ref for each in possible]) if possible else {}
    pairs = [
        Likeness(order, each, reasons, names.get(each.shop_ref, ""))
        for order in waiting
        for each in possible
        if (reasons := _reasons(order, each, names.get(each.shop_ref, "")))
    ]
    pairs.sort(key=lambda pair: (-len(pair.reasons), _apart(pair), pair.order.id, pair.shop_order.shop_ref))
    taken_orders: set[int] = set()
    taken_shop: set[str] = set()
    result = []
    for pair in pairs:
        if pair.order.id not in taken_orders and pair.shop_order.shop_ref not in taken_shop:
            taken_orders.add(pair.order.id)
            taken_shop.add(pair.shop_order.shop_ref)
            result.append(pair)
    return sorted(result, key=lambda pair: pair.order.id)


def _reasons(order: NotInShop, there: ShopOrder, buyer: str) -> tuple[str, ...]:
    numbers = {number for number in (order.ref, order.reference) if number}
    holds = {
        NUMBER: bool(numbers & set(there.payment_text.split())),
        TOTAL: order.total is not None and _key(there) == (order.total, order.currency),
        DATE: _is_near(order.bought_at, there.created_at),
        NAME: _same_name(order.buyer, buyer),
    }
    reasons = tuple(name for name, does in holds.items() if does)
    return reasons if holds[NUMBER] or (holds[TOTAL] and len(reasons) > 1) else ()


def _key(there: ShopOrder) -> tuple[Decimal, str]:
    return there.total_paid, there.currency


def _is_near(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= NEAR


def _apart(pair: Likeness) -> timedelta:
    bought, made = pair.order.bought_at, pair.shop_order.created_at
    return abs(bought - made) if bought is not None and made is not None else timedelta.max


def _same_name(one: str, other: str) -> bool:
    """The same words in any order, whatever accents and capitals: "DURAND Camille" and "Camille Durand"."""
    mine, theirs = _words(one), _words(other)
    return bool(mine) and mine == theirs


def _words(name: str) -> frozenset[str]:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return frozenset(re.findall(r"[^\W\d_]+", bare.casefold()))

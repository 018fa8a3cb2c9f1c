"""The shop order of a marketplace order as it stands now: one row, or the parts of one that the shop split. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from cdsync.connectors.base import live_or_all

Part_co = TypeVar("Part_co", bound=Any, covariant=True)


class WithShopOrders(Protocol[Part_co]):
    """A marketplace order as a row of the database, or as much of it as a list shows."""

    @property
    def shop_orders(self) -> Sequence[Part_co]: ...


def parts_of(order: WithShopOrders[Part_co]) -> Sequence[Part_co]:
    """The newest live shop order with the other parts of it, oldest first; without a shop order none.

    Parts of one that the shop split have cart and reference in common (`connectors.base.apart`). One of them that is
    cancelled is a part all the same. Where every shop order is cancelled, it is the newest.
    """
    if len(order.shop_orders) < 2:
        return order.shop_orders
    last = live_or_all(order.shop_orders)[-1]
    if not (last.cart_ref and last.reference):
        return (last,)
    same = last.cart_ref, last.reference
    return [each for each in order.shop_orders if (each.cart_ref, each.reference) == same]

"""The contract suite's hand on `tests.fakes`: both sides in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from cdsync.connectors.base import ImportPolicy, MarketplaceOrder
from cdsync.connectors.testing import RemoteMarketplace, RemoteOrder, RemoteShop, RemoteShopOrder, Sold
from cdsync.connectors.testing.imports import UNKNOWN_SKU
from tests.fakes import WORLDS, WRONG, FakeMarketplace, FakeShop, World, change, reading, sold

KEY = "a key that is long enough"
VALUES = {"world": "contract", "key": KEY}


@contextmanager
def world() -> Iterator[World]:
    WORLDS["contract"] = World(unknown_skus={UNKNOWN_SKU})
    yield WORLDS["contract"]
    del WORLDS["contract"]


class InMemory:
    """What both sides lend a hand with."""

    def __init__(self, connector: type | None = None) -> None:
        super().__init__()
        self.connector, self.world = connector or self.connector, WORLDS["contract"]

    def values(self) -> Mapping[str, Any]:
        return VALUES

    def refused_values(self) -> Mapping[str, Any]:
        return {"key": WRONG}

    def lose_answer(self) -> bool:
        self.world.loses_answer = True
        return True

    def go_away(self) -> bool:
        self.world.away = True
        return True

    def move_away(self) -> bool:
        self.world.moved = True
        return True

    def slow_down(self) -> bool:
        self.world.slow = True
        return True


class FakeMarketplaceRemote(InMemory, RemoteMarketplace):
    connector: Any = FakeMarketplace

    def put(self, state: str, lines: Sequence[Sold]) -> str:
        rows = tuple(
            sold(each.sku, each.quantity, str(each.unit_price), shipping=each.shipping, line_ref=str(index))
            for index, each in enumerate(lines)
        )
        ref = f"A{len(self.world.orders)}"
        self.world.add(reading(ref, state, lines=rows))
        return ref

    def seen(self, ref: str) -> RemoteOrder:
        order = self.world.orders[ref]
        assert isinstance(order, MarketplaceOrder)
        return RemoteOrder(str(order.state), tuple(each.number for each in order.parcels))


class FakeShopRemote(InMemory, RemoteShop):
    connector: Any = FakeShop
    skus = ("MUG", "SHIRT")
    policy = ImportPolicy(imported_status="2", payment_module="wire", carriers={"Home": "2"})
    other_status = "4"

    def orders(self) -> Sequence[RemoteShopOrder]:
        return [
            RemoteShopOrder(
                each.shop_ref, each.payment_text, each.total_paid, each.status_ref, 1 + self._moves(each.shop_ref)
            )
            for each in self.world.shop_orders
        ]

    def _moves(self, shop_ref: str) -> int:
        return self.world.moves[shop_ref]

    def cancel(self, shop_ref: str) -> None:
        change(self.world, shop_ref, cancelled=True)

    def track(self, shop_ref: str, number: str) -> bool:
        change(self.world, shop_ref, tracking_number=number)
        return True

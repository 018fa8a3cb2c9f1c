"""The contract suite's hand on both rehearsal systems, past the connectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from cdsync import states
from cdsync.connectors.base import Recorder, Shop
from cdsync.connectors.octopia import Octopia
from cdsync.connectors.prestashop import PrestaShop
from cdsync.connectors.testing import RemoteMarketplace, RemoteOrder, RemoteShop, RemoteShopOrder, Sold
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.octopia.account import rehearsal_market
from tests.connectors.prestashop.shop import POLICY, rehearsal_shop

STATUSES = {
    states.TO_ACCEPT: "WaitingAcceptance",
    states.ACCEPTED: "Accepted",
    states.TO_IMPORT: "InPreparation",
    states.REFUSED: "Refused",
    states.SHIPPED: "Shipped",
}
STATES = {status: state for state, status in STATUSES.items()}
CANCELLED, SHIPPED = "6", "4"
FOR_EVER = 10**6  # requests


class OctopiaRemote(RemoteMarketplace):
    connector = Octopia

    def __init__(self, market: OctopiaSandbox) -> None:
        self.market = market
        self._values = {
            "api_url": market.api_url,
            "token_url": market.token_url,
            "client_id": market.client_id,
            "client_secret": market.client_secret,
            "seller_id": market.seller_id,
        }

    def values(self) -> Mapping[str, Any]:
        return self._values

    def put(self, state: str, lines: Sequence[Sold]) -> str:
        rows = [
            line_json(sku=each.sku, quantity=each.quantity, unit_price=each.unit_price, shipping=each.shipping)
            for each in lines
        ]
        return self.market.add(order_json(status=STATUSES[state], lines=rows))

    def seen(self, ref: str) -> RemoteOrder:
        told = [body for order, body in self.market.shipments if order == ref]
        parcels = [parcel for body in told for parcel in (body if isinstance(body, list) else [body])]
        return RemoteOrder(
            STATES[self.market.order(ref)["status"]], tuple(parcel["parcelNumber"] for parcel in parcels)
        )  # fmt: skip

    def refused_values(self) -> Mapping[str, Any]:
        return {"client_secret": "another secret"}

    def lose_answer(self) -> bool:
        self.market.faults.add(Fault("answer_lost", "POST", "/orders/"))
        return True

    def go_away(self) -> bool:
        self.market.stop()
        return True

    def move_away(self) -> bool:
        self.market.faults.add(Fault("redirect", times=FOR_EVER))
        return True

    def slow_down(self) -> bool:
        self.market.faults.add(Fault("status_429", times=FOR_EVER))
        return True


class PrestaShopRemote(RemoteShop):
    connector = PrestaShop
    skus = ("MUG", "BOOK")
    policy = POLICY
    other_status = SHIPPED
    delivery_mode = "TrackedHomeDelivery"
    kills = range(2, 100, 4)  # of some twenty; tests/faults breaks every request in every way

    def __init__(self, shop: PrestaShopSandbox) -> None:
        super().__init__()
        self.shop, self._url = shop, shop.url

    def values(self) -> Mapping[str, Any]:
        return {"url": self._url, "key": self.shop.key, "timeout_seconds": 60}

    def open(self, recorder: Recorder, **changes: Any) -> Shop:
        values = {"cancelled_status": None, **self.values(), **changes}
        return PrestaShop(values, recorder, clock=self.clock)

    def orders(self) -> Sequence[RemoteShopOrder]:
        moved = [str(row["id_order"]) for row in self.shop.rows("order_histories")]
        return [
            RemoteShopOrder(
                str(row["id"]), str(row["payment"]), Decimal(str(row["total_paid"])), str(row["current_state"]),
                moved.count(str(row["id"])),
            )
            for row in self.shop.rows("orders")
        ]  # fmt: skip

    def cancel(self, shop_ref: str) -> None:
        self.shop.set_state(int(shop_ref), int(CANCELLED))

    def track(self, shop_ref: str, number: str) -> bool:
        self.shop.set_tracking(int(shop_ref), number)
        return True

    def refused_values(self) -> Mapping[str, Any]:
        return {"key": "X" * 32}

    def lose_answer(self) -> bool:
        self.shop.faults.add(Fault("answer_lost", "POST", "/api/orders"))
        return True

    def go_away(self) -> bool:
        self.shop.stop()
        return True

    def move_away(self) -> bool:
        self.shop.faults.add(Fault("redirect", times=FOR_EVER))
        return True

    def slow_down(self) -> bool:
        self.shop.faults.add(Fault("status_429", times=FOR_EVER))
        return True


@contextmanager
def octopia() -> Iterator[OctopiaRemote]:
    with rehearsal_market() as market:
        yield OctopiaRemote(market)


@contextmanager
def prestashop() -> Iterator[PrestaShopRemote]:
    with rehearsal_shop() as shop:
        yield PrestaShopRemote(shop)

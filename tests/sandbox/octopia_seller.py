"""A bare HTTP client of the rehearsal marketplace for its own tests; knows no more than a seller would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from cdsync.sandbox.octopia import OctopiaSandbox


class Seller:
    """Signed-in requests; `headers` may be changed by a test."""

    def __init__(self, market: OctopiaSandbox) -> None:
        self.market = market
        self.session = requests.Session()
        self.headers = {"Authorization": f"Bearer {self.new_token()}", "SellerId": market.seller_id}

    def new_token(self) -> str:
        return str(self.ask_token().json()["access_token"])

    def ask_token(self, **changes: str) -> requests.Response:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.market.client_id,
            "client_secret": self.market.client_secret,
        }
        return self.session.post(self.market.token_url, data=form | changes, timeout=5)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(self.market.api_url + path, params=query, headers=self.headers, timeout=5)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.session.post(self.market.api_url + path, json=body, headers=self.headers, timeout=5)

    def approve(self, order_id: str, decision: str = "Accepted") -> requests.Response:
        return self.post(f"/orders/{order_id}/approval-status", {"approval_status": decision})

    def ship(self, order_id: str, *parcels: dict[str, Any]) -> requests.Response:
        return self.post(f"/orders/{order_id}/shipments", list(parcels) or [parcel()])

    def ids(self, **query: Any) -> list[str]:
        return [order["orderId"] for order in self.get("/orders", **query).json()["items"]]


def parcel(**changes: Any) -> dict[str, Any]:
    return {"parcelNumber": "6A12345678901", "carrierName": "Colissimo"} | changes


@contextmanager
def open_market() -> Iterator[tuple[OctopiaSandbox, Seller]]:
    market = OctopiaSandbox().start()
    seller = Seller(market)
    yield market, seller
    seller.session.close()
    market.stop()

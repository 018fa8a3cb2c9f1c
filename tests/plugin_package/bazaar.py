"""A marketplace from outside cdsync, as somebody else would write one: its orders lie in a JSON file.

It imports nothing of cdsync but the protocol's records, the errors and the states.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cdsync import states
from cdsync.connectors.base import (
    Address,
    Carrier,
    Check,
    MarketplaceLine,
    MarketplaceOrder,
    Parcel,
    Recorder,
    Setting,
)
from cdsync.errors import ConfigError, RejectedError

STATES = {"new": states.TO_ACCEPT, "paid": states.TO_IMPORT, "sent": states.SHIPPED, "no": states.REFUSED}


class Bazaar:
    title = "Bazaar"
    settings = (
        Setting("stall", "Stall", help="The name painted over your stall."),
        Setting("password", "Password of the stall", kind="secret"),
        Setting("orders_file", "Book of orders"),
        Setting("season", "Season", kind="choice", choices=("summer", "winter"), default="summer"),
    )

    def __init__(self, values: Mapping[str, Any], recorder: Recorder) -> None:
        self._file = Path(values["orders_file"])
        if values["password"] != "open sesame":
            raise ConfigError("marketplace.credentials_refused", detail="the guard shakes his head")

    def check(self) -> list[Check]:
        return [Check("Read the book of orders", self._file.exists())]

    def orders(self, updated_since: datetime) -> Iterator[MarketplaceOrder]:
        for entry in self._read():
            yield _order(entry)

    def order(self, ref: str) -> MarketplaceOrder:
        for entry in self._read():
            if entry["number"] == ref:
                return _order(entry)
        raise RejectedError("order.gone")

    def accept(self, ref: str) -> None:
        self._write(ref, state="paid")

    def refuse(self, ref: str) -> None:
        self._write(ref, state="no")

    def carriers(self) -> list[Carrier]:
        return [Carrier("camel", "Camel")]

    def delivery_modes(self) -> list[str]:
        return ["Caravan"]

    def ship(self, ref: str, parcel: Parcel) -> None:
        self._write(ref, state="sent", parcel=parcel.number, carrier=parcel.carrier_name)

    def order_url(self, ref: str) -> str:
        return ""

    def _read(self) -> list[dict[str, Any]]:
        return list(json.loads(self._file.read_text(), parse_float=Decimal))

    def _write(self, ref: str, **changes: str) -> None:
        book = self._read()
        for entry in book:
            if entry["number"] == ref:
                entry.update(changes)
        self._file.write_text(json.dumps(book, default=str))


def _order(entry: dict[str, Any]) -> MarketplaceOrder:
    lines = tuple(
        MarketplaceLine(
            line_ref=f"{entry['number']}-{index}",
            sku=line["sku"],
            title=line["sku"],
            quantity=line["pieces"],
            unit_price=Decimal(line["price"]),
            shipping=Decimal(line["carriage"]),
            total=Decimal(line["price"]) * line["pieces"],
            delivery_mode="Caravan",
        )
        for index, line in enumerate(entry["lines"], start=1)
    )
    return MarketplaceOrder(
        ref=entry["number"],
        reference=entry["number"],
        status=entry["state"],
        state=STATES.get(entry["state"]),
        currency="EUR",
        total=sum((line.total + line.shipping for line in lines), Decimal(0)),
        lines=lines,
        raw=json.dumps(entry, default=str),
        customer_ref=entry["buyer"]["name"],
        purchased_at=datetime.fromisoformat(entry["at"]),
        updated_at=datetime.fromisoformat(entry["at"]),
        shipping=_address(entry["buyer"]),
        billing=_address(entry["buyer"]),
    )


def _address(buyer: Mapping[str, str]) -> Address:
    return Address(
        first_name="Ali",
        last_name=buyer["name"],
        lines=(buyer["street"],),
        postcode=buyer["postcode"],
        city=buyer["city"],
        country_code="FR",
        phone="0601020304",
    )

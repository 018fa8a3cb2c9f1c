"""A marketplace from outside cdsync, as somebody else would write one: its orders lie in a JSON file.

It imports nothing of cdsync but the protocol's records, the errors and the states. docs/connectors.md walks through it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
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
from cdsync.errors import AccessRefusedError, CdsyncError, RejectedError, TemporaryError

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
        self._file, self._password = Path(values["orders_file"]), values["password"]

    def check(self) -> list[Check]:
        try:
            return [Check("Read the book of orders", True, f"{len(self._read())} orders")]
        except CdsyncError as error:
            return [Check("Read the book of orders", False, code=error.code, data=error.data)]

    def orders(self, updated_since: datetime) -> Iterator[MarketplaceOrder]:
        for entry in self._read():
            yield _order(entry)

    def order(self, ref: str) -> MarketplaceOrder:
        return _order(_find(self._read(), ref))

    def accept(self, ref: str) -> None:
        self._decide(ref, "paid", done=("paid", "sent"))

    def refuse(self, ref: str) -> None:
        self._decide(ref, "no", done=("no",))

    def carriers(self) -> list[Carrier]:
        return [Carrier("camel", "Camel")]

    def delivery_modes(self) -> list[str]:
        return ["Caravan"]

    def ship(self, ref: str, parcel: Parcel) -> None:
        book = self._read()
        entry = _find(book, ref)
        if entry["state"] == "sent":
            return
        if entry["state"] != "paid":
            raise RejectedError("ship.refused", detail=f"the order is {entry['state']}")
        entry.update(state="sent", parcel=parcel.number, carrier=parcel.carrier_name)
        self._write(book)

    def order_url(self, ref: str) -> str:
        return ""

    def _decide(self, ref: str, state: str, done: tuple[str, ...]) -> None:
        """Moves a new order on; one that is decided so already is left as it is, any other cannot be."""
        book = self._read()
        entry = _find(book, ref)
        if entry["state"] in done:
            return
        if entry["state"] != "new":
            raise RejectedError("accept.refused", status=entry["state"], detail="it was decided before")
        entry["state"] = state
        self._write(book)

    def _read(self) -> list[dict[str, Any]]:
        if self._password != "open sesame":
            raise AccessRefusedError("marketplace.credentials_refused", detail="the guard shakes his head")
        try:
            return list(json.loads(self._file.read_text(), parse_float=Decimal))
        except OSError as error:
            raise TemporaryError("marketplace.unreachable", host="the bazaar") from error

    def _write(self, book: list[dict[str, Any]]) -> None:
        self._file.write_text(json.dumps(book, default=str))


def _find(book: list[dict[str, Any]], ref: str) -> dict[str, Any]:
    for entry in book:
        if entry["number"] == ref:
            return entry
    raise RejectedError("order.gone")


def _order(entry: dict[str, Any]) -> MarketplaceOrder:
    lines = tuple(_line(f"{entry['number']}-{index}", line) for index, line in enumerate(entry["lines"], start=1))
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
        purchased_at=_moment(entry["at"]),
        updated_at=_moment(entry["at"]),
        shipping=_address(entry["buyer"]),
        billing=_address(entry["buyer"]),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _line(ref: str, line: dict[str, Any]) -> MarketplaceLine:
    price = Decimal(line["price"])
    return MarketplaceLine(
        line_ref=ref,
        sku=line["sku"],
        title=line["sku"],
        quantity=line["pieces"],
        unit_price=price,
        shipping=Decimal(line["carriage"]),
        total=price * line["pieces"],
        delivery_mode="Caravan",
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

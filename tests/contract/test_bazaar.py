"""The example plug-in keeps the contract. docs/connectors.md shows this file word for word."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bazaar import STATES, Bazaar

from cdsync.connectors.testing import MarketplaceContract, RemoteMarketplace, RemoteOrder, Sold

BUYER = {"name": "Baba", "street": "40 rue des Voleurs", "postcode": "69003", "city": "Lyon"}
WORDS = {state: word for word, state in STATES.items()}


class Book(RemoteMarketplace):
    connector = Bazaar

    def __init__(self, file: Path) -> None:
        self.file = file
        file.write_text("[]")

    def values(self) -> Mapping[str, Any]:
        return {"stall": "Forty thieves", "password": "open sesame", "orders_file": str(self.file)}

    def put(self, state: str, lines: Sequence[Sold]) -> str:
        book = json.loads(self.file.read_text())
        sold = [
            {"sku": x.sku, "pieces": x.quantity, "price": str(x.unit_price), "carriage": str(x.shipping)} for x in lines
        ]
        at = datetime.now(UTC).isoformat()
        book.append({"number": f"B-{len(book)}", "state": WORDS[state], "at": at, "buyer": BUYER, "lines": sold})
        self.file.write_text(json.dumps(book))
        return f"B-{len(book) - 1}"

    def seen(self, ref: str) -> RemoteOrder:
        (entry,) = [each for each in json.loads(self.file.read_text()) if each["number"] == ref]
        return RemoteOrder(STATES[entry["state"]], (entry["parcel"],) if "parcel" in entry else ())

    def refused_values(self) -> Mapping[str, Any]:
        return {"password": "open barley"}

    def go_away(self) -> bool:
        self.file.unlink()
        return True


class TestBazaar(MarketplaceContract):
    @pytest.fixture
    def remote(self, tmp_path: Path) -> Book:
        return Book(tmp_path / "book.json")

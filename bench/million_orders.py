"""A database as it stands after years: six accounts, one with 60 % of the orders, written in bulk by the models.

The same rows for the same number, but for the moment it is made: orders of five years, the newest a minute old. One in
a hundred is stopped by a problem; most are long shipped. What the numbers are for is told in bench/README.md.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count, islice
from typing import Any, TypeVar

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.db import Model, now
from cdsync.models import Account, Order, OrderEvent, OrderLine, OrderRaw, Run, RunOrder, ShopOrder
from cdsync.sandbox.octopia import order_json

SHARES = {"seller-1": 60, "seller-2": 15, "seller-3": 10, "seller-4": 8, "seller-5": 5, "seller-6": 2}
YEARS = timedelta(days=5 * 365)
SKUS = 5_000  # of an account; few sell often
EVENTS = {states.SHIPPED: 4, states.IMPORTED: 3, states.TO_IMPORT: 2}
PROBLEMS = (
    ("product.unknown", "import", "rejected"),
    ("carrier.unmapped", "import", "config"),
    ("product.out_of_stock", "import", "rejected"),
    ("import.total_differs", "import", "rejected"),
    ("shop.unreachable", "import", "temporary"),
)
ENDED = (
    *[states.SHIPPED] * 90, *[states.IMPORTED] * 3, *[states.CANCELLED] * 3, *[states.ELSEWHERE] * 3, states.REFUSED
)  # fmt: skip
FRESH = (states.TO_ACCEPT, states.ACCEPTED, *[states.TO_IMPORT] * 5, *[states.IMPORTED] * 5, *[states.SHIPPED] * 8)
FIRST_NAMES = ("Camille", "Léa", "Hugo", "Inès", "Louis", "Manon", "Nathan", "Chloé", "Émile", "Zoé")
LAST_NAMES = ("Durand", "Lefebvre", "Moreau", "Garcia", "Roux", "Fontaine", "Chevalier", "Robin", "Masson", "Noël")
PLACES = ("69003 Lyon", "75011 Paris", "13006 Marseille", "33000 Bordeaux", "59800 Lille", "31000 Toulouse")
ROWS = 5_000  # of a statement's values at once
Row = dict[str, Any]
T = TypeVar("T")


def make(session: Session, orders: int) -> None:
    """Writes the accounts and so many orders with all that hangs on them, and commits as it goes."""
    made = Making(orders)
    _write(session, Account, made.accounts())
    _write(session, Run, made.runs())
    for some in _by_thousands(made.orders()):
        for model, at in ((Order, 0), (OrderLine, 1), (OrderEvent, 2), (ShopOrder, 3), (RunOrder, 4), (OrderRaw, 5)):
            rows = [row for each in some for row in each[at]]
            if rows:
                session.execute(insert(_table(model)), rows)
        session.commit()


def _write(session: Session, model: type[Model], rows: Iterator[Row]) -> None:
    for some in _by_thousands(rows):
        session.execute(insert(_table(model)), some)
    session.commit()


def _by_thousands(rows: Iterator[T]) -> Iterator[list[T]]:
    while some := list(islice(rows, ROWS)):
        yield some


def _table(model: type[Model]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


class Making:
    """The rows, as the models' tables take them."""

    def __init__(self, orders: int) -> None:
        self.number = orders
        self.random = random.Random(20261129)
        self.now = now().replace(microsecond=0)
        self.lines = count(1)
        self.raw = json.dumps(order_json(status="Shipped"), default=str, ensure_ascii=False)

    def accounts(self) -> Iterator[Row]:
        for number, name in enumerate(SHARES, start=1):
            yield {"id": number, "name": name, "settings": {}, "active": True, "notices": [], "places": []}

    def runs(self) -> Iterator[Row]:
        """One for fifty orders, of all operations."""
        for number in range(1, self.number // 50 + 1):
            at = self._at(number * 50)
            ended = {"state": "finished", "open": False, "started_at": at, "finished_at": at + timedelta(seconds=9)}
            operation = ("lookup", "import", "accept", "ship")[number % 4]
            owner = {"account_id": number % 6 + 1, "operation": operation, "trigger": "scheduler"}
            yield {
                "id": number,
                **owner,
                "queued_at": at,
                "counts": {"done": 50},
                "total": 50,
                "processed": 50,
                **ended,
            }

    def orders(self) -> Iterator[tuple[list[Row], list[Row], list[Row], list[Row], list[Row], list[Row]]]:
        """Each order with its lines, its events, its shop orders and what a run did with it."""
        accounts = self.random.choices(range(1, len(SHARES) + 1), list(SHARES.values()), k=self.number)
        for number, account in enumerate(accounts, start=1):
            order = self._order(number, account)
            lines, raw = list(self._lines(order)), [{"order_id": number, "text": self.raw}]
            yield [order], lines, self._events(order), self._shop_orders(order), self._run(order), raw

    def _at(self, number: int) -> datetime:
        return self.now - YEARS * (1 - number / (self.number + 1)) - timedelta(minutes=1)

    def _order(self, number: int, account: int) -> Row:
        at, ref = self._at(number), f"2{number:09d}FRAMX"
        state = self.random.choice(FRESH if number > self.number * 0.98 else ENDED)
        imported = at + timedelta(hours=2) if state in (states.IMPORTED, states.SHIPPED) else None
        waits = number > self.number * 0.98 and state in (states.TO_IMPORT, states.TO_ACCEPT, states.IMPORTED)
        values: Row = {
            "id": number, "account_id": account, "marketplace_ref": ref, "reference": f"26{number:012d}"[-14:],
            "seller": f"api.octopia-io.net/{account}", "shop": f"shop-{account}.example", "state": state,
            "state_since": at, "marketplace_status": "Shipped", "marketplace_state": state, "currency": "EUR",
            "total": Decimal(self.random.randrange(500, 20_000)) / 100, "shipping": Decimal("3.78"),
            "buyer_name": f"{self.random.choice(FIRST_NAMES)} {self.random.choice(LAST_NAMES)}",
            "buyer_place": self.random.choice(PLACES), "delivery_mode": "TrackedHomeDelivery",
            "addresses": {"billing": None, "shipping": _address(number)}, "purchased_at": at, "found_at": at,
            "marketplace_created_at": at, "marketplace_updated_at": at, "read_at": at,
            "accept_by": at + timedelta(days=1), "ship_by": at + timedelta(days=3), "imported_at": imported,
            "shipped_at": at + timedelta(days=1) if state == states.SHIPPED else None,
        }  # fmt: skip
        return values | self._problem(at, stopped=waits and self.random.random() < 0.85)

    def _problem(self, at: datetime, *, stopped: bool) -> Row:
        """None for most: all rows of a statement name the same columns."""
        code, operation, kind = self.random.choice(PROBLEMS) if stopped else (None, None, None)
        data = {"sku": self._sku()} if code is not None and code.startswith("product.") else {}
        return {
            "problem_code": code, "problem_operation": operation, "problem_kind": kind,
            "problem_data": data if stopped else None, "problem_since": at if stopped else None,
            "attempts": 1 if stopped else 0,
            "next_try_at": self.now + timedelta(minutes=5) if kind == "temporary" else None,
        }  # fmt: skip

    def _lines(self, order: Row) -> Iterator[Row]:
        for _each in range(self.random.choice((1, 1, 1, 2, 2, 3))):
            sku, matched = self._sku(), self.random.random() > 0.01
            yield {
                "order_id": order["id"], "line_ref": f"L{next(self.lines)}", "sku": sku, "gtin": "3700123456789",
                "title": f"Mug The best is yet to come {sku}", "quantity": self.random.choice((1, 1, 1, 2, 5)),
                "unit_price": Decimal("18.90"), "shipping": Decimal("3.78"), "total": Decimal("22.68"),
                "status": "Shipped", "delivery_mode": "TrackedHomeDelivery", "live": True,
                "product_ref": sku[4:] if matched else "", "product_name": f"Mug {sku}" if matched else "",
                "matched_by": "reference" if matched else "", "stock": 284 if matched else None,
                "vat_rate": Decimal(20), "matched_at": order["found_at"],
            }  # fmt: skip

    def _sku(self) -> str:
        return f"SKU-{int(SKUS * self.random.random() ** 3):05d}"

    def _events(self, order: Row) -> list[Row]:
        kinds = ["order.found", "order.moved", "order.moved", "order.moved"][: EVENTS.get(order["state"], 1)]
        kinds += ["problem.raised"] if order["problem_code"] or self.random.random() < 0.03 else []
        return [
            {"order_id": order["id"], "at": order["found_at"], "kind": kind, "data": {"code": order["problem_code"]}}
            for kind in kinds
        ]

    def _shop_orders(self, order: Row) -> list[Row]:
        if order["imported_at"] is None:
            return []
        number = order["id"]
        made = {"account_id": order["account_id"], "order_id": number, "shop_ref": str(number), "status_ref": "4"}
        return [made | {"reference": f"PS{number:07d}", "status_name": "Shipped", "total_paid": order["total"]}]

    def _run(self, order: Row) -> list[Row]:
        run = max(1, min(order["id"] // 50, self.number // 50))
        return [{"run_id": run, "order_id": order["id"], "outcome": "done"}]


def _address(number: int) -> Row:
    return {
        "civility": "Mme", "first_name": "Camille", "last_name": "Durand", "company": "", "vat_number": "",
        "lines": [f"{number % 200} rue de la République", "Bâtiment B"], "postcode": "69003", "city": "Lyon",
        "region": "", "country_code": "FR", "phone": "+33 6 12 34 56 78", "email": f"c.{number}@clemarche.com",
        "pickup_id": "", "pickup_name": "",
    }  # fmt: skip

"""Rows for the pages to show: one builder a thing, sensible defaults, an order of every kind. No outside system."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from flask import current_app
from sqlalchemy import select

from cdsync import products, reconciliations, states
from cdsync.db import db, now
from cdsync.models import (
    Account,
    Exchange,
    ExchangeOrder,
    ImportStep,
    Order,
    OrderEvent,
    OrderLine,
    Run,
    RunOrder,
    ShopOrder,
    User,
)
from cdsync.reconciliations import Verdict
from tests import databases

LONG_NAME = "Jean-Baptiste Marie-Antoinette Lefebvre-Delacroix de La Rochefoucauld-Montmorency"
HOSTILE = "<script>alert('buyer')</script>"
_numbers = count(1)
KEPT_SECONDS = 60.0  # many of the rows are about the last minutes
_kept: dict[str, tuple[float, Any]] = {}  # by database: when a neighbour was made there, and the rows

ADDRESS = {
    "civility": "Mme",
    "first_name": "Camille",
    "last_name": "Durand",
    "company": "",
    "vat_number": "",
    "lines": ["12 rue de la République", "Bâtiment B"],
    "postcode": "69003",
    "city": "Lyon",
    "region": "",
    "country_code": "FR",
    "phone": "+33 6 12 34 56 78",
    "email": "camille.d@clemarche.com",
    "pickup_id": "",
    "pickup_name": "",
}


def account(name: str = "main") -> Account:
    """An account without settings."""
    row = Account(name=name, settings={})
    db.session.add(row)
    db.session.commit()
    return row


def line(sku: str = "demo_1", *, quantity: int = 1, price: str = "18.90", **values: Any) -> OrderLine:
    """A live seller line, matched to a product with stock."""
    facts: dict[str, Any] = {
        "line_ref": f"L{next(_numbers)}",
        "live": True,
        "title": "Mug The best is yet to come",
        "status": "InPreparation",
        "delivery_mode": "TrackedHomeDelivery",
        "shipping": Decimal("3.78"),
        "product_ref": "15",
        "combination_ref": "0",
        "product_name": "Mug The best is yet to come",
        "matched_by": "reference",
        "stock": 284,
        "vat_rate": Decimal(20),
    }
    unit = Decimal(price)
    return OrderLine(sku=sku, quantity=quantity, unit_price=unit, total=unit * quantity, **{**facts, **values})


def order(of: Account, state: str = states.TO_IMPORT, *, lines: list[OrderLine] | None = None, **values: Any) -> Order:
    """One order with a line, an address and deadlines; its total is what its lines and shipping make."""
    number = next(_numbers)
    rows = [line()] if lines is None else lines
    live = [row for row in rows if row.live]
    shipping = sum((row.shipping or Decimal(0) for row in live), Decimal(0))
    total = sum(((row.unit_price or Decimal(0)) * row.quantity for row in live), shipping)
    bought = now() - timedelta(hours=3, minutes=7 * (number % 60))  # in turn, and never long ago
    ref = f"5f{number:04d}"
    facts: dict[str, Any] = {
        "marketplace_ref": ref,
        "reference": f"26112310{number:04d}K7QXZ",
        "marketplace_status": "InPreparation",
        "sales_channel": "CDISFR",
        "currency": "EUR",
        "total": total,
        "shipping": shipping,
        "buyer_name": "Camille Durand",
        "buyer_place": "69003 Lyon",
        "customer_ref": "C-4711",
        "delivery_mode": next((row.delivery_mode for row in [*live, *rows]), ""),
        "addresses": {"shipping": ADDRESS, "billing": ADDRESS},
        "purchased_at": bought,
        "state_since": bought + timedelta(minutes=5),
        "accept_by": bought + timedelta(days=1),
        "ship_by": bought + timedelta(days=2),
        "raw": json.dumps({"orderId": ref, "email": "camille.d@clemarche.com", "total": 22.68, "firstName": "Camille"}),
    }
    row = Order(account_id=of.id, state=state, lines=rows, **{**facts, **values})
    db.session.add(row)
    db.session.flush()
    event(row, "order.found", {"status": row.marketplace_status, "state": state}, at=bought + timedelta(minutes=5))
    db.session.commit()
    return row


def problem(
    row: Order, code: str, data: dict[str, Any] | None = None, *, kind: str = "rejected", operation: str = "import",
    attempts: int = 1, next_try_at: datetime | None = None,
) -> Order:  # fmt: skip
    """Stops an order."""
    row.problem_code, row.problem_data, row.problem_kind = code, data or {}, kind
    row.problem_operation, row.problem_since = operation, now() - timedelta(minutes=20)
    row.attempts, row.next_try_at = attempts, next_try_at
    event(row, "problem.raised", {"code": code, "operation": operation, "data": data or {}})
    db.session.commit()
    return row


def shop_order(row: Order, *, paid: str | None = None, **values: Any) -> ShopOrder:
    """The shop order of an imported order, equal to it unless `paid` says otherwise."""
    number = next(_numbers)
    total = Decimal(paid) if paid else row.total or Decimal(0)
    facts: dict[str, Any] = {
        "shop_ref": str(number),
        "reference": f"XKBKNAB{number:02d}",
        "cart_ref": str(number + 40),
        "status_ref": "2",
        "total_paid_real": total,
        "total_products": total - (row.shipping or Decimal(0)),
        "total_shipping": row.shipping,
        "total_without_tax": (total / Decimal("1.2")).quantize(Decimal("0.01")),
        "invoice_number": f"#FA{number:06d}",
        "payment_text": f"Cdiscount {row.reference}",
        "url": f"http://127.0.0.1:1/admin/orders/{number}/view",
        "verified_at": now(),
    }
    made = ShopOrder(account_id=row.account_id, order_id=row.id, total_paid=total, **{**facts, **values})
    db.session.add(made)
    row.imported_at = now() - timedelta(minutes=12)
    event(row, "import.imported", {"shop_order": made.shop_ref, "number": made.reference, "adopted": False})
    db.session.commit()
    return made


def event(row: Order, kind: str, data: dict[str, Any] | None = None, **values: Any) -> OrderEvent:
    """A line of an order's story."""
    added = OrderEvent(order_id=row.id, kind=kind, data=data or {}, **values)
    db.session.add(added)
    db.session.flush()
    return added


def exchange(row: Order, **values: Any) -> Exchange:
    """A request of an order with the buyer's data in it."""
    facts: dict[str, Any] = {
        "side": "shop",
        "method": "POST",
        "url": "https://shop.example/api/customers?filter[email]=camille.d@clemarche.com",
        "status": 201,
        "milliseconds": 41,
        "request_body": "<prestashop><customer><firstname>Camille</firstname></customer></prestashop>",
        "response_body": "<prestashop><customer><id>9</id><firstname>Camille</firstname></customer></prestashop>",
    }
    made = Exchange(account_id=row.account_id, **{**facts, **values})
    db.session.add(made)
    db.session.flush()
    db.session.add(ExchangeOrder(exchange_id=made.id, order_id=row.id))
    db.session.commit()
    return made


def run(
    of: Account, operation: str = "import", state: str = "running", *, orders: dict[int, str] | None = None,
    **values: Any,
) -> Run:  # fmt: skip
    """A run with what became of its orders (order id → outcome)."""
    outcomes = orders or {}
    done = [outcome for outcome in outcomes.values() if outcome not in ("pending", "working")]
    facts: dict[str, Any] = {
        "trigger": "button",
        "actor": "merchant",
        "open": state in ("queued", "running"),
        "total": len(outcomes),
        "processed": len(done),
        "counts": {outcome: done.count(outcome) for outcome in set(done)},
        "started_at": now() - timedelta(minutes=1),
        "finished_at": None if state in ("queued", "running") else now(),
        "lease_until": now() + timedelta(minutes=10),
    }
    made = Run(account_id=of.id, operation=operation, state=state, **{**facts, **values})
    db.session.add(made)
    db.session.flush()
    db.session.add_all([RunOrder(run_id=made.id, order_id=each, outcome=what) for each, what in outcomes.items()])
    db.session.commit()
    return made


def step(row: Order, name: str, *, done: bool = True, **data: Any) -> ImportStep:
    """A step of an order's import."""
    made = ImportStep(order_id=row.id, name=name, data=data, done_at=now() if done else None)
    db.session.add(made)
    db.session.commit()
    return made


def neighbour() -> Account:
    """`_neighbour`, copied from a moment ago where there is no row yet: made anew it takes a quarter of a second."""
    url = current_app.config["CDSYNC_DATABASE_URL"]
    if any(db.session.scalar(select(table.id).limit(1)) for table in (Account, User)):
        return _neighbour()
    db.session.remove()
    made_at, kept = _kept.get(url, (-KEPT_SECONDS, None))
    if time.monotonic() - made_at < KEPT_SECONDS:
        databases.chosen().leave(db.engine)
        databases.chosen().fill(url, kept)
        return db.session.scalars(select(Account)).one()
    _neighbour()
    db.session.remove()
    _kept[url] = time.monotonic(), databases.chosen().keep(url)
    return db.session.scalars(select(Account)).one()


def _neighbour() -> Account:
    """The rehearsal beside the account that a test is about, with something of everything in it.

    Whatever list or figure forgets whose rows it counts shows some of these. It sorts behind every real account.
    """
    of = Account(name="Rehearsal", settings={}, rehearsal=True)
    db.session.add(of)
    db.session.commit()
    made = of_every_kind(of)
    ids = [row.id for row in made.values()]
    for operation in ("lookup", "accept", "import", "ship", "reconcile"):
        run(
            of, operation, "failed", orders={ids[0]: "problem"}, error_code="shop.unreachable", error_data={"host": "x"}
        )
        run(of, operation, "running", orders=dict.fromkeys(ids[:3], "working"))
    products.remember(of.id, "demo_1", "15", "0", actor="Neighbour")
    products.remember(of.id, "NEIGHBOURS-1", "15", "0", actor="Neighbour")
    kinds = ("missing", "twice", "total_differs", "unknown_to_marketplace", "waiting", "imported_equal")
    verdicts = [Verdict(kind, "", each, f"neighbour-{each}") for kind, each in zip(kinds, ids, strict=False)]
    reconciliations.keep(of.id, None, now(), verdicts)
    return of


def of_every_kind(of: Account) -> dict[str, Order]:
    """An order of every state, problem and oddity that the pages have to show, by a word for it."""
    made: dict[str, Order] = {}
    soon = now() + timedelta(hours=5, minutes=2)
    made["to_accept"] = order(of, states.TO_ACCEPT, marketplace_status="WaitingAcceptance", addresses={})
    made["to_accept_late"] = order(
        of, states.TO_ACCEPT, marketplace_status="WaitingAcceptance", addresses={}, accept_by=now() - timedelta(hours=2)
    )
    short = line(
        "demo_12",
        quantity=3,
        price="35.90",
        stock=1,
        title="T-shirt imprimé colibri, S, White",
        product_name="Hummingbird printed t-shirt – Size S, Color White",
    )
    made["to_import"] = order(
        of,
        lines=[line("demo_15", quantity=2, price="11.90"), short],
        warnings=[
            {"code": "product.out_of_stock", "data": {"sku": "demo_12", "product": "1-1", "stock": 1, "wanted": 3}}
        ],
    )
    made["accepted"] = order(
        of, states.ACCEPTED, marketplace_status="Accepted", addresses={}, buyer_name="", buyer_place=""
    )
    made["announced"] = order(
        of,
        states.ANNOUNCED,
        marketplace_status="Processing",
        addresses={},
        buyer_name="",
        buyer_place="",
        total=None,
        lines=[],
    )
    relay = {
        **ADDRESS,
        "pickup_id": "058231",
        "pickup_name": "TABAC DES HALLES",
        "postcode": "97400",
        "city": "Saint-Denis",
    }
    made["carrier"] = problem(
        order(
            of,
            ship_by=soon,
            buyer_name=LONG_NAME,
            buyer_place="97400 Saint-Denis, Réunion",
            buyer_note="relay point",
            delivery_mode="Relais Colis",
            addresses={"shipping": relay, "billing": ADDRESS},
        ),
        "carrier.unmapped",
        {"mode": "Relais Colis"},
        attempts=0,
    )
    for _again in range(2):
        problem(order(of, delivery_mode="Relais Colis"), "carrier.unmapped", {"mode": "Relais Colis"}, attempts=0)
    made["product"] = problem(
        order(
            of,
            lines=[
                line(
                    "UNKNOWN-99",
                    product_ref="",
                    product_name="",
                    matched_by="",
                    stock=None,
                    vat_rate=None,
                    title=HOSTILE,
                )
            ],
            buyer_name=HOSTILE,
        ),
        "product.unknown",
        {"sku": "UNKNOWN-99", "title": HOSTILE},
    )
    made["temporary"] = problem(
        order(of),
        "shop.timeout",
        {"host": "shop.example"},
        kind="temporary",
        attempts=2,
        next_try_at=now() + timedelta(minutes=5),
    )
    made["unknown"] = problem(
        order(of), "shop.order_unknown", {"cart": "412"}, kind="unknown", next_try_at=now() + timedelta(minutes=1)
    )
    (
        step(made["unknown"], "customer", id="31"),
        step(made["unknown"], "cart", id="412"),
        step(made["unknown"], "order", done=False, cart="412"),
    )
    made["refused_by_shop"] = problem(
        order(of),
        "shop.refused",
        {"resource": "addresses", "field": "phone", "message": "Property Address->phone is not valid", "shop_code": 85},
    )
    made["cancel_requested"] = problem(
        order(of, lines=[line(cancel_requested=True)]), "order.cancel_requested", {"lines": ["L1"]}, attempts=0
    )
    made["mismatch"] = problem(
        order(of, total=Decimal("99.99")),
        "order.total_mismatch",
        {"expected": "99.99", "found": "22.68", "difference": "-77.31"},
        attempts=0,
    )
    company = {
        **ADDRESS,
        "company": "Société Bernard & Fils",
        "vat_number": "FR40303265045",
        "first_name": "",
        "last_name": "Bernard",
    }
    made["imported"] = order(
        of,
        states.IMPORTED,
        buyer_name="Société Bernard & Fils",
        buyer_note="company",
        addresses={"shipping": ADDRESS, "billing": company},
        lines=[
            line("demo_3", price="29.90"),
            line("book_1", price="12.50", vat_rate=Decimal("5.5"), title="Carnet de notes Colibri"),
            line("gone_1", price="9.90", live=False, status="Cancelled"),
        ],
        fees=[{"label": "INTERETBCA", "amount": "1.00"}],
        corrections=[
            {
                "field": "delivery.phone",
                "before": "+33 (0)6.12",
                "after": "+33612",
                "why": "The shop takes digits, spaces and + only",
            }
        ],
    )
    made["imported"].total = Decimal("50.96")
    shop_order(made["imported"])
    (
        exchange(made["imported"]),
        exchange(
            made["imported"],
            side="marketplace",
            method="GET",
            url="https://api.octopia-io.net/seller/v2/orders/5f1",
            status=200,
            request_body="",
            response_body=json.dumps({"orderId": "5f1", "firstName": "Camille", "totalPrice": 50.90}),
        ),
    )
    made["wrong_total"] = problem(
        order(of, states.IMPORTED),
        "import.total_differs",
        {"expected": "22.68", "found": "22.69", "difference": "0.01", "shop_order": "X"},
    )
    shop_order(made["wrong_total"], paid="22.69")
    made["no_tracking"] = order(of, states.IMPORTED, waiting_for_tracking_since=now() - timedelta(hours=9))
    shop_order(made["no_tracking"])
    made["cancelled_after"] = problem(
        order(of, states.IMPORTED, marketplace_status="Cancelled"),
        "order.cancelled_after_import",
        {"shop_order": "XKBKNAB30"},
        attempts=0,
    )
    shop_order(made["cancelled_after"])
    made["shipped"] = order(of, states.SHIPPED, marketplace_status="Shipped", shipped_at=now() - timedelta(hours=1))
    shop_order(made["shipped"], tracking_number="6A12345678901", adopted=True)
    made["refused"] = order(of, states.REFUSED, marketplace_status="Refused")
    made["cancelled"] = order(of, states.CANCELLED, marketplace_status="Cancelled")
    made["elsewhere"] = order(
        of, states.ELSEWHERE, marketplace_status="Shipped", lines=[line(sent_by="FulfilledByMarketplace")]
    )
    made["odd_status"] = order(of, states.TO_IMPORT, marketplace_status="Teleported", status_known=False)
    made["empty"] = order(
        of,
        states.TO_IMPORT,
        lines=[],
        buyer_name="",
        buyer_place="",
        addresses={},
        total=None,
        reference="",
        raw="",
        purchased_at=None,
        ship_by=None,
        accept_by=None,
    )
    db.session.commit()
    return made

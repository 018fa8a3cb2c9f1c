"""The soak's end: no fault any more, what is left is carried through, then everything is counted against everything."""

from __future__ import annotations

import time
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select

from cdsync.db import db
from cdsync.models import Order, Reconciliation
from cdsync.orders.life.problems import is_a_persons_matter

if TYPE_CHECKING:
    from .rehearsed import Rehearsed
    from .soak import Soak

SETTLE_SECONDS = 600


def prove(soak: Soak, system: Rehearsed) -> int:
    """Prints the figures; 0 when every order is in the shop once, at its price, and stock moved by what was sold."""
    soak.worker.kill()
    soak.worker.wait()
    _settle(soak, system)
    reconcile = system.run("reconcile")
    faults: Counter[str] = sum((weather.struck for weather in soak.weather), Counter())
    orders = system.shop.rows("orders")
    per_text = Counter(row["payment"] for row in orders)
    twice = sum(number > 1 for number in per_text.values())
    wrong = _wrong_totals(system)
    sold = sum(int(row["product_quantity"]) for row in system.shop.rows("order_details"))
    left = sum(
        system.shop.stock(int(p["id"])) for p in system.shop.rows("products") if p["reference"].startswith("SOAK-")
    )
    moved = 40 * 100_000 - left
    with system.app.app_context():
        latest = db.session.scalar(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(1))
        counts = dict(latest.counts) if latest else {}
    requests = len(system.shop.server.log)
    print(f"orders made            {soak.made}")
    print(f"orders in the shop     {len(orders)}   twice {twice}   wrong total {wrong}")
    print(f"pieces sold / moved    {sold} / {moved}")
    print(f"states                 {dict(soak.states())}")
    print(f"reconcile              {counts}   ({reconcile.state})")
    print(f"faults played          {sum(faults.values())}   {dict(faults.most_common())}")
    print(f"workers killed         {soak.kills}")
    print(f"retried by a person    {soak.retried}")
    print(f"time                   {soak.seconds:.0f} s")
    print(f"requests to the shop   {requests}   {requests / max(1, len(orders)):.2f} an order, repeats included")
    for name, values in soak.memory.items():
        if values:
            tenth = max(1, len(values) // 10)
            first, last = sum(values[:tenth]) // tenth, sum(values[-tenth:]) // tenth
            print(
                f"memory of {name:<12} first tenth {first // 1024} MB, last tenth {last // 1024} MB, "
                f"peak {max(values) // 1024} MB"
            )
    bad = sum(counts.get(kind, 0) for kind in ("missing", "twice", "total_differs", "unknown_to_marketplace"))
    held = len(orders) == soak.made and not twice and not wrong and sold == moved and not bad
    print("held" if held else "NOT HELD")
    return 0 if held else 1


def left_to_a_person() -> dict[str, list[int]]:
    """Ids of the orders that nothing tries again by itself, by the operation that stands still."""
    return _stopped(is_a_persons_matter())


def _stopped(which: ColumnElement[bool]) -> dict[str, list[int]]:
    stopped = select(Order.problem_operation, Order.id).where(which)
    found: dict[str, list[int]] = {"accept": [], "import": []}
    for operation, order_id in db.session.execute(stopped.where(Order.problem_operation.in_(found))):
        found[operation].append(order_id)
    db.session.rollback()
    return found


def _settle(soak: Soak, system: Rehearsed) -> None:
    """Runs in this process until every order is imported, or time is up."""
    end = time.monotonic() + SETTLE_SECONDS
    while soak.states()["imported"] < soak.made and time.monotonic() < end:
        for operation in ("lookup", "accept", "import"):
            _once(system, operation)
        with system.app.app_context():
            left = _stopped(Order.problem_code.is_not(None))  # some would be tried again in a quarter of an hour
        for operation, order_ids in left.items():
            if order_ids:
                _once(system, operation, order_ids)
        time.sleep(2)
    with system.app.app_context():
        rest = db.session.execute(
            select(Order.marketplace_ref, Order.state, Order.problem_code).where(Order.state != "imported").limit(20)
        ).all()
        db.session.rollback()
    for row in rest:
        print("not imported:", *row)


def _once(system: Rehearsed, operation: str, order_ids: list[int] | None = None) -> None:
    from cdsync.errors import ConfigError  # noqa: PLC0415

    try:
        system.run(operation, order_ids)
    except ConfigError as error:
        if error.code != "run.already_running":
            raise
        time.sleep(2)


def _wrong_totals(system: Rehearsed) -> int:
    """Shop orders whose total or payment is not the marketplace's to the cent."""
    wanted = {order["reference"]: Decimal(str(order["totalPrice"]["sellingPrice"])) for order in system.market.orders()}
    wrong = 0
    paid = Counter[str]()
    for row in system.shop.rows("order_payments"):
        paid[row["order_reference"]] += Decimal(row["amount"])  # type: ignore[assignment]
    for row in system.shop.rows("orders"):
        total = wanted[row["payment"].split()[1]]
        amounts = {Decimal(row["total_paid"]), Decimal(row["total_paid_real"]), Decimal(paid[row["reference"]])}
        wrong += amounts != {total}
    return wrong

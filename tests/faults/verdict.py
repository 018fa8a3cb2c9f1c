"""What both sides and cdsync must hold in the end, judged from their own data and past cdsync's code.

Each function gives everything that is not as it must be, as sentences; nothing wrong is an empty list.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from cdsync.sandbox.octopia.book.statuses import DEAD
from cdsync.sandbox.scenarios.catalogue import FEE
from cdsync.states import may_move

from .world import World

MILLIONTH = Decimal(1_000_000)
# Ends of sentences about what costs nothing when it is left behind.
HARMLESS = (" carts", " addresses", " customers", " imposed prices")


class Asked:
    """A marketplace order as the marketplace knows it now: what the shop order must be. Money tax included.

    Only live lines that the seller sends count; what the whole order costs counts where all lines do.
    """

    def __init__(self, order: dict[str, Any]) -> None:
        self.ref, self.reference = str(order["orderId"]), str(order["reference"])
        self.customer = str(order["customer"]["reference"])
        every = list(order["lines"])
        lines = [each for each in every if each["offer"]["supplyMode"] == "Seller" and each["status"] not in DEAD]
        goods = sum((Decimal(each["sellingPrice"]["unitSalesPrice"]) * each["quantity"] for each in lines), Decimal(0))
        self.shipping = sum((Decimal(each["sellingPrice"]["shippingCost"]) for each in lines), Decimal(0))
        whole = len(lines) == len(every)
        self.total = Decimal(order["totalPrice"]["sellingPrice"]) if whole else goods + self.shipping
        self.pieces: Counter[str] = Counter()
        for each in lines:
            self.pieces[each["offer"]["sellerProductId"]] += int(each["quantity"])
        if self.total != goods + self.shipping:
            self.pieces[FEE.reference] += 1

    @property
    def payment(self) -> str:
        return f"Cdiscount {self.reference}" + (f" {self.ref}" if self.ref != self.reference else "")


def asked(world: World) -> list[Asked]:
    return [Asked(order) for order in world.market.orders()]


def imported_wrongs(world: World, orders: Sequence[Asked], stock_before: dict[str, int]) -> list[str]:
    """Exactly one exact shop order each, paid, invoiced, taken from stock once, and known to cdsync."""
    found = []
    every = world.shop.rows("orders")
    for order in orders:
        own = [row for row in every if row["payment"] == order.payment]
        if len(own) != 1:
            found.append(f"{order.ref}: {len(own)} shop orders")
            continue
        found += [f"{order.ref}: {wrong}" for wrong in money_wrongs(world, own[0], order)]
        found += [f"{order.ref}: {wrong}" for wrong in _local_wrongs(world, order, own[0]["id"])]
    if len(every) != len(orders):
        found.append(f"{len(every)} shop orders in all, {len(orders)} marketplace orders")
    return found + stock_wrongs(world, orders, stock_before) + orphans(world, orders)


def money_wrongs(world: World, row: dict[str, str], order: Asked) -> list[str]:
    """Every amount of one shop order beside the marketplace's, and what hangs on it."""
    histories = [h["id_order_state"] for h in world.shop.rows("order_histories") if h["id_order"] == row["id"]]
    checks = amounts(world, row, order) | {
        "state": (row["current_state"], "2"),
        "valid": (row["valid"], "1"),
        "times paid": (histories.count("2"), 1),
    }
    return [f"{name} {found} instead of {wanted}" for name, (found, wanted) in checks.items() if found != wanted]


def amounts(world: World, row: dict[str, str], order: Asked) -> dict[str, tuple[Any, Any]]:
    """What there is and what there must be, by name, whatever status the merchant has given the order since."""
    shop = world.shop
    carrier = [Decimal(c["shipping_cost_tax_incl"]) for c in shop.rows("order_carriers") if c["id_order"] == row["id"]]
    payments = [
        (Decimal(p["amount"]), p["transaction_id"], p["payment_method"])
        for p in shop.rows("order_payments")
        if p["order_reference"] == row["reference"]
    ]
    invoices = [
        (Decimal(i["total_paid_tax_incl"]), Decimal(i["total_shipping_tax_incl"]), i["number"])
        for i in shop.rows("order_invoices")
        if i["id_order"] == row["id"]
    ]
    return {
        "total_paid": (Decimal(row["total_paid"]), order.total),
        "total_paid_real": (Decimal(row["total_paid_real"]), order.total),
        "total_paid_tax_incl": (Decimal(row["total_paid_tax_incl"]), order.total),
        "shipping": (Decimal(row["total_shipping"]), order.shipping),
        "products": (Decimal(row["total_products_wt"]), order.total - order.shipping),
        "order_carrier": (carrier, [order.shipping]),
        "payments": (payments, [(order.total, order.ref, order.payment)]),
        "invoices": (invoices, [(order.total, order.shipping, row["invoice_number"])]),
    }


def _local_wrongs(world: World, order: Asked, shop_ref: str) -> list[str]:
    rows = world.rows("SELECT * FROM orders WHERE marketplace_ref = ?", order.ref)
    if len(rows) != 1:
        return [f"{len(rows)} rows"]
    known = [(s["shop_ref"], Decimal(s["total_paid"]) / MILLIONTH) for s in world.rows(
        "SELECT * FROM shop_orders WHERE order_id = ?", rows[0]["id"]
    )]  # fmt: skip
    found = [] if known == [(shop_ref, order.total)] else [f"shop orders {known} instead of {shop_ref}"]
    if rows[0]["state"] != "imported":
        found.append(f"state {rows[0]['state']}")
    return found + _left_open(rows[0])


def _left_open(row: Any) -> list[str]:
    found = []
    if row["problem_code"]:
        found.append(f"problem {row['problem_code']} {row['problem_data']}")
    if row["claim_owner"]:
        found.append("still claimed")
    return found


def put_away_wrongs(world: World, orders: Sequence[Asked], stock_before: dict[str, int]) -> list[str]:
    """The shop spoils every order: none is live, none ever counted, no piece has moved, and a person is told why."""
    every = world.shop.rows("orders")
    found = [f"shop order {row['id']} stands in {row['current_state']}" for row in every if row["current_state"] != "6"]
    found += [f"shop order {row['id']} was invoiced" for row in every if row["invoice_number"] != "0"]
    found += [] if every else ["no shop order was ever made"]
    for order in orders:
        (row,) = world.rows("SELECT * FROM orders WHERE marketplace_ref = ?", order.ref)
        if (row["state"], row["problem_code"]) != ("to_import", "import.put_away") or row["claim_owner"]:
            found.append(f"{order.ref}: {row['state']}, {row['problem_code']}, claimed by {row['claim_owner']}")
    return found + stock_wrongs(world, [], stock_before)


def told_wrongs(world: World, orders: Sequence[Asked], told: Iterable[str], states: Iterable[str]) -> list[str]:
    """The marketplace was told exactly once of each order, and cdsync knows it."""
    times = Counter(told)
    found = [f"{each.ref}: told {times[each.ref]} times" for each in orders if times[each.ref] != 1]
    for each in orders:
        rows = world.rows("SELECT * FROM orders WHERE marketplace_ref = ?", each.ref)
        if len(rows) != 1 or rows[0]["state"] not in set(states):
            found.append(f"{each.ref}: state {[row['state'] for row in rows]}")
        found += [f"{each.ref}: {wrong}" for row in rows for wrong in _left_open(row)]
    return found


def found_wrongs(world: World, orders: Sequence[Asked]) -> list[str]:
    """Every marketplace order is known to cdsync once."""
    known = Counter(row["marketplace_ref"] for row in world.rows("SELECT marketplace_ref FROM orders"))
    wanted = Counter(each.ref for each in orders)
    return [] if known == wanted else [f"orders {dict(known)} instead of {dict(wanted)}"]


def run_wrongs(world: World) -> list[str]:
    """No run is open, and no order's story leaves the table of moves."""
    return [f"run {row['id']} is open" for row in world.rows("SELECT id FROM runs WHERE open")] + story_wrongs(world)


def story_wrongs(world: World) -> list[str]:
    """Each order's moves follow each other, are in the table, and end where the order stands."""
    found = []
    for order in world.rows("SELECT id, marketplace_ref, state FROM orders"):
        events = world.rows("SELECT kind, data FROM order_events WHERE order_id = ? ORDER BY id", order["id"])
        moves = [json.loads(e["data"]) for e in events if e["kind"] == "order.moved"]
        first = next((json.loads(e["data"])["state"] for e in events if e["kind"] == "order.found"), None)
        at = first
        for move in moves:
            if move["from"] != at or not may_move(move["from"], move["to"], by_person=move.get("by") == "person"):
                found.append(f"{order['marketplace_ref']}: moved {move['from']} → {move['to']} from {at}")
            at = move["to"]
        if at != order["state"]:
            found.append(f"{order['marketplace_ref']}: its story ends {at}, it is {order['state']}")
    return found


def stocks(world: World) -> dict[str, int]:
    """What is in stock of each reference."""
    parents = {row["id_product"] for row in world.shop.rows("combinations")}
    found = {
        row["reference"]: world.shop.stock(int(row["id"]))
        for row in world.shop.rows("products")
        if row["id"] not in parents
    }
    return found | {
        row["reference"]: world.shop.stock(int(row["id_product"]), int(row["id"]))
        for row in world.shop.rows("combinations")
    }


def stock_wrongs(world: World, orders: Iterable[Asked], before: dict[str, int]) -> list[str]:
    """Every piece sold was taken from stock once."""
    sold: Counter[str] = Counter()
    for order in orders:
        sold += order.pieces
    now = stocks(world)
    taken = {ref: before[ref] - now[ref] for ref in before if before[ref] != now[ref]}
    return [] if taken == dict(sold) else [f"taken from stock {taken} instead of {dict(sold)}"]


def orphans(world: World, orders: Sequence[Asked]) -> list[str]:
    """Nothing left behind, and nothing made twice: one cart an order, one customer a buyer, no imposed price."""
    shop = world.shop
    carts = Counter(row["id_cart"] for row in shop.rows("orders"))
    counts = {
        "carts": (len(shop.rows("carts")), len(orders)),
        "orders of one cart": (max(carts.values(), default=1), 1),
        "imposed prices": (len(shop.rows("specific_prices")), 0),  # PrestaShop drops those of an ordered cart
        "customers": (len(shop.rows("customers")), len({order.customer for order in orders})),
        "addresses": (len([a for a in shop.rows("addresses") if a["deleted"] != "1"]), 2 * len(orders)),
    }
    wrong = {name: pair for name, pair in counts.items() if pair[0] != pair[1]}
    return [f"{found} instead of {wanted} {name}" for name, (found, wanted) in wrong.items()]

"""What an upgraded account must hold in the end, judged from both sides' own data and past cdsync's code.

Each function gives everything that is not as it must be, as sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from tests.faults import verdict
from tests.faults.verdict import MILLIONTH, Asked

from .plan import PUT_AWAY
from .world import Account, World

CANCELLED, SENT, IMPORTED = "6", "4", "2"  # statuses of the shop


def wrongs(world: World, account: Account) -> list[str]:
    """One live, exact shop order for each marketplace order, made of one cart, one customer and two addresses; the
    marketplace told once of what it was to be told; nothing of it left open."""
    orders = verdict.asked(account)  # type: ignore[arg-type]
    sent, accepted = world.refs(account.name, "ship"), world.refs(account.name, "accept")
    found = [
        f"{_name(world, order)}: {wrong}"
        for order in orders
        for wrong in _order_wrongs(account, order, SENT if order.ref in sent else IMPORTED)
    ]
    found += _spoiled_wrongs(world, account, orders)
    found += verdict.stock_wrongs(account, orders, account.stock)  # type: ignore[arg-type]
    found += list(_left_over(account, orders))
    found += _told_wrongs("accepted", accepted, [ref for ref, _decision in account.market.approvals])
    found += _told_wrongs("sent", sent, [ref for ref, _parcels in account.market.shipments])
    return found + verdict.run_wrongs(account)  # type: ignore[arg-type]


def _name(world: World, order: Asked) -> str:
    return next(
        f"{each['step']} {each['point']} ({order.ref})" for each in world.kept.orders if each["ref"] == order.ref
    )


def _order_wrongs(account: Account, order: Asked, status: str) -> Iterator[str]:
    own = [row for row in _live(account) if row["payment"] == order.payment]
    if len(own) != 1:
        yield f"{len(own)} shop orders"
        return
    (row,) = own
    lines = [each for each in account.shop.rows("order_histories") if each["id_order"] == row["id"]]
    checks = verdict.amounts(account, row, order) | {  # type: ignore[arg-type]
        "status": (row["current_state"], status),
        "valid": (row["valid"], "1"),
        "times paid": ([each["id_order_state"] for each in lines].count(IMPORTED), 1),
    }
    yield from (f"{name} {there} instead of {wanted}" for name, (there, wanted) in checks.items() if there != wanted)
    (known,) = account.rows("SELECT * FROM orders WHERE marketplace_ref = ?", order.ref)
    state = "shipped" if status == SENT else "imported"
    if (known["state"], known["problem_code"], known["claim_owner"]) != (state, None, None):
        yield f"{known['state']}, {known['problem_code']} {known['problem_data']}, claimed by {known['claim_owner']}"
    kept = account.rows("SELECT * FROM shop_orders WHERE order_id = ? AND NOT cancelled", known["id"])
    if [(each["shop_ref"], Decimal(each["total_paid"]) / MILLIONTH) for each in kept] != [(row["id"], order.total)]:
        yield f"known as {[dict(each) for each in kept]}"


def _live(account: Account) -> list[dict[str, str]]:
    return [row for row in account.shop.rows("orders") if row["current_state"] != CANCELLED]


def _spoiled_wrongs(world: World, account: Account, orders: list[Asked]) -> list[str]:
    """Beside the live ones stands at most one each that the shop had spoiled: cancelled, and never an order."""
    spoiled = {order.payment for order in orders if order.ref in world.refs(account.name, PUT_AWAY)}
    cancelled = [row for row in account.shop.rows("orders") if row["current_state"] == CANCELLED]
    times = Counter(row["payment"] for row in cancelled)
    found = [f"cancelled {count} times: {text}" for text, count in times.items() if count > 1 or text not in spoiled]
    found += [f"cancelled order {row['id']} was invoiced" for row in cancelled if row["invoice_number"] != "0"]
    every, wanted = len(account.shop.rows("orders")) - len(cancelled), len(orders)
    return found if every == wanted else [*found, f"{every} live shop orders, {wanted} marketplace orders"]


def _left_over(account: Account, orders: list[Asked]) -> Iterator[str]:
    """Nothing was made twice, and no imposed price is left."""
    shop = account.shop
    carts = Counter(row["id_cart"] for row in shop.rows("orders"))
    counts = {
        "carts that no order was made of": ({row["id"] for row in shop.rows("carts")} - carts.keys(), set()),
        "orders of one cart": (max(carts.values()), 1),
        "imposed prices": (len(shop.rows("specific_prices")), 0),
        "customers": (len(shop.rows("customers")), len({order.customer for order in orders})),
        "addresses": (len([each for each in shop.rows("addresses") if each["deleted"] != "1"]), 2 * len(orders)),
    }
    yield from (f"{there} instead of {wanted} {name}" for name, (there, wanted) in counts.items() if there != wanted)


def _told_wrongs(what: str, wanted: list[str], told: list[str]) -> list[str]:
    times = Counter(told)
    found = [f"{ref} was told to be {what} {times[ref]} times" for ref in wanted if times[ref] != 1]
    return found + [f"{ref} was told to be {what}" for ref in times if ref not in wanted]

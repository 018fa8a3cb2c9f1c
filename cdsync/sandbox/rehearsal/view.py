"""What the desk shows of both systems, as plain data. Reads only; copes with malformed orders."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from ..octopia.book.ledger import Record
from ..scenarios import KINDS
from ..server import SandboxServer
from . import behaviour_form
from .requests_of_orders import index, requests_for
from .world import Rehearsal

Row = dict[str, Any]
LOG_READ = 5000  # newest requests looked through for the orders they name
MARK = {
    "WaitingAcceptance": "do",
    "InPreparation": "do",
    "Accepted": "wait",
    "Processing": "wait",
    "Shipped": "good",
    "Delivered": "good",
}


def market_rows(world: Rehearsal, status: str = "", limit: int | None = None) -> list[Row]:
    """The marketplace's `limit` newest orders, newest first; `status` narrows."""
    with world.market.lock:
        world.market.settle()
        records = [record for record in world.market.ledger.records.values() if status in ("", str(record.status))]
        return [_market_row(world, record) for record in records[::-1][:limit]]


def _market_row(world: Rehearsal, record: Record) -> Row:
    order, lines = record.order, record.lines()
    kind = KINDS.get(world.market.notes.get(order["orderId"], ""))
    asked = sorted({record.cancellation_asked_by.get(str(line.get("orderLineId")), "?") for line in _asked(lines)})
    parcels = [parcel.get("parcelNumber") for line in lines for parcel in line.get("parcels") or []]
    return {
        "id": order["orderId"],
        "reference": order.get("reference"),
        "status": order.get("status"),
        "mark": MARK.get(str(order.get("status")), "dead"),
        "kind": kind.name if kind else None,
        "title": kind.title if kind else "",
        "buyer": _buyer(order),
        "items": [f"{line.get('quantity')} × {_sku(line)}" for line in lines],
        "total": _total(order),
        "currency": order.get("currencyCode"),
        "accept_until": _time(record.accept_until) if record.status == "WaitingAcceptance" else None,
        "moves_to": record.move_to,
        "moves_at": _time(record.move_at),
        "cancellation_asked_by": asked,
        "parcels": sorted({str(number) for number in parcels}),
    }


def _asked(lines: list[Row]) -> list[Row]:
    return [line for line in lines if line.get("status") == "CancelRequest"]


def _sku(line: Row) -> str:
    return str((line.get("offer") or {}).get("sellerProductId") or "no SKU")


def _total(order: Row) -> str:
    total = (order.get("totalPrice") or {}).get("sellingPrice")
    return "" if total is None else str(total)


def _buyer(order: Row) -> str:
    address = order.get("billingAddress") or {}
    names = [address.get("companyName") or "", address.get("firstName") or "", address.get("lastName") or ""]
    return textwrap.shorten(" ".join(name for name in names if name), 60, placeholder=" …")


def _time(seconds: float | None) -> str | None:
    if seconds is None or not math.isfinite(seconds):
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def shop_rows(world: Rehearsal, limit: int | None = None) -> list[Row]:
    """The shop's `limit` newest orders, newest first, with state, total, tracking and the requests that name each."""
    states = {state["id"]: state for state in shop_states(world)}
    carriers: dict[str, Row] = {row["id_order"]: row for row in world.shop.rows("order_carriers")}
    named = index(world.shop.server.log[-LOG_READ:])
    rows = []
    for order in world.shop.rows("orders")[::-1][:limit]:
        state = states.get(order["current_state"], {"name": "?"})
        rows.append(
            {
                "id": order["id"],
                "reference": order["reference"],
                "payment": order["payment"],
                "state": order["current_state"],
                "state_name": state["name"],
                "total_paid": order["total_paid"],
                "tracking": carriers.get(order["id"], {}).get("tracking_number", ""),
                "requests": requests_for(order, named),
            }
        )
    return rows


def shop_states(world: Rehearsal) -> list[dict[str, str]]:
    """The shop's order states: id and name."""
    return [{"id": row["id"], "name": row["name"]} for row in world.shop.rows("order_states")]


def last_requests(server: SandboxServer, limit: int = 50) -> list[Row]:
    """The newest requests of one system, newest first."""
    return [
        {
            "at": _time(seen.at),
            "method": seen.method,
            "path": seen.path,
            "query": seen.query,
            "status": seen.status,
            "fault": seen.fault,
            "bytes": len(seen.body),
        }
        for seen in reversed(list(server.log)[-limit:])
    ]


def figures(world: Rehearsal) -> Row:
    """The numbers at a glance."""
    log = list(world.shop.server.log)
    made = sum(1 for seen in log if (seen.method, seen.path.rstrip("/"), seen.status) == ("POST", "/api/orders", 201))
    with world.market.lock:
        world.market.settle()
        statuses = Counter(str(record.status) for record in world.market.ledger.records.values())
    return {
        "market_orders": sum(statuses.values()),
        "by_status": dict(sorted(statuses.items())),
        "shop_orders": len(world.shop.rows("orders")),
        "orders_made": made,
        "shop_requests": len(log),
        "requests_per_order": round(len(log) / made, 1) if made else None,
        "market_requests": len(world.market.server.log),
        "approvals": len(world.market.approvals),
        "shipments": len(world.market.shipments),
        "faults_waiting": sum(len(server.faults.pending()) for server in world.servers().values()),
    }


def faults(world: Rehearsal) -> list[Row]:
    """The faults still to strike, by system."""
    return [
        {"system": name} | asdict(fault)
        for name, server in world.servers().items()
        for fault in server.faults.pending()
    ]


def behaviour(world: Rehearsal) -> Row:
    """Delays (seconds, None: never) and switches of both systems, and the marketplace's variants."""
    market = world.market
    delays = {name: getattr(market, name) for name in ("accept_delay", "ship_delay", "processing_delay")}
    return {
        "delays": {name: value if math.isfinite(value) else None for name, value in delays.items()},
        "automatic_acceptance": market.automatic_acceptance,
        "shift_between_pages": market.shift_between_pages,
        "order_seconds": world.shop.order_seconds,
        "webservice_on": world.shop.webservice_on,
        "front": next((words for words, front in behaviour_form.FRONTS.items() if front == world.shop.front), ""),
        "variants": asdict(market.variants),
    }


def whole_state(world: Rehearsal) -> Row:
    """Everything, for scripts."""
    return {
        "figures": figures(world),
        "octopia": {
            "orders": market_rows(world),
            "approvals": world.market.approvals,
            "shipments": world.market.shipments,
            "behaviour": behaviour(world),
        },
        "prestashop": {"version": world.version, "orders": shop_rows(world)},
        "faults": faults(world),
    }

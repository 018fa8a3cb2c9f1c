"""Fills the rehearsal marketplace and shop with goods, carriers and orders of every kind. Speaks no HTTP.

Deterministic: the same seed and time give the same orders. Dates are relative to now.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..octopia import OctopiaSandbox
from ..prestashop import PrestaShopSandbox
from .catalogue import DELIVERIES, FEE, fill_shop
from .kinds import KINDS, Kind
from .maker import Arrival, Maker

__all__ = ["KINDS", "Kind", "add_orders", "load", "react", "suggested_settings"]

SEED = "cdsync"


def load(market: OctopiaSandbox, shop: PrestaShopSandbox, now: datetime | None = None, seed: str = SEED) -> None:
    """The opening of a rehearsal: at least 30 products, 6 carriers and 40 orders of every kind."""
    fill_shop(shop)
    for kind in KINDS.values():
        add_orders(market, kind.name, kind.at_start, now, seed)


def add_orders(
    market: OctopiaSandbox, kind: str, count: int = 1, now: datetime | None = None, seed: str = SEED
) -> list[str]:
    """`count` new orders of a kind arrive at the marketplace; their ids. KeyError when the kind is unknown."""
    build = KINDS[kind].build
    ids = []
    for _ in range(count):
        maker = Maker(market.ledger.added + 1, now or datetime.now(UTC), seed)
        ids.append(_arrive(market, build(maker)))
        with market.lock:
            market.notes[ids[-1]] = kind
    return ids


def react(market: OctopiaSandbox, shop: PrestaShopSandbox) -> list[str]:
    """What the marketplace does once the shop has an order: cancels those made for it; their ids."""
    with market.lock:  # the desk adds orders, or puts all of them back, meanwhile
        waiting = [
            market.ledger.records[order_id]
            for order_id, kind in market.notes.items()
            if kind == "cancelled_after_import" and market.ledger.records[order_id].status == "InPreparation"
        ]
    payments = " ".join(row["payment"] for row in shop.rows("orders")) if waiting else ""
    imported = [record.order["orderId"] for record in waiting if record.order["reference"] in payments]
    for order_id in imported:
        market.cancel(order_id)
    return imported


def suggested_settings(shop: PrestaShopSandbox) -> dict[str, Any]:
    """The `orders` settings that fit this shop: carriers both ways by id_reference, and the fee product."""
    ids = {row["name"]: row["id_reference"] for row in shop.rows("carriers") if row.get("deleted", "0") == "0"}
    served = [delivery for delivery in DELIVERIES if delivery.mode and delivery.name in ids]
    return {
        "carriers": {delivery.mode: ids[delivery.name] for delivery in served},
        "marketplace_carriers": {ids[delivery.name]: delivery.marketplace_label for delivery in served},
        "fee_sku": FEE.reference,
    }


def _arrive(market: OctopiaSandbox, arrival: Arrival) -> str:
    order_id = market.add(arrival.order, arrival.accept_until)
    if arrival.moves_to:
        market.schedule(order_id, arrival.moves_to, arrival.moves_after)
    if arrival.cancellation_asked_by:
        market.request_cancellation(order_id, 0, arrival.cancellation_asked_by)
    return order_id

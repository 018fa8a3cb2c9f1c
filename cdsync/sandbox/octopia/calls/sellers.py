"""The seller's own data: /sellers, its subscriptions, delivery modes and indicators. Fixed answers."""

from __future__ import annotations

from typing import Any

from ..book.statuses import DELIVERY_MODES


def seller_answers(seller_id: str) -> dict[str, Any]:
    """Path under /seller/v2 -> JSON."""
    seller = {
        "sellerId": seller_id,
        "name": "Boutique de répétition",
        "login": "rehearsal",
        "state": "Activated",
        "email": "vendeur@example.test",
    }
    return {
        "/sellers": seller,
        "/sellers/subscriptions": [{"salesChannelId": "CDISFR", "name": "Cdiscount", "isActive": True}],
        "/sellers/delivery-modes": [
            {"code": code, "label": label, "legacyCode": legacy} for label, (code, legacy) in DELIVERY_MODES.items()
        ],
        "/sellers/indicators": [
            {"code": "order_acceptation", "value": 99.1, "threshold": 95},
            {"code": "order_shipped_on_time", "value": 97.4, "threshold": 95},
        ],
        "/sellers/addresses": [{"addressLine1": "1 rue du Test", "postalCode": "33000", "city": "Bordeaux"}],
    }

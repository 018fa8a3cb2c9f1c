"""POST /orders/{id}/approval-status: the seller accepts or refuses a whole order. Knows no addresses.

Facts: the key is snake_case, only WaitingAcceptance orders take it, and accepting only leads to Accepted;
InPreparation follows later. Success code and the refusal's status are not established.
"""

from __future__ import annotations

from ..book.ledger import Ledger, Record
from ..book.orders import Json
from ..book.variants import Variants
from .problems import Refused

DECISIONS = ("Accepted", "Refused")


def approve(ledger: Ledger, record: Record, body: object, variants: Variants) -> str | None:
    """Carries out the approval; the decision when it took effect, None when it was repeated without effect."""
    decision = _decision(body)
    if record.status == "WaitingAcceptance":
        ledger.move(record, decision)
        return decision
    if variants.repeated_approval == "success" and _already(record, decision):
        return None
    raise Refused(
        variants.approval_wrong_state,
        f"Cannot switch to {decision} status: the order is {record.status}.",
        {"approval_status": [f"Order {record.order['orderId']} is not waiting for acceptance."]},
    )


def _decision(body: object) -> str:
    decision = body.get("approval_status") if isinstance(body, dict) else None
    if decision not in DECISIONS:
        raise Refused(
            400,
            "One or more validation errors occurred.",
            {"approval_status": ["The approval_status field must be Accepted or Refused."]},
        )
    return str(decision)


def _already(record: Record, decision: str) -> bool:
    if decision == "Refused":
        return bool(record.status == "Refused")
    return record.status in ("Accepted", "InPreparation", "Shipped", "Delivered")


def approval_answer(record_view: Json, variants: Variants) -> tuple[int, Json | None]:
    """(status, body or None) of a success."""
    return variants.approval_status, record_view if variants.approval_body else None

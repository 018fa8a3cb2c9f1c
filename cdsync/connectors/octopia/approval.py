"""Accepting or refusing a whole order. Writes at most once; never repeats a write whose outcome is unknown.

Facts (docs/octopia.md, 4): snake_case body, any 2xx is success, only an order in WaitingAcceptance takes it;
accepting leads to Accepted, and InPreparation follows later. Bodies of a refusal are not established.
"""

from __future__ import annotations

from collections.abc import Callable

from ...errors import CdsyncError, RejectedError, UnknownOutcomeError
from ..base import MarketplaceOrder, UnreadableOrder
from .api.client import OctopiaClient
from .api.problem_json import words

Look = Callable[[], MarketplaceOrder | UnreadableOrder]

# Statuses that prove a decision, however it got there.
_PROOF = {
    "Accepted": frozenset({"Accepted", "InPreparation", "Shipped", "Delivered"}),
    "Refused": frozenset({"Refused"}),
}
_KNOWN = frozenset({"Refused", "Rejected", "Cancelled"}).union(*_PROOF.values())


def decide(client: OctopiaClient, path: str, channel: str, decision: str, look: Look) -> None:
    """Tells the marketplace `decision` ("Accepted" or "Refused"); already so is success.

    Raises RejectedError("accept.refused" | "order.gone"), UnknownOutcomeError, ConfigError, TemporaryError.
    """
    try:
        answer = client.post(f"{path}/approval-status", {"approval_status": decision}, channel)
    except UnknownOutcomeError as unknown:
        _settle_unknown(unknown, decision, look)
        return
    if 200 <= answer.status < 300:
        return
    if answer.status == 404:
        raise RejectedError("order.gone")
    status = look().status
    if status not in _PROOF[decision]:
        raise RejectedError("accept.refused", status=status, detail=words(answer) or f"HTTP {answer.status}")


def _settle_unknown(unknown: UnknownOutcomeError, decision: str, look: Look) -> None:
    """Looks at the order after an answer that never came; returns when the decision is there."""
    try:
        status = look().status
    except CdsyncError as exc:
        raise unknown from exc
    if status in _PROOF[decision]:
        return
    if status not in _KNOWN:  # still waiting: the request may be on its way
        raise unknown
    raise RejectedError("accept.refused", status=status, detail="") from unknown

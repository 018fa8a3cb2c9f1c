"""The marketplace's memory as JSON bytes and back. Never holds addresses of servers or credentials."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from .book.ledger import Record
from .calls.json_text import from_json, to_json

if TYPE_CHECKING:
    from .market import OctopiaSandbox

FORMAT = "octopia-sandbox-1"
NUMBERS = ("accept_delay", "ship_delay", "processing_delay")
SWITCHES = ("automatic_acceptance", "shift_between_pages")


def dump(market: OctopiaSandbox) -> bytes:
    """Everything the marketplace knows."""
    state: dict[str, Any] = {
        "format": FORMAT,
        "delays": {name: repr(getattr(market, name)) for name in NUMBERS},
        "switches": {name: getattr(market, name) for name in SWITCHES},
        "variants": asdict(market.variants),
        "approvals": market.approvals,
        "shipments": market.shipments,
        "notes": market.notes,
        "tokens": market.tokens.alive,
        "records": [vars(record) for record in market.ledger.records.values()],
    }
    return to_json(state).encode()


def load(market: OctopiaSandbox, data: bytes) -> None:
    """Replaces what the marketplace knows. ValueError when `data` is no snapshot of this format."""
    state = from_json(data)
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError("not a snapshot of the rehearsal marketplace")
    for name in NUMBERS:
        setattr(market, name, float(state["delays"][name]))
    for name in SWITCHES:
        setattr(market, name, state["switches"][name])
    known = {field.name for field in fields(market.variants)}
    for name, value in state["variants"].items():
        if name in known:
            setattr(market.variants, name, value)
    market.approvals[:] = [(order_id, decision) for order_id, decision in state["approvals"]]
    market.shipments[:] = [(order_id, body) for order_id, body in state["shipments"]]
    market.notes = dict(state["notes"])
    market.tokens.alive = {token: float(end) for token, end in state["tokens"].items()}
    records = [Record(**_times(row)) for row in state["records"]]
    market.ledger.records = {record.order["orderId"]: record for record in records}
    market.ledger.next_at = 0.0
    market.ledger.added = max((record.number for record in records), default=0)


def _times(row: dict[str, Any]) -> dict[str, Any]:
    """Record times are floats in memory; from_json made them Decimal."""
    return row | {name: None if row[name] is None else float(row[name]) for name in ("move_at", "accept_until")}

"""What support shows as proof: every HTTP exchange, the raw JSON, the support file; masked unless a merchant asks.

Showing personal data is written into the order's story.
"""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Response, abort, request
from sqlalchemy import inspect

from cdsync import exchanges as kept
from cdsync import orders
from cdsync.db import db, now
from cdsync.models import Order, Run

from .access import actor, merchant_only
from .csv_answers import file_name
from .order_page import view_of
from .parts import page_or_part

# Not in the support file: the buyer, and what cleaning changed of the buyer's address.
BUYER = ("buyer_name", "buyer_place", "addresses", "corrections", "raw", "claim_owner", "customer_ref")
NUMBER_MARK = "\ufdd0"  # never in text: Unicode keeps it for uses like this
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def exchanges(ref: str) -> Response:
    """GET /orders/<ref>/exchanges"""
    return _show(ref, "exchanges", personal=False)


def raw(ref: str) -> Response:
    """GET /orders/<ref>/raw"""
    return _show(ref, "raw", personal=False)


@merchant_only
def personal(ref: str) -> Response:
    """POST /orders/<ref>/personal: the same with personal data, for this once; the order's story says who looked."""
    what = request.form.get("what", "")
    if what not in ("exchanges", "raw"):
        abort(400)
    orders.note(view_of(ref).order.id, "personal.shown", {"what": what}, actor=actor())
    return _show(ref, what, personal=True)


def support_file(ref: str) -> Response:
    """GET /orders/<ref>/support-file: everything known of the order as JSON, without the buyer's data."""
    view = view_of(ref)
    order, of = view.order, {"account": view.account.name, "rehearsal": view.account.rehearsal}
    text = json.dumps(of | _masked(dossier(order)), ensure_ascii=False, indent=2, default=str)
    response = Response(text + "\n", mimetype="application/json")
    name = re.sub(r"[^A-Za-z0-9_-]", "", order.reference or order.marketplace_ref) or "order"
    name = file_name(f"support-{name}", view.account)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def dossier(order: Order) -> dict[str, Any]:
    """The support file's content; its texts are still to be masked."""
    runs = sorted({event.run_id for event in order.events if event.run_id})
    return {
        "made_at": now().isoformat(timespec="seconds"),
        "order": {name: value for name, value in _columns(order).items() if name not in BUYER},
        "lines": [_columns(line) for line in order.lines],
        "shop_orders": [_columns(made) for made in order.shop_orders],
        "events": [_columns(event) for event in order.events],
        "steps": [_columns(step) for step in order.steps],
        "runs": [_columns(run) for run_id in runs if (run := db.session.get(Run, run_id))],
        "cleaned": [{"field": each["field"], "why": each["why"]} for each in order.corrections or []],
        "exchanges": [_columns(exchange) for exchange in kept.of_order(order.id)],
        "raw": order.raw or "",
    }


def pretty(text: str) -> str:
    """JSON indented, its numbers exactly as written; anything else as it is.

    What can't be shown (half a surrogate pair, control characters) stays the escape it was sent as.
    """

    def as_written(number: str) -> str:
        return f"{NUMBER_MARK}{number}{NUMBER_MARK}"

    try:
        parsed = json.loads(text, parse_float=as_written, parse_int=as_written)
    except ValueError:
        return text
    indented = json.dumps(parsed, ensure_ascii=False, indent=2)
    indented = _NO_TEXT.sub(lambda sign: sign[0] if sign[0] == "\n" else f"\\u{ord(sign[0]):04x}", indented)
    return re.sub(f'"{NUMBER_MARK}([^"]*?){NUMBER_MARK}"', r"\1", indented)


def _show(ref: str, what: str, *, personal: bool) -> Response:
    view = view_of(ref)
    clean = str if personal else kept.masked
    context: dict[str, Any] = {"view": view, "personal": personal, "what": what}
    if what == "raw":
        context["text"] = clean(pretty(view.order.raw or ""))
    else:
        context["rows"] = [
            (row, clean(row.url), clean(pretty(row.request_body)), clean(pretty(row.response_body)))
            for row in kept.of_order(view.order.id)
        ]
    return page_or_part("orders/evidence.html", f"orders/_{what}.html", **context)


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}


def _masked(value: Any) -> Any:
    """Every text inside, masked by itself: masking JSON as a whole could cut through its quotes."""
    if isinstance(value, dict):
        return {name: _masked(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_masked(each) for each in value]
    return kept.masked(value) if isinstance(value, str) else value

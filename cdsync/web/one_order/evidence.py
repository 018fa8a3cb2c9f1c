"""What support shows as proof: every HTTP exchange, the raw JSON, the support file; masked unless one asks for more.

Only who may see customers can ask. Showing personal data is written into the order's story.
"""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Response, abort, request
from sqlalchemy import inspect

from cdsync import orders
from cdsync.bookkeeping import recorded_requests
from cdsync.connectors.recording import written_json
from cdsync.connectors.recording.masking import HIDDEN, masked_body
from cdsync.db import db, now, transaction
from cdsync.models import Account, Exchange, Order, Run
from cdsync.orders.shop_side.buyer import hide_buyers, out_of
from cdsync.terminal import printable

from ..shell.access import by_me, sees_customers
from ..shell.parts import page_or_part
from ..text.csv_answers import file_name
from .view import view_of

# Not in the support file: the buyer, and what cleaning changed of the buyer's address.
BUYER = ("buyer_name", "buyer_place", "addresses", "corrections", "claim_owner", "customer_ref")
_MASKED = ("url", "request_body", "response_body")


def exchanges(ref: str) -> Response:
    """GET /orders/<ref>/exchanges"""
    return _show(ref, "exchanges", personal=False)


def raw(ref: str) -> Response:
    """GET /orders/<ref>/raw"""
    return _show(ref, "raw", personal=False)


def personal(ref: str) -> Response:
    """POST /orders/<ref>/personal: the same with personal data, for this once; the order's story says who looked."""
    if not sees_customers():
        abort(403)
    what = request.form.get("what", "")
    if what not in ("exchanges", "raw"):
        abort(400)
    order_id = view_of(ref).order.id
    with transaction() as session:
        orders.note(session, order_id, "personal.shown", {"what": what}, by_me())
    return _show(ref, what, personal=True)


def support_file(ref: str) -> Response:
    """GET /orders/<ref>/support-file: everything known of the order as JSON, without the buyer's data."""
    view = view_of(ref)
    order, of = view.order, {"account": view.account.name, "rehearsal": view.account.rehearsal}
    text = json.dumps(of | dossier(order), ensure_ascii=False, indent=2, default=str)
    response = Response(printable(text) + "\n", mimetype="application/json")  # it is read in editors and terminals
    name = re.sub(r"[^A-Za-z0-9_-]", "", order.reference or order.marketplace_ref) or "order"
    name = file_name(f"support-{name}", view.account)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def dossier(order: Order) -> dict[str, Any]:
    """The support file's content, without the buyer's data whoever asks: it is made to be sent on."""
    runs = sorted({event.run_id for event in order.events if event.run_id})
    found: dict[str, Any] = {
        "order": {name: value for name, value in _columns(order).items() if name not in BUYER},
        "lines": [_columns(line) for line in order.lines],
        "shop_orders": [_columns(made) for made in order.shop_orders],
        "events": [_columns(event) for event in order.events],
        "steps": [_columns(step) for step in order.steps],
        "runs": [_columns(run) for run_id in runs if (run := db.session.get(Run, run_id))],
        "cleaned": [{"field": each["field"], "why": each["why"]} for each in order.corrections or []],
    }
    found = out_of(found, hide_buyers([order])) | {
        "exchanges": [
            _columns(row) | dict(zip(_MASKED, masked_exchange(order, row), strict=True))
            for row in recorded_requests.of_order(order.id)
        ],
        "raw": masked_raw(order),
    }
    return {"made_at": now().isoformat(timespec="seconds"), **found}


def pretty(text: str) -> str:
    """JSON indented, its numbers exactly as written; anything else as it is."""
    try:
        return written_json.dump(written_json.load(text))
    except ValueError:
        return text


def _show(ref: str, what: str, *, personal: bool) -> Response:
    view = view_of(ref)
    context: dict[str, Any] = {"view": view, "personal": personal, "what": what, "hidden": HIDDEN}
    if what == "raw":
        context["text"] = pretty(view.order.raw) if personal else masked_raw(view.order)
    else:
        context["rows"] = [
            (row, row.url, pretty(row.request_body), pretty(row.response_body))
            if personal
            else (row, *masked_exchange(view.order, row))
            for row in recorded_requests.of_order(view.order.id)
        ]
    return page_or_part("one_order/evidence.html", f"one_order/_{what}.html", **context)


def masked_raw(order: Order) -> str:
    """The marketplace's JSON of the order without its buyer."""
    fields = recorded_requests.harmless_fields(db.session.get_one(Account, order.account_id), "marketplace")
    return masked_body(order.raw, fields, hide_buyers([order]))


def masked_exchange(order: Order, row: Exchange) -> tuple[str, str, str]:
    """Address, request and answer of one of the order's exchanges without its buyer."""
    fields = recorded_requests.harmless_fields(db.session.get_one(Account, row.account_id), row.side)
    return recorded_requests.masked(row, fields, hide_buyers([order]))


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}

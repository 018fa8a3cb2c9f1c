"""The desk's writes: each does one thing to a system and says in a sentence what it did. Makes no pages.

A form gets 303 back to the page it came from, a script (JSON body, or Accept: application/json) the result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify, redirect, request

from .. import scenarios
from ..faults import Fault
from ..octopia import STATUSES
from . import behaviour_form, fault_choices
from .world import Rehearsal

acts = Blueprint("acts", __name__)
Answer = tuple[Response, int] | Response
MOST_AT_ONCE = 500

ACTIONS: dict[str, str] = {
    "pass": "Release now (In preparation)",
    "cancel": "Cancel",
    "ask-customer": "Customer asks to cancel",
    "ask-seller": "Seller asks to cancel",
    "ask-channel": "Channel asks to cancel",
} | {f"status-{status}": f"Set to {status}" for status in STATUSES}


def world() -> Rehearsal:
    """The rehearsal this app is for."""
    return cast(Rehearsal, current_app.config["WORLD"])


def wants_json() -> bool:
    """Whether a script asks: JSON body, or no wish for HTML."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json")
    return request.is_json or best == "application/json"


def take_note() -> str:
    """The sentence about the last write, once."""
    return str(current_app.config.pop("NOTE", ""))


def _given() -> Mapping[str, Any]:
    if not request.is_json:
        return request.form
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise ValueError("the body is no JSON object")
    return data


def _needed(form: Mapping[str, Any], name: str) -> str:
    if not form.get(name):
        raise ValueError(f"{name} is missing")
    return str(form[name])


def _done(sentence: str, **result: Any) -> Answer:
    world().changed()
    if wants_json():
        return jsonify({"done": sentence} | result)
    current_app.config["NOTE"] = sentence
    back = urlsplit(request.headers.get("Referer", ""))
    return cast(Response, redirect(back.path + (f"?{back.query}" if back.query else "") if back.path else "/", 303))


@acts.errorhandler(ValueError)
@acts.errorhandler(KeyError)
def _wrong(error: Exception) -> Answer:
    """A write whose data make no sense: nothing was changed."""
    text = f"Not known: {error}" if isinstance(error, KeyError) else f"Not done: {error}"
    if wants_json():
        return jsonify({"error": text}), 400
    current_app.config["NOTE"] = text
    return cast(Response, redirect(urlsplit(request.headers.get("Referer", "/")).path or "/", 303))


@acts.post("/orders")
def add_orders() -> Answer:
    form = _given()
    count = int(form.get("count", 1))
    if not 1 <= count <= MOST_AT_ONCE:
        raise ValueError(f"{count} orders at once: between 1 and {MOST_AT_ONCE}, please")
    kind = _needed(form, "kind")
    ids = scenarios.add_orders(world().market, kind, count)
    return _done(f"{count} × “{scenarios.KINDS[kind].title}” arrived at the marketplace.", added=ids)


@acts.post("/market-orders/<order_id>")
@acts.post("/market-orders/<order_id>/<action>")
def act_on_market_order(order_id: str, action: str = "") -> Answer:
    action = action or _needed(_given(), "action")
    market = world().market
    if order_id not in market.ledger.records:
        raise KeyError(order_id)
    _carry_out(action, order_id)
    status = market.order(order_id).get("status")
    return _done(f"{order_id}: {ACTIONS[action]}. It is now {status}.", status=status)


def _carry_out(action: str, order_id: str) -> None:
    market = world().market
    if action == "pass":
        if not market.let_pass(order_id):
            raise ValueError(f"{order_id} is not waiting in Accepted")
    elif action == "cancel":
        market.cancel(order_id)
    elif action in ("ask-customer", "ask-seller", "ask-channel"):
        if not market.ledger.records[order_id].lines():
            raise ValueError(f"{order_id} has no lines")
        market.request_cancellation(order_id, 0, action.removeprefix("ask-"))
    elif action.removeprefix("status-") in STATUSES:
        market.set_status(order_id, action.removeprefix("status-"))
    else:
        raise KeyError(action)


@acts.post("/market/<action>")
def act_on_market(action: str) -> Answer:
    market = world().market
    if action == "pass":
        count = market.let_pass()
        return _done(f"{count} accepted orders are now in preparation.", passed=count)
    if action == "expire-tokens":
        market.expire_tokens()
        return _done("Every token given so far is dead.")
    raise KeyError(action)


@acts.post("/shop-orders/<int:order_id>")
def act_on_shop_order(order_id: int) -> Answer:
    shop, form = world().shop, _given()
    if not any(row["id"] == str(order_id) for row in shop.rows("orders")):
        raise KeyError(order_id)
    said = []
    if tracking := str(form.get("tracking") or "").strip():
        shop.set_tracking(order_id, tracking)
        said.append(f"tracking number {tracking}")
    if state := str(form.get("state") or ""):
        if not any(row["id"] == state for row in shop.rows("order_states")):
            raise KeyError(f"state {state}")
        shop.set_state(order_id, int(state))
        said.append(f"state {state}")
    if not said:
        raise ValueError("give a state, a tracking number or both")
    return _done(f"Shop order {order_id}: {', '.join(said)}.")


@acts.post("/faults")
def add_fault() -> Answer:
    form = _given()
    if target := str(form.get("target") or ""):
        system, method, path, _ = fault_choices.TARGETS[target]
    else:
        system, method, path = _needed(form, "system"), str(form.get("method") or ".*"), str(form.get("path") or ".*")
    for pattern in (method, path):
        _check_pattern(pattern)
    fault = Fault(
        _needed(form, "kind"),
        method,
        path,
        skip=int(form.get("skip") or 0),
        times=int(form.get("times") or 1),
        seconds=float(form.get("seconds") or 0),
        retry_after=int(form.get("retry_after") or 1),
    )
    world().servers()[system].faults.add(fault)
    return _done(f"Waiting to strike: {fault_choices.FAULTS.get(fault.kind, fault.kind)}.")


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


@acts.post("/faults/clear")
def clear_faults() -> Answer:
    for server in world().servers().values():
        server.faults.clear()
    return _done("No faults are waiting any more.")


@acts.post("/behaviour")
def set_behaviour() -> Answer:
    """Delays, switches and variants; a switch left out of a form is off, left out of JSON unchanged."""
    form, market = dict(_given()), world().market
    if not request.is_json:
        switches = [field.name for field in behaviour_form.variant_fields() if field.kind == "switch"]
        form = dict.fromkeys([*switches, *behaviour_form.SWITCHES, "webservice_on"], False) | form
    if unknown := sorted(form.keys() - behaviour_form.names()):
        raise KeyError(", ".join(unknown))
    behaviour_form.apply_variants(market, form)
    behaviour_form.apply_delays(market, form)
    behaviour_form.apply_switches(market, world().shop, form)
    return _done("Both systems behave as chosen.")


@acts.post("/reset")
def reset() -> Answer:
    world().reset()
    return _done("Both systems are back at the opening.")

"""The knobs of both systems as form fields: words, choices, and reading a form back. Holds no state."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ..octopia import OctopiaSandbox, Variants
from ..prestashop import Front, PrestaShopSandbox

DELAYS = {
    "accept_delay": "Seconds from Accepted to In preparation (empty: never)",
    "ship_delay": "Seconds from a shipment to Shipped (empty: never)",
    "processing_delay": "Seconds an added order stays in Processing (empty: for ever)",
}
SWITCHES = {
    "automatic_acceptance": "Orders are accepted automatically",
    "shift_between_pages": "Pages shift while they are read",
}
SHOP = {
    "order_seconds": "Seconds the shop takes to make an order",
    "webservice_on": "The shop’s webservice is on",
    "front": "Before the shop stands",
}
#: What a host may put before the shop, by its words on the desk.
FRONTS: dict[str, Front] = {
    "nothing": Front(),
    "a firewall that refuses PATCH, PUT and DELETE": Front(refused_methods=frozenset({"PATCH", "PUT", "DELETE"})),
    "a firewall that refuses POST": Front(refused_methods=frozenset({"POST"})),
    "a firewall that takes a Durand for an attack": Front(refused_body="Durand"),
    "a challenge page for every request": Front(challenge=True),
    "a site password (visitor, rehearsal)": Front(password=("visitor", "rehearsal")),
    "a server that drops the Authorization header": Front(drops_authorization=True),
    "a redirect to https": Front(https_only=True),
}
WORDS = {
    "approval_status": "Status of a successful approval",
    "approval_body": "…with the order as its body",
    "approval_wrong_state": "Approval of an order that does not wait for one",
    "repeated_approval": "The same approval once more",
    "status_list": "Several statuses in one request",
    "sales_channel_header_required": "/orders demands the SalesChannelId header",
    "link_header": "/orders sends a Link header",
    "delivery_mode": "delivery.mode is written as",
    "shipment_body": "A shipment’s body is",
    "shipment_answer": "A shipment’s answer is",
    "shipment_refused": "Status of a refused shipment",
    "repeated_shipment": "A second shipment meanwhile",
    "carrier_name": "carrierName may be",
    "commission_keys": "The commission’s keys end with",
    "taxes": "A line’s taxes are given in",
    "line_total_with_shipping": "A line’s total contains its shipping",
    "hidden_address": "Addresses not shown yet are",
    "utc_suffix": "Times end with",
    "page_size": "Page size when none is asked for",
    "items_per_page": "itemsPerPage in a list means",
    "page_size_over": "A page size over 100 is",
    "sort_grammar": "Sorting is asked for as",
    "default_sort": "Sorted by default by",
    "token_error": "Errors of the token address",
    "expired_status": "Status after a missed acceptance",
    "acceptance_hours": "Hours to accept",
    "requests_per_minute": "Requests a minute before 429 (empty: no limit)",
    "retry_after": "429 carries Retry-After",
}
NUMBER_CHOICES = {
    "approval_status": (200, 201, 202, 204),
    "approval_wrong_state": (400, 409, 422),
    "shipment_refused": (400, 409, 422),
}


@dataclass(frozen=True)
class Field:
    """One knob: `kind` is choice, switch, number or text; `choices` only for the first."""

    name: str
    words: str
    kind: str
    choices: tuple[Any, ...] = ()


def variant_fields() -> list[Field]:
    """A field for every knob of `Variants`."""
    return [_field(name, hint) for name, hint in get_type_hints(Variants).items()]


def _field(name: str, hint: Any) -> Field:
    words = WORDS.get(name, name)
    if get_origin(hint) is Literal:
        return Field(name, words, "choice", get_args(hint))
    if name in NUMBER_CHOICES:
        return Field(name, words, "choice", NUMBER_CHOICES[name])
    if hint is bool:
        return Field(name, words, "switch")
    return Field(name, words, "text" if hint is str else "number")


def names() -> set[str]:
    """The name of every field."""
    return {field.name for field in variant_fields()} | DELAYS.keys() | SWITCHES.keys() | SHOP.keys()


def apply_delays(market: OctopiaSandbox, form: Mapping[str, Any]) -> None:
    """Sets the delays in `form`. ValueError when one is no number of seconds; then none is set."""
    values = {name: _seconds(name, form[name]) for name in DELAYS if name in form}
    for name, value in values.items():
        setattr(market, name, value)


def apply_switches(market: OctopiaSandbox, shop: PrestaShopSandbox, form: Mapping[str, Any]) -> None:
    """Sets the switches in `form`, how long the shop takes, and what stands before it. ValueError for no such value."""
    if form.get("order_seconds") not in (None, ""):
        shop.order_seconds = _seconds("order_seconds", form["order_seconds"])
    for name in SWITCHES:
        if name in form:
            setattr(market, name, is_on(form[name]))
    if "front" in form:
        if form["front"] not in FRONTS:
            raise ValueError(f"{SHOP['front']}: {form['front']!r} is none of {', '.join(FRONTS)}")
        shop.front = replace(FRONTS[form["front"]])
    if "webservice_on" in form:
        shop.webservice_on = is_on(form["webservice_on"])


def is_on(given: Any) -> bool:
    """Whether a form's or script's value means yes."""
    return given in (True, "on", "true", "1")


def apply_variants(market: OctopiaSandbox, form: Mapping[str, Any]) -> None:
    """Sets the knobs in `form`. ValueError when a value is none of the choices; then none is set."""
    values = {field.name: _value(field, form[field.name]) for field in variant_fields() if field.name in form}
    for name, value in values.items():
        setattr(market.variants, name, value)


def _seconds(name: str, text: Any) -> float:
    if text in ("", None):
        return math.inf
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise ValueError(f"{name}: {text!r} is no number of seconds")
    return seconds


def _value(field: Field, given: Any) -> Any:
    if field.kind == "switch":
        return is_on(given)
    if field.kind == "number":
        return None if given in ("", None) and field.name == "requests_per_minute" else int(given)
    if field.kind == "text":
        return str(given)
    for choice in field.choices:
        if str(choice) == str(given):
            return choice
    raise ValueError(f"{field.words}: {given!r} is none of {', '.join(map(str, field.choices))}")

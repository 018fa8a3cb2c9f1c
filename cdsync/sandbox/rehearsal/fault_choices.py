"""The faults the desk offers, each in plain words, and the places where one may strike. Data only."""

from __future__ import annotations

from ..faults import AFTER, BEFORE

FAULTS: dict[str, str] = {
    "reset_before": "Connection reset; the request was not handled",
    "status_500_before": "500, not handled",
    "status_503_before": "503, not handled (overloaded, webservice off)",
    "status_504_before": "504, not handled (a gateway gave up)",
    "status_429": "429 with Retry-After, not handled",
    "status_429_bare": "429 without Retry-After, not handled",
    "status_401": "401, as if token or key had just died",
    "html_before": "200 with a maintenance page, not handled",
    "status_403_before": "403 with a firewall’s page, not handled",
    "challenge": "403 with a challenge page (“Just a moment…”), not handled",
    "redirect": "302 to another host",
    "answer_lost": "Handled, then the connection closes without an answer",
    "status_500_after": "Handled, then 500 with an empty body",
    "status_403_after": "Handled, then 403 with a firewall’s page",
    "html_after": "Handled, then 200 with an HTML page",
    "php_warning_after": "Handled, then 500 with PrestaShop’s error code 2",
    "late": "Answers only after some seconds; handled all the same",
    "at_work": "No answer, the shop stops half-way and goes on some seconds later",
    "died": "500 with an empty body; PHP died half-way and never goes on",
    "cut_short": "Handled, the answer stops half-way",
    "xml_entity": "Handled, the answer carries an external XML entity",
}
GROUPS = {"Before: nothing happened there": BEFORE, "After: it happened, the answer is spoilt": AFTER}

#: (system, method, path, words): what a fault may be aimed at in one choice.
TARGETS: dict[str, tuple[str, str, str, str]] = {
    "octopia-any": ("octopia", ".*", "^/seller/", "Marketplace: any call"),
    "octopia-token": ("octopia", "POST", "/token$", "Marketplace: the token"),
    "octopia-list": ("octopia", "GET", "/orders$", "Marketplace: the list of orders"),
    "octopia-one": ("octopia", "GET", "/orders/[^/]+$", "Marketplace: one order"),
    "octopia-approval": ("octopia", "POST", "/approval-status$", "Marketplace: accept or refuse"),
    "octopia-shipment": ("octopia", "POST", "/shipments$", "Marketplace: ship"),
    "prestashop-any": ("prestashop", ".*", "^/api", "Shop: any call"),
    "prestashop-read": ("prestashop", "GET", "^/api", "Shop: any reading"),
    "prestashop-write": ("prestashop", "POST|PUT|PATCH|DELETE", "^/api", "Shop: any writing"),
    "prestashop-customer": ("prestashop", "POST", "^/api/customers", "Shop: create customers"),
    "prestashop-address": ("prestashop", "POST", "^/api/addresses", "Shop: create addresses"),
    "prestashop-cart": ("prestashop", "POST", "^/api/carts", "Shop: create carts"),
    "prestashop-price": ("prestashop", "POST", "^/api/specific_prices", "Shop: create prices"),
    "prestashop-order": ("prestashop", "POST", "^/api/orders", "Shop: create an order"),
    "prestashop-correct": ("prestashop", "PUT|PATCH", "^/api/order", "Shop: correct orders, set states"),
}


def offered() -> list[tuple[str, list[tuple[str, str]]]]:
    """The faults by group, each with its words."""
    return [(title, [(kind, FAULTS.get(kind, kind)) for kind in sorted(kinds)]) for title, kinds in GROUPS.items()]

"""The tax rate of a rules group at an address, as PrestaShop's TaxManager finds it. Reads only."""

from __future__ import annotations

from decimal import Decimal

from .shop import Shop
from .store import Row, number


def tax_of(shop: Shop, group: str, address: Row | None) -> Row | None:
    """The tax row that applies, None for no tax. Without an address the shop's own country counts."""
    if group in ("", "0"):
        return None
    country = address["id_country"] if address else shop.setting("PS_COUNTRY_DEFAULT")
    state = address["id_state"] if address else "0"
    rules = [
        rule
        for rule in shop.store.table("tax_rules").where("id_tax_rules_group", group)
        if rule["id_country"] == country and rule["id_state"] in ("0", state)
    ]
    rule = max(rules, key=lambda one: one["id_state"] != "0", default=None)
    tax = shop.store.table("taxes").get(rule["id_tax"]) if rule else None
    return tax if tax and tax["active"] == "1" and tax["deleted"] == "0" else None


def rate_of(shop: Shop, group: str, address: Row | None) -> Decimal:
    """The rate in per cent (20 for 20 %)."""
    tax = tax_of(shop, group, address)
    return number(tax["rate"]) if tax else Decimal(0)

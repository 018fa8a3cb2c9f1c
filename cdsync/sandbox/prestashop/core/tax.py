"""The tax rate of a rules group at an address, as PrestaShop's tax managers find it. Reads only.

Source: TaxManagerFactory::getManager, TaxRulesTaxManager::getTaxCalculator, TaxCalculator::getTotalRate, and the module
`vatnumber` (VATNumberTaxManager), which is in this shop when VATNUMBER_MANAGEMENT is there: it sets it when installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .shop import Shop
from .store import Row, number

ONE_TAX, COMBINE, ONE_AFTER_ANOTHER = "0", "1", "2"


def taxes_of(shop: Shop, group: str, address: Row | None) -> tuple[list[Row], str]:
    """The taxes that apply, the most particular rule's first, and how their rates are joined."""
    if group in ("", "0") or shop.setting("PS_TAX") == "0" or is_exempt(shop, address):
        return [], ONE_TAX
    known = shop.store.table("tax_rule_groups").get(group)
    if known is None or known["active"] != "1":
        return [], ONE_TAX
    rules = _rules(shop, group, address)
    found: list[Row] = []
    for rule in rules:
        if (tax := shop.store.table("taxes").get(rule["id_tax"])) is not None:
            found.append(tax)
        if rule["behavior"] in ("", ONE_TAX):
            break
    return found, rules[0]["behavior"] if rules else ONE_TAX


def is_exempt(shop: Shop, address: Row | None) -> bool:
    """VATNumberTaxManager::isAvailableForThisAddress."""
    if address is None or not address.get("vat_number") or shop.setting("VATNUMBER_MANAGEMENT") in ("", "0"):
        return False
    return bool(address["id_country"] != shop.setting("VATNUMBER_COUNTRY"))


def _rules(shop: Shop, group: str, address: Row | None) -> Sequence[Row]:
    """Without an address the shop's own country counts."""
    country = address["id_country"] if address else shop.setting("PS_COUNTRY_DEFAULT")
    state, postcode = (address["id_state"], address.get("postcode", "")) if address else ("0", "")
    rules = [
        rule
        for rule in shop.store.table("tax_rules").where("id_tax_rules_group", group)
        if rule["id_country"] == country and rule["id_state"] in ("0", "", state) and _covers(rule, postcode)
    ]
    return sorted(
        rules, key=lambda one: (one["zipcode_from"], one["zipcode_to"], int(one["id_state"] or 0)), reverse=True
    )


def _covers(rule: Row, postcode: str) -> bool:
    start, end = rule["zipcode_from"], rule["zipcode_to"]
    if end in ("", "0"):
        return start in ("", "0", postcode)
    return bool(start <= postcode <= end)


def tax_of(shop: Shop, group: str, address: Row | None) -> Row | None:
    """The first tax row that applies, None for no tax."""
    taxes, _ = taxes_of(shop, group, address)
    return taxes[0] if taxes else None


def rate_of(shop: Shop, group: str, address: Row | None) -> Decimal:
    """The rate in per cent (20 for 20 %)."""
    taxes, behaviour = taxes_of(shop, group, address)
    if behaviour != ONE_AFTER_ANOTHER:
        return sum((number(tax["rate"]) for tax in taxes), Decimal(0))
    factor = Decimal(1)
    for tax in taxes:
        factor *= 1 + number(tax["rate"]) / 100
    return (factor - 1) * 100

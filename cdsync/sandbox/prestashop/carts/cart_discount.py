"""Cart rules without a code: what a cart's products are lowered by, in per cent. Reads only.

Source: CartRule::autoAddToCart and checkValidity. Played: rules in per cent, their dates, quantity, customer, groups
(`in_groups` of the row, the groups a restricted rule is for) and minimum of the goods without tax.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..core.shop import Shop
from ..core.store import Row, number
from .cart_price import Line


def discount_of(shop: Shop, cart: Row, lines: Sequence[Line]) -> Decimal:
    """In per cent of the products; `automatic_discount` is what a module takes off beside the rules."""
    taken = shop.automatic_discount
    if shop.setting("PS_CART_RULE_FEATURE_ACTIVE") in ("", "0"):
        return taken
    rules = (rule for rule in shop.store.table("cart_rules") if _reaches(shop, rule, cart, lines))
    return taken + sum((number(rule["reduction_percent"]) for rule in rules), Decimal(0))


def _reaches(shop: Shop, rule: Row, cart: Row, lines: Sequence[Line]) -> bool:
    if rule["active"] != "1" or rule["code"] or rule["quantity"] == "0":
        return False
    if not rule["date_from"] <= shop.now() <= rule["date_to"] or rule["id_customer"] not in ("0", cart["id_customer"]):
        return False
    customer = shop.store.table("customers").get(cart["id_customer"]) or {}
    groups = [entry["id"] for entry in customer.get("groups", [])]
    if rule["group_restriction"] == "1" and not set(groups) & set(rule.get("in_groups", [])):
        return False
    return sum((line.total_tax_excl for line in lines), Decimal(0)) >= number(rule["minimum_amount"])

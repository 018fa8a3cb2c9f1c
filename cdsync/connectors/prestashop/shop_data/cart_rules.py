"""Cart rules that PrestaShop puts into every cart by itself, and which of them surely reach a cart of ours. Pure.

Source: CartRule::autoAddToCart takes the active ones without a code, with some left, in time, for nobody in particular,
whose restrictions fit. The webservice shows whether a rule is restricted (to countries, carriers, groups, products,
shops), not to which: one that is may be meant for others, as cdsync advises, so only the order read back can tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..webservice.filters import equal
from ..webservice.xml import Row

SWITCH = "PS_CART_RULE_FEATURE_ACTIVE"
AUTOMATIC = {"active": equal("1"), "code": equal("")}
_RESTRICTIONS = ("country_restriction", "carrier_restriction", "group_restriction", "product_restriction",
                 "shop_restriction")  # fmt: skip
NEVER = "0000"


@dataclass(frozen=True)
class CartRule:
    """A rule that reaches every cart. `minimum`: of the goods, in `currency`; times in the shop's own clock."""

    name: str
    minimum: Decimal
    currency: str
    since: str
    until: str

    def reaches(self, goods_without_tax: Decimal, currency: str, now: str) -> bool:
        """Surely so: a minimum may be with tax or without, so that the smaller sum has to reach it."""
        in_time = self.since <= now and (self.until.startswith(NEVER) or now <= self.until)
        enough = not self.minimum or (self.currency == currency and self.minimum <= goods_without_tax)
        return in_time and enough


def unrestricted(rows: Iterable[Row]) -> list[CartRule]:
    """Those that take something off and are for everybody."""
    return [
        CartRule(r["name"] or f"# {r.id}", r.money("minimum_amount"), r["minimum_amount_currency"], r["date_from"],
                 r["date_to"])
        for r in rows
        if r.flag("active") and not r["code"].strip() and _takes(r) and r["id_customer"] in ("", "0")
        and r["quantity"] not in ("", "0") and not any(r.flag(name) for name in _RESTRICTIONS)
    ]  # fmt: skip


def _takes(row: Row) -> bool:
    gift = row["gift_product"] not in ("", "0")
    return bool(row.money("reduction_percent") or row.money("reduction_amount") or row.flag("free_shipping") or gift)

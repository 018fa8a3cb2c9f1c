"""The VAT rate the shop itself will apply: tax rules group × country. Pure; follows TaxRulesTaxManager of the core.

State and postcode rules are judged as for an address without a state, which is how the importer makes them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from .xml import Row

ONE_TAX, COMBINE, ONE_AFTER_ANOTHER = "0", "1", "2"


class TaxTable:
    """on=False: the shop applies no tax at all (setting PS_TAX)."""

    def __init__(self, rules: Iterable[Row], taxes: Iterable[Row], groups: Iterable[Row], *, on: bool = True) -> None:
        self._on = on
        self._groups = {g.id for g in groups if g.flag("active") and not g.flag("deleted")}
        self._rates = {t.id: t.money("rate") if t.flag("active") else Decimal(0) for t in taxes}
        self._rules: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for rule in rules:
            if rule["id_state"] in ("", "0"):
                self._rules[rule["id_tax_rules_group"], rule["id_country"]].append(rule)

    def rate(self, group: str, country: str, postcode: str = "") -> Decimal | None:
        """Percent; 0 where no rule fits, as the shop does; None when a rule names a tax that is not there."""
        if not self._on or group not in self._groups:
            return Decimal(0)
        fitting = [r for r in self._rules.get((group, country), ()) if _fits(r, postcode)]
        fitting.sort(
            key=lambda r: (r["zipcode_from"] not in ("", "0"), r["zipcode_from"], r["zipcode_to"]), reverse=True
        )
        factor = Decimal(1)
        for number, rule in enumerate(fitting):
            rate = self._rates.get(rule["id_tax"])
            if rate is None:
                return None
            first = fitting[0]["behavior"]
            factor = factor * (1 + rate / 100) if first == ONE_AFTER_ANOTHER else factor + rate / 100
            if first == ONE_TAX and number == 0:
                break
        return Decimal(format(((factor - 1) * 100).normalize(), "f"))


def _fits(rule: Row, postcode: str) -> bool:
    start, end = rule["zipcode_from"], rule["zipcode_to"]
    if end in ("", "0"):
        return start in ("", "0", postcode)
    return start <= postcode <= end

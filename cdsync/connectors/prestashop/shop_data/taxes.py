"""The VAT rate the shop itself will apply: tax rules group × country, state, postcode. Pure.

Follows TaxRulesTaxManager::getTaxCalculator and TaxCalculator::getTotalRate of the core (the same in 1.7.8, 8 and 9): a
group counts while it is active, also one that is marked deleted; the first rule's behaviour says how rates are joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from ..webservice.xml import Row

ONE_TAX, COMBINE, ONE_AFTER_ANOTHER = "0", "1", "2"
NO_STATE = ("", "0")


class TaxTable:
    """on=False: the shop applies no tax at all (setting PS_TAX)."""

    def __init__(self, rules: Iterable[Row], taxes: Iterable[Row], groups: Iterable[Row], *, on: bool = True) -> None:
        self._on = on
        self._groups = {g.id: g.flag("active") for g in groups}
        self._rates = {t.id: t.money("rate") for t in taxes if t.flag("active")}
        self._rules: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for rule in rules:
            self._rules[rule["id_tax_rules_group"], rule["id_country"]].append(rule)
        self._with_rules = {group for group, _country in self._rules}

    def rate(self, group: str, country: str, postcode: str = "", state: str = "0") -> Decimal | None:
        """Percent; 0 where no rule fits, as the shop does; None when a rule names a tax that is not there or off.

        PrestaShop deletes the rules of a tax that is switched off (Tax::_onStatusChange); of a rule that stayed it
        would still take the rate. None too for a group of another shop: the webservice does not show whether it is
        active, and the tax manager does not ask whose it is.
        """
        if self._on and group in self._with_rules and group not in self._groups:
            return None
        factor = Decimal(1)
        fitting = self._fitting(group, country, postcode, state)
        for rule in fitting:
            rate = self._rates.get(rule["id_tax"])
            if rate is None:
                return None
            one_after_another = fitting[0]["behavior"] == ONE_AFTER_ANOTHER
            factor = factor * (1 + rate / 100) if one_after_another else factor + rate / 100
            if rule["behavior"] in ("", ONE_TAX):
                break
        return Decimal(format(((factor - 1) * 100).normalize(), "f"))

    def lacks_rule(self, group: str, country: str, postcode: str = "", state: str = "0") -> bool:
        """The group has rules and none of them counts there: the shop takes 0 %, and nobody said so."""
        return self._on and group in self._with_rules and not self._fitting(group, country, postcode, state)

    def names(self, state: str) -> bool:
        """Whether any rule is for this state alone."""
        return any(rule["id_state"] == state for rules in self._rules.values() for rule in rules)

    def _fitting(self, group: str, country: str, postcode: str, state: str) -> Sequence[Row]:
        """The most particular first."""
        if not self._on or not self._groups.get(group):
            return ()
        rules = self._rules.get((group, country), ())
        return sorted((r for r in rules if _fits(r, postcode, state)), key=_particular, reverse=True)


def _fits(rule: Row, postcode: str, state: str) -> bool:
    if rule["id_state"] not in (*NO_STATE, state):
        return False
    start, end = rule["zipcode_from"], rule["zipcode_to"]
    if end in ("", "0"):
        return start in ("", "0", postcode)
    return start <= postcode <= end


def _particular(rule: Row) -> tuple[bool, str, str, bool]:
    start = rule["zipcode_from"]
    return start not in ("", "0"), start, rule["zipcode_to"], rule["id_state"] not in NO_STATE

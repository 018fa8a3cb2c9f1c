"""Which tax the shop will take on one order's goods, ecotax and shipping, and what is to be said of it. No requests.

Source: TaxManagerFactory::getManager (a module may answer instead of the tax rules: `vatnumber`), TaxRulesTaxManager,
Product::priceCalculation (ecotax has a rules group of its own, PS_ECOTAX_TAX_RULES_GROUP_ID; without one it bears no
VAT), Carrier::getTaxesRate. Rates are in percent.
"""

from __future__ import annotations

from decimal import Decimal

from ...base import DraftLine, ImportPolicy
from ..addresses.cleaning import CleanAddress
from ..shop_data.products import Article
from ..shop_data.reference import Reference
from ..shop_data.reference_rows import Country, ShopCarrier
from .findings import Findings, ShopDataError

NONE = Decimal(0)
WITHOUT_VAT = "without_vat"  # the merchant's choice for countries that the tax rules leave out
# Where a French, Belgian, … seller owes VAT by the buyer's country: the EU, and Monaco (directive 2006/112, article 7).
# Elsewhere no rule is the ordinary case: goods that leave the EU are sold without VAT.
_CODES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MC MT NL PL PT RO SE SI SK"
VAT_AREA = frozenset(_CODES.split())


class Taxation:
    """The taxes of one order at its tax address; what is wrong or worth a word is added to `found`.

    country: None when the shop does not have it, which is a problem already. state: the shop's id of it, "0" for none.
    rate: what the shop's default currency, in which it keeps its ecotax, is worth in the order's.
    """

    def __init__(
        self,
        reference: Reference,
        policy: ImportPolicy,
        country: Country | None,
        address: CleanAddress,
        found: Findings,
        state: str = "0",
        rate: Decimal = Decimal(1),
    ) -> None:
        self._taxes = reference.taxes
        self._ecotax_group = reference.setting("PS_ECOTAX_TAX_RULES_GROUP_ID")
        self._uses_ecotax = reference.is_on("PS_USE_ECOTAX")
        self._policy = policy
        self._country = country
        self._postcode, self._state = address.postcode, state
        self._found = found
        self._conversion = rate
        self._averages_shipping = reference.is_on("PS_ATCP_SHIPWRAP")
        self._goods_rates: set[Decimal] = set()
        self._exempt = self._is_exempt(reference, address)

    def _is_exempt(self, reference: Reference, address: CleanAddress) -> bool:
        """VATNumberTaxManager of the module `vatnumber`: no VAT for a VAT number of another country than its own.

        The module sets VATNUMBER_MANAGEMENT when it is installed or enabled, and takes it back when it is disabled.
        """
        if self._country is None or not address.vat_number or not reference.is_on("VATNUMBER_MANAGEMENT"):
            return False
        if not reference.is_on("PS_TAX", "1") or self._country.id == reference.setting("VATNUMBER_COUNTRY"):
            return False
        self._found.warnings.append(ShopDataError("tax.vat_number", country=self._country.code))
        return True

    def rate(self, group: str) -> Decimal | None:
        """Of a tax rules group; None when it cannot be said."""
        if self._country is None:
            return None
        return NONE if self._exempt else self._taxes.rate(group, self._country.id, self._postcode, self._state)

    def goods(self, line: DraftLine, article: Article) -> Decimal | None:
        """The rate of a line's goods; None, and a problem, when there is none to go by."""
        rate = self.rate(article.tax_group)
        if rate is None:
            if self._country:
                self._found.problems.append(ShopDataError("tax.rate_unknown", sku=line.sku, country=self._country.code))
            return None
        self._goods_rates.add(rate)
        if line.vat_rate != NONE:  # the marketplace sold it without VAT too: nothing is missing
            self._judge_missing(article.tax_group, line.sku)
        if line.vat_rate is not None and line.vat_rate != rate and not self._exempt:
            marketplace, shop = str(line.vat_rate), str(rate)
            self._found.warnings.append(
                ShopDataError("tax.rate_differs", sku=line.sku, marketplace=marketplace, shop=shop)
            )
        return rate

    def _judge_missing(self, group: str, what: str) -> None:
        """The tax rules have rates for other countries and none for this one: never 0 % without a word."""
        country = self._country
        if country is None or self._exempt:
            return
        if not self._taxes.lacks_rule(group, country.id, self._postcode, self._state):
            return
        if country.code in VAT_AREA and self._policy.country_without_vat_rule != WITHOUT_VAT:
            self._found.problems.append(ShopDataError("tax.no_rule", what=what, country=country.code))
        else:
            self._found.warnings.append(ShopDataError("tax.no_vat", what=what, country=country.code))

    def ecotax(self, line: DraftLine, article: Article, goods: Decimal) -> tuple[Decimal, Decimal] | None:
        """Per piece without tax, and its own rate; the shop adds it to any price. None, and a problem, if it cannot."""
        if not article.ecotax or self._country is None:
            return NONE, NONE
        if not self._uses_ecotax:
            self._found.problems.append(ShopDataError("product.ecotax_unused", sku=line.sku, product=article.name))
            return None
        rate = self.rate(self._ecotax_group)
        if rate is None:
            self._found.problems.append(ShopDataError("tax.rate_unknown", sku=line.sku, country=self._country.code))
            return None
        if rate != goods:
            amount = f"{(article.ecotax * self._conversion).normalize():f}"
            self._found.warnings.append(
                ShopDataError("tax.ecotax_rate", sku=line.sku, ecotax=amount, rate=str(rate), goods=str(goods))
            )
        return article.ecotax * self._conversion, rate

    def shipping(self, carrier: ShopCarrier | None, mode: str, cost: Decimal) -> Decimal:
        """The carrier's rate; asked after all goods. cost: what the buyer paid for it; nothing has no VAT to be wrong.

        With PS_ATCP_SHIPWRAP the shop takes the average of the goods' rates instead (Cart::getPackageShippingCost,
        getAverageProductsTaxRate), and forgets it: the order keeps the carrier's own, by which shipping is corrected.
        """
        if carrier is None or self._country is None:
            return NONE
        rate = self.rate(carrier.tax_group)
        if rate is None:
            self._found.problems.append(
                ShopDataError("carrier.unusable", carrier=carrier.name, mode=mode, reason="tax")
            )
            return NONE
        if cost:
            self._judge_missing(carrier.tax_group, carrier.name)
            if self._averages_shipping and self._goods_rates - {rate}:
                self._found.problems.append(ShopDataError("tax.shipping_average", carrier=carrier.name, rate=str(rate)))
        return rate

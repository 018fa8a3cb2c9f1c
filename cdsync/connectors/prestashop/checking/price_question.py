"""What the shop would charge for some of its products, asked and compared to six decimals. Reads only.

`GET products?price[NAME][use_tax]=1&price[NAME][country]=C&price[NAME][decimals]=6` answers with what
`Product::priceCalculation` makes of it (WebserviceRequest::specificPriceCalculation; tried on 8.2.0 and 9.1.4). No cart
can be named, so what the shop makes of a price bound to a cart shows in the order read back only; but the calculator,
the tax rules and the modules in between are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from cdsync.errors import ConfigError, RejectedError

from ..shop_data.reference import Reference
from ..shop_data.reference_rows import Country
from ..webservice.client import Webservice
from ..webservice.filters import equal
from ..webservice.xml import Row
from .pricing import MICRO, micros
from .taxation import VAT_AREA

PRODUCTS = 10  # active ones, the newest
COUNTRIES = 3  # the shop's own, and some others it sells to
NO_POSTCODE = "0"  # what the shop's calculation has for one
FIELDS = ("id", "reference", "price", "ecotax", "id_tax_rules_group")


class NotTold(Exception):
    """The shop does not know the question, or gave no price."""


class PriceQuestion:
    def __init__(self, webservice: Webservice, reference: Reference) -> None:
        self._ws = webservice
        self._reference = reference

    def difference(self) -> ConfigError | None:
        """`shop.prices_differ` for the first price that is not as expected; None when all are.

        Raises NotTold, TemporaryError, and ConfigError when the key may not ask.
        """
        countries = self._countries()
        rows = self._asked(countries)
        found = self._first(rows, countries)
        if found and self._reference.refresh():  # the tax rules may have been changed since they were read
            found = self._first(rows, self._countries())
        return found

    def _countries(self) -> Sequence[Country]:
        home = self._reference.setting("PS_COUNTRY_DEFAULT")
        active = [c for c in self._reference.countries.values() if c.id == home or (c.active and c.code in VAT_AREA)]
        return sorted(active, key=lambda c: (c.id != home, int(c.id)))[:COUNTRIES]

    def _asked(self, countries: Sequence[Country]) -> Sequence[Row]:
        ecotax = "1" if self._reference.is_on("PS_USE_ECOTAX") else "0"
        same = {"use_reduction": "0", "use_ecotax": ecotax, "decimals": "6"}
        prices = {
            f"{kind}{country.id}": {"use_tax": taxed, "country": country.id, **same}
            for country in countries
            for kind, taxed in (("net", "0"), ("gross", "1"))
        }
        display = f"[{','.join((*FIELDS, *prices))}]"
        try:
            rows = self._ws.rows(
                "products", {"active": equal("1")}, display=display, sort="[id_DESC]", limit=f"0,{PRODUCTS}",
                prices=prices,
            )  # fmt: skip
        except RejectedError as error:
            raise NotTold from error
        if any(not row[name] for row in rows for name in prices):
            raise NotTold
        return rows

    def _first(self, rows: Sequence[Row], countries: Sequence[Country]) -> ConfigError | None:
        taxed = (self._taxed_otherwise(row, country) for row in rows for country in countries)
        return next((error for error in taxed if error), None) or self._priced_otherwise(rows, countries)

    def _taxed_otherwise(self, row: Row, country: Country) -> ConfigError | None:
        taxes = self._reference.taxes
        rate = taxes.rate(row["id_tax_rules_group"], country.id, NO_POSTCODE)
        ecotax_rate = taxes.rate(self._reference.setting("PS_ECOTAX_TAX_RULES_GROUP_ID"), country.id, NO_POSTCODE)
        if rate is None or ecotax_rate is None:
            return None
        ecotax = self._ecotax(row)
        net = row.money(f"net{country.id}") - ecotax
        expected = micros(net * (1 + rate / 100) + ecotax * (1 + ecotax_rate / 100))
        return _compared(row, f"price with tax for {country.code}", expected, row.money(f"gross{country.id}"))

    def _priced_otherwise(self, rows: Sequence[Row], countries: Sequence[Country]) -> ConfigError | None:
        """The price without tax is the product's own, unless a specific price of the catalogue takes its place."""
        odd: dict[str, ConfigError] = {}
        for row in rows:
            for country in countries:
                found, expected = row.money(f"net{country.id}"), row.money("price") + self._ecotax(row)
                error = _compared(row, f"price without tax for {country.code}", expected, found)
                if error:
                    odd.setdefault(row.id, error)
        if not odd:
            return None
        fixed = self._ws.rows_where("specific_prices", "id_product", odd, display="[id,id_product,id_cart,price]")
        everywhere = {row["id_product"] for row in fixed if row["id_cart"] in ("", "0") and row.money("price") >= 0}
        if everywhere & {"", "0"}:
            return None
        return next((error for product, error in odd.items() if product not in everywhere), None)

    def _ecotax(self, row: Row) -> Decimal:
        return row.money("ecotax") if self._reference.is_on("PS_USE_ECOTAX") else Decimal(0)


def _compared(row: Row, what: str, expected: Decimal, found: Decimal) -> ConfigError | None:
    """Equal to six decimals; the shop's are floating-point numbers, so the last may be rounded the other way."""
    if abs(found - expected) <= MICRO:
        return None
    product = row["reference"] or row.id
    return ConfigError("shop.prices_differ", product=product, what=what, expected=str(expected), found=str(found))


def asked_of(settings: Mapping[str, str]) -> list[list[str]]:
    """The settings that move a price, by which it shows whether to ask again."""
    return [[name, settings.get(name, "")] for name in MOVING]


MOVING = (
    "PS_ATCP_SHIPWRAP",
    "PS_COUNTRY_DEFAULT",
    "PS_CURRENCY_DEFAULT",
    "PS_CUSTOMER_GROUP",
    "PS_ECOTAX_TAX_RULES_GROUP_ID",
    "PS_PRICE_ROUND_MODE",
    "PS_ROUND_TYPE",
    "PS_TAX",
    "PS_TAX_ADDRESS_TYPE",
    "PS_USE_ECOTAX",
    "VATNUMBER_COUNTRY",
    "VATNUMBER_MANAGEMENT",
)

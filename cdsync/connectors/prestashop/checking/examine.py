"""The checks before any write: every problem of an order, and the plan when there is none. Reads only.

Many orders share the same few requests: one search of all their SKUs, one reading of stock, the shop's kept data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from cdsync.errors import RejectedError

from ...base import Choice, DraftLine, ImportPolicy, OrderDraft, ProductMatch
from ..addresses import emails
from ..addresses.cleaning import NO_PLACE
from ..shop_data.products import Article, Products, Wanted
from ..shop_data.reference import Reference
from ..shop_data.reference_rows import Currency
from ..shop_data.stock import read_stock
from ..webservice.client import Webservice
from .carrier_choice import chosen_carrier
from .countries import Countries
from .findings import (
    Findings,
    ShopDataError,
    addresses,
    fee_lines,
    judge_stock,
    money_problems,
    no_price,
    product_problem,
)
from .import_plan import Examined, Plan
from .places import Places
from .pricing import CartRow, Rounding, Sold, merge
from .taxation import Taxation

CENTS, ONE = 2, Decimal(1)
BY_INVOICE_ADDRESS = "id_address_invoice"  # PS_TAX_ADDRESS_TYPE


class Examiner:
    """Examines orders against one shop. Raises ConfigError and TemporaryError only: problems are results."""

    def __init__(self, webservice: Webservice, reference: Reference, products: Products) -> None:
        self._ws = webservice
        self._reference = reference
        self._products = products

    def examine(self, drafts: Sequence[OrderDraft], policy: ImportPolicy) -> dict[str, Examined]:
        """By ref. A problem or a warning that rests on what an earlier run read is confirmed first."""
        foreign = self._reference.currencies.keys() - {self._reference.currency}
        if any(d.currency.upper() in foreign for d in drafts):
            self._reference.read_rates()
        lines = {d.ref: [*d.lines, *fee_lines(d, policy)] for d in drafts}
        wanted = {_wanted(line) for each in lines.values() for line in each}
        articles = self._products.find(wanted)
        stock = self._stock(articles)

        def judged() -> dict[str, Examined]:
            return {d.ref: self._one(d, policy, lines[d.ref], articles, stock) for d in drafts}

        examined = judged()
        doubtful = any(_rests_on_shop_data(each) for each in examined.values())
        return judged() if doubtful and self._reference.refresh() else examined

    def _stock(self, articles: Mapping[Wanted, tuple[Article, ...]]) -> dict[tuple[str, str], int]:
        if not self._counts_stock:
            return {}
        return read_stock(self._ws, self._reference, {a.key for found in articles.values() for a in found})

    def _one(
        self,
        draft: OrderDraft,
        policy: ImportPolicy,
        lines: Sequence[DraftLine],
        articles: Mapping[Wanted, tuple[Article, ...]],
        stock: Mapping[tuple[str, str], int],
    ) -> Examined:
        found = Findings()
        found.problems += money_problems(draft, policy)
        currency = self._currency(draft, found)
        delivery, invoice = addresses(draft)
        places = Places(self._reference, policy, found)
        for address in (delivery, invoice):
            places.fit(address)
        if policy.customer_email == "marketplace" and draft.delivery.email and not emails.given(draft):
            delivery.correct("email", draft.delivery.email, "", NO_PLACE)
        countries = Countries(self._reference.countries, found).of(delivery, invoice, must_bill=self._taxed_by_invoice)
        taxed_at = invoice if self._taxed_by_invoice else delivery
        country = self._reference.countries.get(taxed_at.country_code)
        rate = currency.rate if currency else ONE
        taxation = Taxation(self._reference, policy, country, taxed_at, found, taxed_at.state, rate)
        carrier, mode = chosen_carrier(draft, policy, self._reference.carriers, found)
        for line in lines:
            self._line(line, articles[_wanted(line)], taxation, stock, found)
        if self._counts_stock:
            judge_stock(lines, found, policy)
        rows = self._rows(lines, currency, found)
        found.problems += self._discounts(rows, currency)
        shipping_rate = taxation.shipping(carrier, mode, draft.shipping)
        plan = None
        if not found.problems and carrier and currency and countries:
            plan = Plan(
                draft, delivery, invoice, countries[0].id, countries[1].id, currency.id,
                self._reference.settings.get("PS_LANG_DEFAULT", "1"), carrier, shipping_rate, tuple(rows),
                any(article.is_pack for line in lines for article in articles[_wanted(line)]),
            )  # fmt: skip
        chosen = Choice(carrier.reference, carrier.name, carrier.active) if carrier else None
        return Examined(found.examination(draft.ref, delivery, invoice, chosen), plan)

    def _rows(self, lines: Sequence[DraftLine], currency: Currency | None, found: Findings) -> list[CartRow]:
        """The cart's rows; SKUs whose lines have no price the shop can be told are problems."""
        rate = currency.rate if currency else ONE
        settings = self._reference.settings
        rounding = Rounding(settings.get("PS_ROUND_TYPE", "2"), settings.get("PS_PRICE_ROUND_MODE", "2"))
        rows, inexact = merge(found.sold, rounding, rate)
        skus = {line.line_ref: line.sku for line in lines}
        for group in inexact:
            sku = skus[group[0].line_ref]
            converted = currency is not None and rate != 1 and not merge(group, rounding)[1]
            found.problems.append(no_price(sku, group, currency.code if currency and converted else ""))
        return rows

    def _discounts(self, rows: Sequence[CartRow], currency: Currency | None) -> list[RejectedError]:
        goods = sum((row.total_without_tax for row in rows), Decimal(0))
        now = self._reference.clock
        return [
            ShopDataError("order.cart_rule", rule=rule.name)
            for rule in self._reference.cart_rules
            if currency and rule.reaches(goods, currency.id, now)
        ]

    @property
    def _counts_stock(self) -> bool:
        return self._reference.counts_stock

    @property
    def _taxed_by_invoice(self) -> bool:
        return self._reference.settings.get("PS_TAX_ADDRESS_TYPE") == BY_INVOICE_ADDRESS

    def _currency(self, draft: OrderDraft, found: Findings) -> Currency | None:
        """The order's, if the shop has it, and in cents: PrestaShop rounds to the decimals of the cart's currency."""
        currency = self._reference.currencies.get(draft.currency.upper())
        if currency is None:
            found.problems.append(ShopDataError("currency.unknown", currency=draft.currency))
        elif currency.decimals != CENTS or not currency.rate:
            found.problems.append(
                ShopDataError("currency.precision", currency=currency.code, decimals=currency.decimals)
            )
            return None
        return currency

    def _line(
        self,
        line: DraftLine,
        articles: tuple[Article, ...],
        taxation: Taxation,
        stock: Mapping[tuple[str, str], int],
        found: Findings,
    ) -> None:
        problem = product_problem(line, articles)
        if not articles or len(articles) > 1:
            found.problems += [problem] if problem else []
            return
        article = articles[0]
        match = match_of(article, stock.get(article.key), taxation.rate(article.tax_group))
        found.matches[line.line_ref] = match
        if problem:
            found.problems.append(problem)
            return
        rate = taxation.goods(line, article)
        if rate is None:
            return
        if article.is_pack and not (self._ws.holds_packs and self._reference.waiting_status):
            found.warnings.append(RejectedError("product.pack_stock", sku=line.sku, product=article.name))
        ecotax = taxation.ecotax(line, article, rate)
        if ecotax and line.quantity > 0 and line.unit_price >= 0:
            found.sold.append(Sold(line.line_ref, *article.key, line.quantity, line.unit_price, rate, *ecotax))


def match_of(article: Article, stock: int | None, rate: Decimal | None) -> ProductMatch:
    """`rate` in percent, None when not known. Without a stock row there is nothing in stock."""
    return ProductMatch(
        article.product, article.combination, article.name, article.matched_by, article.active,
        stock or 0, article.is_parent, rate,
    )  # fmt: skip


def _rests_on_shop_data(examined: Examined) -> bool:
    found = (*examined.examination.problems, *examined.examination.warnings)
    return any(isinstance(each, ShopDataError) for each in found)


def _wanted(line: DraftLine) -> Wanted:
    return Wanted(line.sku, line.gtin, line.mapped_to)

"""The checks that need no shop: sums, amounts, what a search found, stock. Pure; problems are given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cdsync.errors import CdsyncError, RejectedError

from ...base import Address, Choice, Correction, DraftLine, Examination, ImportPolicy, OrderDraft, ProductMatch
from ...line_total import is_in_cents
from ..addresses.cleaning import MISSING, CleanAddress, clean
from ..shop_data.products import Article
from .pricing import Sold, cents

FEE = "fee:"  # the line of the fees: no line of a marketplace
# What a billing address without a place gives beside company and VAT number; the delivery's is used, so it is recorded.
NOT_OF_ITS_OWN = (
    "civility", "first_name", "last_name", "postcode", "region", "country_code", "phone", "pickup_id", "pickup_name",
)  # fmt: skip


class ShopDataError(RejectedError):
    """What the shop's kept data decide: believed, as a problem or a warning, only when this very run has read them."""


@dataclass
class Findings:
    problems: list[CdsyncError] = field(default_factory=list)
    warnings: list[CdsyncError] = field(default_factory=list)
    matches: dict[str, ProductMatch] = field(default_factory=dict)
    sold: list[Sold] = field(default_factory=list)

    def examination(
        self, ref: str, delivery: CleanAddress, invoice: CleanAddress, carrier: Choice | None
    ) -> Examination:
        """The same for the caller; two lines of one SKU have one problem."""
        return Examination(
            ref,
            problems=tuple(_once(self.problems)),
            matches=self.matches,
            corrections=(*delivery.corrections, *invoice.corrections),
            carrier=carrier,
            warnings=tuple(_once(self.warnings)),
            delivery=delivery.as_address(),
            invoice=invoice.as_address(),
        )


def fee_lines(draft: OrderDraft, policy: ImportPolicy) -> list[DraftLine]:
    """What the buyer paid beside the lines, all of it as one piece of the merchant's fee product.

    One, not one for each fee: a cart has one row for a product, and the average of two fees may be no whole cent.
    """
    fees = [fee for fee in draft.fees if fee.amount]
    if not policy.fee_sku or not fees:
        return []
    amount = sum((fee.amount for fee in fees), Decimal(0))
    return [DraftLine(FEE, policy.fee_sku, ", ".join(fee.label for fee in fees), 1, amount)]


def addresses(draft: OrderDraft) -> tuple[CleanAddress, CleanAddress]:
    """Without a billing address of its own the order is billed where it is delivered."""
    delivery = clean(draft.delivery, "delivery")
    if any(draft.invoice.lines) or draft.invoice.city:
        return delivery, clean(draft.invoice, "invoice")
    billed = replace(draft.delivery, pickup_id="", pickup_name="")
    invoice = clean(_with_company(billed, draft.invoice), "invoice")
    own = [each for each in invoice.corrections if each.field in ("invoice.company", "invoice.vat_number")]
    invoice.corrections[:] = [Correction("invoice", "", "delivery", MISSING), *own]
    for name in NOT_OF_ITS_OWN:
        given, used = getattr(draft.invoice, name), getattr(draft.delivery, name)
        if given and given != used:
            invoice.correct(name, given, used, MISSING)
    invoice.copied = True
    return delivery, invoice


def _with_company(address: Address, invoice: Address) -> Address:
    company, vat = invoice.company or address.company, invoice.vat_number or address.vat_number
    return replace(address, company=company, vat_number=vat)


def money_problems(draft: OrderDraft, policy: ImportPolicy) -> list[CdsyncError]:
    problems: list[CdsyncError] = []
    if not draft.lines:
        problems.append(RejectedError("order.no_lines"))
    for line in draft.lines:
        if line.quantity <= 0:
            problems.append(RejectedError("order.quantity_invalid", sku=line.sku, quantity=line.quantity))
        problems += _line_problem(line)
    problems += _amount_problem("shipping", draft.shipping)
    for fee in draft.fees:
        problems += _amount_problem("fee", fee.amount)
        if fee.amount and not policy.fee_sku:
            problems.append(RejectedError("order.fee_without_product", label=fee.label, amount=str(fee.amount)))
    lines = sum((line.total for line in draft.lines), Decimal(0))
    found = lines + draft.shipping + sum((f.amount for f in draft.fees), Decimal(0))
    if found != draft.total:
        problems.append(RejectedError(
            "order.total_mismatch", expected=str(draft.total), found=str(found), difference=str(found - draft.total)
        ))  # fmt: skip
    return problems


def _amount_problem(name: str, amount: Decimal) -> list[CdsyncError]:
    if amount.is_finite() and amount >= 0 and amount == cents(amount):
        return []
    return [RejectedError("order.amount_invalid", field=name, value=str(amount))]


def _line_problem(line: DraftLine) -> list[CdsyncError]:
    """A unit price may be a part of a cent; what the line comes to may not."""
    if not line.unit_price.is_finite() or line.unit_price < 0:
        return [RejectedError("order.amount_invalid", field="unit_price", value=str(line.unit_price))]
    if is_in_cents(line.total):
        return []
    price, total = f"{line.unit_price.normalize():f}", f"{line.total.normalize():f}"
    return [RejectedError("order.part_of_a_cent", sku=line.sku, quantity=line.quantity, price=price, total=total)]


def no_price(sku: str, together: Sequence[Sold], converted_to: str = "") -> CdsyncError:
    """Why no price that the shop can be told comes to what was paid for one row of the cart.

    converted_to: the order's currency, where its conversion is what no price fits.
    """
    if converted_to:
        return ShopDataError("currency.inexact", sku=sku, currency=converted_to)
    sold = together[0]
    ecotax = sold.ecotax * (1 + sold.ecotax_rate / 100)
    if sold.unit_price < ecotax:
        return RejectedError("order.below_ecotax", sku=sku, price=str(sold.unit_price), ecotax=str(cents(ecotax)))
    if len({each.unit_price for each in together}) > 1:
        return ShopDataError("order.two_prices", sku=sku)
    quantity = sum(each.quantity for each in together)
    total = sum((each.total for each in together), Decimal(0))
    return ShopDataError("order.pieces_rounded", sku=sku, quantity=quantity, total=f"{total:.2f}")


def product_problem(line: DraftLine, articles: tuple[Article, ...]) -> CdsyncError | None:
    if not articles:
        if line.mapped_to:
            return RejectedError("product.mapping_invalid", sku=line.sku, product="/".join(line.mapped_to))
        return RejectedError("product.unknown", sku=line.sku, title=line.title)
    if len(articles) > 1:
        names = [f"{a.name} ({'/'.join(a.key)})" for a in articles[:10]]
        return RejectedError("product.ambiguous", sku=line.sku, count=len(articles), products=names)
    article = articles[0]
    code = (
        "product.parent" if article.is_parent
        else "product.inactive" if not article.active
        else "product.not_orderable" if not article.orderable
        else ""
    )  # fmt: skip
    return RejectedError(code, sku=line.sku, product=article.name) if code else None


def judge_stock(lines: Sequence[DraftLine], found: Findings, policy: ImportPolicy) -> None:
    """Short stock is a problem or a warning, by the merchant's policy; lines of one product count together."""
    wanted: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if match := found.matches.get(line.line_ref):
            wanted[match.product_ref, match.combination_ref] += line.quantity
    for line in lines:
        match = found.matches.get(line.line_ref)
        if match is None or line.line_ref == FEE:
            continue
        needed = wanted[match.product_ref, match.combination_ref]
        if match.stock < needed:
            short = RejectedError(
                "product.out_of_stock", sku=line.sku, product=match.name, stock=match.stock, wanted=needed
            )
            (found.warnings if policy.import_without_stock else found.problems).append(short)


def _once(errors: Iterable[CdsyncError]) -> list[CdsyncError]:
    return list({str(error): error for error in errors}.values())

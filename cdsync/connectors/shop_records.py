"""What goes into a shop and what is read back. Money tax included unless named otherwise; times aware UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypeVar

from ..errors import CdsyncError
from .declarations import Choice
from .line_total import line_total
from .marketplace_records import Address, Fee


@dataclass(frozen=True)
class ShopData:
    """What the settings page and the checks need to know of the shop."""

    version: str
    currency: str  # ISO 4217
    carriers: tuple[Choice, ...] = ()
    statuses: tuple[Choice, ...] = ()  # note: what the shop does in it; "shipped" among it: counts as shipped
    groups: tuple[Choice, ...] = ()  # of customers
    payment_modules: tuple[Choice, ...] = ()  # ways to pay that an order may name
    usual_statuses: Mapping[str, str] = field(default_factory=dict)  # "paid", "shipped" → the shop's own status for it


@dataclass(frozen=True)
class ProductMatch:
    """A product of the shop that fits a SKU, or one combination of it (size, colour).

    `matched_by`: reference | ean | supplier_reference | mapping. `vat_rate` in percent for the delivery country.
    `is_parent`: it comes in combinations, of which none is named: it cannot be ordered as it is.
    """

    product_ref: str
    combination_ref: str  # "0" for a simple product
    name: str
    matched_by: str
    active: bool
    stock: int
    is_parent: bool = False
    vat_rate: Decimal | None = None


@dataclass(frozen=True)
class DraftLine:
    """A live line to import; money tax included."""

    line_ref: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    gtin: str = ""
    mapped_to: tuple[str, str] | None = None  # the merchant's own mapping: product_ref, combination_ref
    vat_rate: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """Quantity × unit price, in whole cents where the unit price is a rounded part of them."""
        return line_total(self.quantity, self.unit_price)


@dataclass(frozen=True)
class OrderDraft:
    """A marketplace order made ready for the shop: live seller lines only, with their money only.

    `total` = sum of lines + shipping + fees, to the cent: checked before any write.
    """

    ref: str
    reference: str
    payment_text: str  # "Cdiscount 2611231014K7QXZ": findable again in the shop
    currency: str
    total: Decimal
    shipping: Decimal
    lines: tuple[DraftLine, ...]
    fees: tuple[Fee, ...]
    delivery: Address
    invoice: Address
    customer_ref: str
    delivery_modes: tuple[str, ...]
    purchased_at: datetime | None = None
    business: bool = False


@dataclass(frozen=True)
class ImportPolicy:
    """The merchant's choices that the shop connector needs, from settings `orders`."""

    imported_status: str
    payment_module: str
    carriers: Mapping[str, str]  # delivery mode → the shop carrier's stable reference
    default_carrier: str | None = None
    customer_group: str | None = None
    customer_email: str = "masked"  # or "marketplace"
    import_without_stock: bool = True
    fee_sku: str | None = None
    put_away_spoiled: bool = True  # cancel a shop order that an import made and the shop spoiled
    account: str = "main"
    country_without_vat_rule: str = (
        "problem"  # or "without_vat": countries of the EU that the shop's tax rules leave out
    )
    outlying_places: str = "as_told"  # or "own_country": the country the shop has for La Réunion, Monaco, …


@dataclass(frozen=True)
class Correction:
    """A change cleaning made to what the marketplace sent, so that the shop accepts it."""

    field: str
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class Examination:
    """What the checks before any write found for one order. No problems: it could be imported now."""

    ref: str
    problems: tuple[CdsyncError, ...] = ()
    matches: Mapping[str, ProductMatch] = field(default_factory=dict)  # by line_ref
    corrections: tuple[Correction, ...] = ()
    carrier: Choice | None = None
    warnings: tuple[CdsyncError, ...] = ()  # e.g. stock short although it is imported anyway
    delivery: Address | None = None  # cleaned, as the shop would get it
    invoice: Address | None = None


@dataclass(frozen=True)
class ShopOrder:
    """An order of the shop, read back. Money tax included unless named otherwise."""

    shop_ref: str
    reference: str
    cart_ref: str  # what it was made of; "" where the shop has nothing of the kind
    status_ref: str
    total_paid: Decimal  # what the buyer paid, or has to
    payments: Decimal  # what the shop has booked of it
    total_products: Decimal
    total_shipping: Decimal
    payment_text: str
    currency: str = ""
    invoice_number: str = ""
    tracking_number: str = ""
    carrier_ref: str = ""  # stable reference
    total_without_tax: Decimal | None = None
    created_at: datetime | None = None
    url: str = ""  # the order's page in the shop's back office, or ""
    status_name: str = ""  # as the shop calls the status, or ""
    cancelled: bool = False  # in the shop's own status for it, or in the merchant's: the connector was told that one


def apart(found: Iterable[ShopOrder]) -> list[list[ShopOrder]]:
    """Shop orders by what they were made of: the parts of one that the shop split have cart and reference in common."""
    together: dict[tuple[str, str], list[ShopOrder]] = {}
    for each in found:
        made_of = (each.cart_ref, each.reference) if each.cart_ref and each.reference else ("", each.shop_ref)
        together.setdefault(made_of, []).append(each)
    return list(together.values())


class Cancellable(Protocol):
    """A shop order as it was read back, or as it is kept."""

    @property
    def cancelled(self) -> bool: ...


Cancelled = TypeVar("Cancelled", bound=Cancellable)


def live(found: Iterable[Cancelled]) -> list[Cancelled]:
    """The shop orders that count: those that are not cancelled. The only rule for it on this side of a connector."""
    return [each for each in found if not each.cancelled]


def live_or_all(found: Iterable[Cancelled]) -> list[Cancelled]:
    """Those that stand for their marketplace order: the live ones; without any, the cancelled ones that once were it.

    Making another one then would undo what a person did (decision 0015).
    """
    every = list(found)
    return live(every) or every


@dataclass(frozen=True)
class Imported:
    """The shop order exists and was read back exact. `adopted`: it was found, not made now.

    parts: the other parts of an order that the shop split; together they are exact. warnings: what beside the order did
    not come out as it must, such as the stock. more_follow: the next result is there already, no request lies between:
    both may be kept in one commit.
    """

    ref: str
    order: ShopOrder
    corrections: tuple[Correction, ...] = ()
    matches: Mapping[str, ProductMatch] = field(default_factory=dict)
    adopted: bool = False
    parts: tuple[ShopOrder, ...] = ()
    warnings: tuple[CdsyncError, ...] = ()
    more_follow: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class NotImported:
    """This order did not get through; the others of the batch go on. more_follow: as of `Imported`."""

    ref: str
    error: CdsyncError
    corrections: tuple[Correction, ...] = ()
    matches: Mapping[str, ProductMatch] = field(default_factory=dict)
    more_follow: bool = field(default=False, compare=False)

"""What a marketplace and a shop promise: two protocols and the plain records they exchange.

Depends on `cdsync.errors` only. Money is `Decimal` in the order's currency, tax included unless the name says
otherwise; times are aware UTC; references (`*_ref`) are the other side's ids as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from ..errors import CdsyncError


@dataclass(frozen=True)
class Setting:
    """One setting of a connector. Form, validation, masking and docs all follow from this declaration.

    kind: text | secret | url | number | list (comma separated) | choice. `default` is used when the key is absent.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    help: str = ""
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Check:
    """One line of "Test connection": what was tried, whether it holds, and the error's code and data if not."""

    name: str
    ok: bool
    detail: str = ""
    code: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Exchange:
    """One HTTP exchange, for the order page. Secrets are already removed; personal data is not."""

    side: str  # "marketplace" | "shop"
    method: str
    url: str
    status: int | None  # None: no answer
    milliseconds: int
    at: datetime
    request_body: str = ""
    response_body: str = ""
    failure: str = ""  # class of the transport failure, when there was no answer
    order_refs: tuple[str, ...] = ()


class Recorder(Protocol):
    """Told of every request by a connector's HTTP client."""

    def sending(self) -> None:
        """Called just before a request leaves; raises when a database transaction is open."""

    def record(self, exchange: Exchange) -> None: ...


class NoRecorder:
    """Keeps nothing: for checks and choices read by the settings page."""

    def sending(self) -> None: ...

    def record(self, exchange: Exchange) -> None: ...


@dataclass(frozen=True)
class Address:
    """A postal address as the marketplace gave it, nothing cleaned."""

    civility: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    vat_number: str = ""
    lines: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    region: str = ""
    country_code: str = ""  # ISO 3166 alpha-2
    phone: str = ""
    email: str = ""
    pickup_id: str = ""
    pickup_name: str = ""


@dataclass(frozen=True)
class MarketplaceLine:
    """One order line. `shipping` is for the whole line; `total` = quantity × unit_price, without shipping."""

    line_ref: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    shipping: Decimal
    total: Decimal
    status: str = ""
    supply_mode: str = "Seller"
    gtin: str = ""
    condition: str = ""
    delivery_mode: str = ""  # as received: code, label or legacy code
    vat_rate: Decimal | None = None  # percent, when the marketplace says it
    commission: Decimal | None = None
    ship_by: datetime | None = None
    live: bool = True  # False: cancelled, refused, rejected
    cancel_requested: bool = False


@dataclass(frozen=True)
class Fee:
    """An amount the buyer paid through the order that belongs to no line (Cdiscount's instalment fee)."""

    label: str
    amount: Decimal


@dataclass(frozen=True)
class Parcel:
    number: str
    carrier_name: str
    tracking_url: str = ""
    line_refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class MarketplaceOrder:
    """One order as the marketplace tells it.

    `state` is one of `cdsync.states` or None when the status is not known (kept, shown, never importable).
    `faults` are the reasons, found while reading, why this order can't be imported (RejectedError each).
    `raw` is the order's JSON text, untouched.
    """

    ref: str
    reference: str
    status: str
    state: str | None
    currency: str
    total: Decimal | None
    lines: tuple[MarketplaceLine, ...]
    raw: str
    fees: tuple[Fee, ...] = ()
    sales_channel: str = ""
    customer_ref: str = ""
    business: bool = False
    purchased_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    accept_by: datetime | None = None
    ship_by: datetime | None = None
    billing: Address | None = None
    shipping: Address | None = None
    parcels: tuple[Parcel, ...] = ()
    faults: tuple[CdsyncError, ...] = ()


@dataclass(frozen=True)
class UnreadableOrder:
    """An entry of the marketplace's answer that is not an order: kept as a problem, never a failed run.

    `ref` is empty when not even the id could be read.
    """

    ref: str
    reference: str
    status: str
    raw: str
    error: CdsyncError


@dataclass(frozen=True)
class Carrier:
    """A carrier to choose from. For a marketplace `ref` is what is sent back (Octopia: the label)."""

    ref: str
    name: str
    active: bool = True


class Marketplace(Protocol):
    """One seller account on a marketplace. Every call may raise ConfigError or TemporaryError."""

    title: str  # e.g. "Cdiscount": the start of the payment text
    settings: Sequence[Setting]  # class attribute

    def check(self) -> list[Check]: ...

    def orders(self, updated_since: datetime) -> Iterator[MarketplaceOrder | UnreadableOrder]:
        """All pages of the orders changed since, de-duplicated by ref, the latest reading of each last."""

    def order(self, ref: str) -> MarketplaceOrder | UnreadableOrder:
        """One order; raises RejectedError("order.gone") when the marketplace does not know it."""

    def accept(self, ref: str) -> None:
        """Accepts the whole order; already accepted is success. Raises RejectedError, UnknownOutcomeError."""

    def refuse(self, ref: str) -> None: ...

    def carriers(self) -> list[Carrier]: ...

    def delivery_modes(self) -> list[str]:
        """The delivery modes the marketplace is known to use, by label."""

    def ship(self, ref: str, parcel: Parcel) -> None:
        """Tells the marketplace; looks first (already shipped is success) and reads back.

        Raises RejectedError("ship.refused"), UnknownOutcomeError.
        """

    def order_url(self, ref: str) -> str:
        """The order's page for people, or ""."""


@dataclass(frozen=True)
class Choice:
    """Something of the shop to choose from by name; `ref` is what settings store."""

    ref: str
    name: str
    active: bool = True
    note: str = ""


@dataclass(frozen=True)
class ShopData:
    """What the settings page and the checks need to know of the shop."""

    version: str
    currency: str
    timezone: str
    carriers: tuple[Choice, ...] = ()
    statuses: tuple[Choice, ...] = ()  # note: "paid", "shipped", … as the shop flags them
    groups: tuple[Choice, ...] = ()
    payment_modules: tuple[Choice, ...] = ()
    countries: tuple[Choice, ...] = ()  # ref: ISO code
    shops: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class ProductMatch:
    """A product or combination of the shop that fits a SKU.

    `matched_by`: reference | ean | supplier_reference | mapping. `vat_rate` in percent for the delivery country.
    """

    product_ref: str
    combination_ref: str  # "0" for a simple product
    name: str
    matched_by: str
    active: bool
    orderable: bool
    stock: int
    is_parent: bool = False
    vat_rate: Decimal | None = None
    price_without_tax: Decimal | None = None
    backorders: bool = True


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
    account: str = "main"


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


@dataclass(frozen=True)
class ShopOrder:
    """An order of the shop, read back. Money tax included unless named otherwise."""

    shop_ref: str
    reference: str
    cart_ref: str
    status_ref: str
    total_paid: Decimal
    total_paid_real: Decimal
    total_products: Decimal
    total_shipping: Decimal
    payment_text: str
    currency: str = ""
    invoice_number: str = ""
    tracking_number: str = ""
    carrier_ref: str = ""  # stable reference
    total_without_tax: Decimal | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None
    url: str = ""  # the order's page in the shop's back office, or ""


@dataclass(frozen=True)
class Imported:
    """The shop order exists and was read back exact. `adopted`: it was found, not made now."""

    ref: str
    order: ShopOrder
    corrections: tuple[Correction, ...] = ()
    matches: Mapping[str, ProductMatch] = field(default_factory=dict)
    adopted: bool = False


@dataclass(frozen=True)
class NotImported:
    """This order did not get through; the others of the batch go on."""

    ref: str
    error: CdsyncError
    corrections: tuple[Correction, ...] = ()
    matches: Mapping[str, ProductMatch] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """What the journal knows of one step of an order's import."""

    name: str
    data: Mapping[str, Any]
    begun_at: datetime
    done: bool


class Journal(Protocol):
    """Keeps each step of an import across a crash. Both writers commit before they return."""

    def steps(self, ref: str) -> Mapping[str, Step]:
        """The steps earlier attempts left for this order, by name."""

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        """Commits the intent for each order (by ref) before the request leaves, and renews their claims.

        Answers the refs that may go on: an order whose claim was lost must be dropped without a write.
        """

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        """Commits what came of it (remote ids) before the next request."""

    def forget(self, ref: str, step: str) -> None:
        """Drops a step whose remote thing turned out not to exist."""


class Shop(Protocol):
    """One shop. Every call may raise ConfigError or TemporaryError."""

    settings: Sequence[Setting]  # class attribute

    def check(self) -> list[Check]: ...

    def reference_data(self) -> ShopData: ...

    def products(self, skus: Iterable[str]) -> dict[str, list[ProductMatch]]: ...

    def examine(self, drafts: Sequence[OrderDraft], policy: ImportPolicy) -> dict[str, Examination]:
        """The checks before any write, for many orders in few requests; by ref."""

    def import_orders(
        self, drafts: Sequence[OrderDraft], policy: ImportPolicy, journal: Journal
    ) -> Iterator[Imported | NotImported]:
        """Makes the shop orders, a result per draft as soon as it is known. A batch of one is a batch.

        Calling it again for an order that is already in the shop adopts it: at most one shop order per ref.
        """

    def find_orders(self, payment_texts: Sequence[str] = (), shop_refs: Sequence[str] = ()) -> list[ShopOrder]: ...

    def changes(self, since: datetime) -> Iterator[ShopOrder]:
        """Orders whose status changed since (the shop's clock differs: ask with an overlap)."""

    def set_status(self, shop_ref: str, status_ref: str) -> None:
        """Moves a shop order; nothing is written when it is there already."""

    def marketplace_orders(self, since: datetime, title: str) -> Iterator[ShopOrder]:
        """The shop's orders since whose payment text starts with `title`: the shop's list for reconcile."""

"""Orders as a marketplace tells them, nothing cleaned. Money tax included, in the order's currency; times aware UTC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..errors import CdsyncError


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
    """One order line. `shipping` is for the whole line; `total` is the `line_total` of quantity and unit price
    (`connectors.line_total`). `line_ref` is never twice in one order."""

    line_ref: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    shipping: Decimal
    total: Decimal
    status: str = ""  # in the marketplace's own words
    sent_by: str = ""  # who sends it where the seller does not: a warehouse of the marketplace, by its own name
    gtin: str = ""
    delivery_mode: str = ""  # as received, in any of its spellings
    vat_rate: Decimal | None = None  # percent, when the marketplace says it
    commission: Decimal | None = None
    ship_by: datetime | None = None
    live: bool = True  # False: cancelled, refused, rejected
    cancel_requested: bool = False  # the buyer asks for it; nobody has decided yet

    @property
    def ours(self) -> bool:
        """Whether it is the seller's to send and still wanted: only such lines are imported, with their money only."""
        return self.live and not self.sent_by


@dataclass(frozen=True)
class Fee:
    """An amount the buyer paid through the order that belongs to no line, such as for paying by instalments."""

    label: str
    amount: Decimal


@dataclass(frozen=True)
class Parcel:
    """One parcel that holds the seller's live lines of an order."""

    number: str
    carrier_name: str  # a `Carrier.ref` of the marketplace
    tracking_url: str = ""
    line_refs: tuple[str, ...] = ()  # none named: every line that is `ours`


@dataclass(frozen=True)
class MarketplaceOrder:
    """One order as the marketplace tells it.

    `ref` is the id that calls are given back, `reference` what people know the order by; they may be the same.
    `state` is one of `cdsync.states` (never `imported`) or None when the status is not known (kept, shown, never
    importable). `total` is the marketplace's own sum of lines, shipping and fees, whoever sends them, with lines that
    are not live or without; None: nothing is there to compare with.
    `faults` are the reasons, found while reading, why this order can't be imported (RejectedError each).
    `raw` is the order's JSON text, with every field it came with.
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
class ListedOrder:
    """An entry of a list that nobody has to understand who knows its text already.

    ref: the order's id, "" where it has none. raw: its text, untouched. understood_as: another one wherever `read`
    would make something else of the same text. read: what it says.
    """

    ref: str
    raw: str
    understood_as: str
    read: Callable[[], MarketplaceOrder | UnreadableOrder]


def listed(entry: MarketplaceOrder | UnreadableOrder) -> ListedOrder:
    """One that was understood already."""
    if isinstance(entry, UnreadableOrder):
        return ListedOrder(entry.ref, entry.raw, entry.error.code, lambda: entry)
    understood = " ".join([entry.state or "", *(fault.code for fault in entry.faults)])
    return ListedOrder(entry.ref, entry.raw, understood, lambda: entry)


@dataclass(frozen=True)
class OrderPage:
    """A page of the list. Orders may be on several; entries may be none.

    place: where a later listing goes on once this page is kept, for the connector alone to understand; "" where that is
    the place it began at. mark: on the list's last page, how far it told the changes, for `powers.CountsWhatWaits`; in
    the connector's own words too, "" where it has none.
    """

    entries: tuple[ListedOrder, ...]
    place: str
    mark: str = ""

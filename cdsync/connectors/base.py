"""What a marketplace and a shop promise: two protocols and the plain records they exchange.

Depends on `cdsync.errors` only. Money is `Decimal` in the order's currency, tax included unless the name says
otherwise; times are aware UTC; references (`*_ref`) are the other side's ids as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from .cache import Cache, NoCache
from .declarations import Carrier, Check, Choice, Setting
from .exchange import Exchange, NoRecorder, Recorder
from .gate import Gate
from .journal import ANSWERED, MOVES_STOCK, Journal, Step
from .marketplace_records import Address, Fee, MarketplaceLine, MarketplaceOrder, Parcel, UnreadableOrder
from .shop_records import (
    Correction,
    DraftLine,
    Examination,
    Imported,
    ImportPolicy,
    NotImported,
    OrderDraft,
    ProductMatch,
    ShopData,
    ShopOrder,
    apart,
    live,
)

__all__ = [
    "ANSWERED",
    "MOVES_STOCK",
    "Address",
    "Cache",
    "Carrier",
    "Check",
    "Choice",
    "Correction",
    "DraftLine",
    "Examination",
    "Exchange",
    "Fee",
    "Gate",
    "ImportPolicy",
    "Imported",
    "Journal",
    "Marketplace",
    "MarketplaceLine",
    "MarketplaceOrder",
    "NoCache",
    "NoRecorder",
    "NotImported",
    "OrderDraft",
    "Parcel",
    "ProductMatch",
    "Recorder",
    "Setting",
    "Shop",
    "ShopData",
    "ShopOrder",
    "Step",
    "UnreadableOrder",
    "apart",
    "live",
]


class Marketplace(Protocol):
    """One seller account on a marketplace. Every call may raise ConfigError or TemporaryError."""

    title: str  # e.g. "Cdiscount": the start of the payment text
    settings: Sequence[Setting]  # class attribute
    # A class attribute `harmless_fields`, if there is one: what of its answers says nothing of a customer (`masking`).

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


class Shop(Protocol):
    """One shop. Every call may raise ConfigError or TemporaryError.

    Opened with the values of its settings, and with `cancelled_status` among them: the status that the merchant chose
    for cancelled orders, or None. An order in it is `cancelled`, as one in the shop's own status for that is.
    """

    settings: Sequence[Setting]  # class attribute
    # `harmless_fields`: as for a marketplace.

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

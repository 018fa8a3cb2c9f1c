"""The entry of every connector: no write passes without being asked whether its order belongs to this side.

The operations choose only orders that belong here; this holds also where one of them would forget to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from ..errors import CdsyncError, RejectedError
from .declarations import Carrier, Check, Setting
from .journal import Journal
from .marketplace import Marketplace
from .marketplace_records import MarketplaceOrder, Parcel, UnreadableOrder
from .shop import Shop
from .shop_records import (
    Examination,
    Imported,
    ImportPolicy,
    NotImported,
    OrderDraft,
    ProductMatch,
    ShopData,
    ShopOrder,
)


class Gate(Protocol):
    """Knows where orders belong. Both answer the error for each of those that do not belong to this side."""

    def orders(self, refs: Sequence[str]) -> Mapping[str, CdsyncError]:
        """By the marketplace's reference. An order nobody knows is refused too."""

    def shop_orders(self, shop_refs: Sequence[str]) -> Mapping[str, CdsyncError]:
        """By the shop's number."""


class NoWrites:
    """For pages and checks, which only read."""

    def orders(self, refs: Sequence[str]) -> Mapping[str, CdsyncError]:
        return {ref: RejectedError("side.read_only") for ref in refs}

    def shop_orders(self, shop_refs: Sequence[str]) -> Mapping[str, CdsyncError]:
        return {ref: RejectedError("side.read_only") for ref in shop_refs}


class Guarded:
    """What both have in common: the connector behind the gate, and its refusals."""

    def __init__(self, behind: Any, gate: Gate) -> None:
        self.behind, self._gate = behind, gate

    @property
    def title(self) -> str:
        return str(self.behind.title)

    @property
    def settings(self) -> Sequence[Setting]:
        return tuple(self.behind.settings)

    def check(self) -> list[Check]:
        return list(self.behind.check())

    def _pass(self, refs: Sequence[str]) -> None:
        for error in self._gate.orders(refs).values():
            raise error


class GuardedMarketplace(Guarded):
    """`Marketplace`: its writes are asked for at the gate, everything else is passed on as it is."""

    behind: Marketplace

    def orders(self, updated_since: datetime) -> Iterator[MarketplaceOrder | UnreadableOrder]:
        return self.behind.orders(updated_since)

    def order(self, ref: str) -> MarketplaceOrder | UnreadableOrder:
        return self.behind.order(ref)

    def accept(self, ref: str) -> None:
        self._pass([ref])
        self.behind.accept(ref)

    def refuse(self, ref: str) -> None:
        self._pass([ref])
        self.behind.refuse(ref)

    def carriers(self) -> list[Carrier]:
        return self.behind.carriers()

    def delivery_modes(self) -> list[str]:
        return self.behind.delivery_modes()

    def ship(self, ref: str, parcel: Parcel) -> None:
        self._pass([ref])
        self.behind.ship(ref, parcel)

    def order_url(self, ref: str) -> str:
        return self.behind.order_url(ref)


class GuardedShop(Guarded):
    """`Shop`: as `GuardedMarketplace`."""

    behind: Shop

    def reference_data(self) -> ShopData:
        return self.behind.reference_data()

    def products(self, skus: Iterable[str]) -> dict[str, list[ProductMatch]]:
        return self.behind.products(skus)

    def examine(self, drafts: Sequence[OrderDraft], policy: ImportPolicy) -> dict[str, Examination]:
        return self.behind.examine(drafts, policy)

    def import_orders(
        self, drafts: Sequence[OrderDraft], policy: ImportPolicy, journal: Journal
    ) -> Iterator[Imported | NotImported]:
        """Those that do not belong here come back as not imported; the others go on."""
        refused = self._gate.orders([draft.ref for draft in drafts])
        yield from (NotImported(ref, error) for ref, error in refused.items())
        left = [draft for draft in drafts if draft.ref not in refused]
        if left:
            yield from self.behind.import_orders(left, policy, journal)

    def find_orders(self, payment_texts: Sequence[str] = (), shop_refs: Sequence[str] = ()) -> list[ShopOrder]:
        return self.behind.find_orders(payment_texts, shop_refs)

    def set_status(self, shop_ref: str, status_ref: str) -> None:
        for error in self._gate.shop_orders([shop_ref]).values():
            raise error
        self.behind.set_status(shop_ref, status_ref)

    def marketplace_orders(self, since: datetime, title: str) -> Iterator[ShopOrder]:
        return self.behind.marketplace_orders(since, title)

"""The entry of every connector: no write passes without being asked whether its order belongs to this side.

The operations choose only orders that belong here; this holds also where one of them would forget to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from ..errors import CdsyncError, RejectedError
from .shop_records import NotImported, OrderDraft


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


class BehindGate:
    """A marketplace or a shop whose writes are asked for at the gate; everything else is passed on as it is."""

    def __init__(self, side: Any, gate: Gate) -> None:
        self._side, self._gate = side, gate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._side, name)

    def accept(self, ref: str) -> None:
        self._pass([ref])
        self._side.accept(ref)

    def refuse(self, ref: str) -> None:
        self._pass([ref])
        self._side.refuse(ref)

    def ship(self, ref: str, parcel: Any) -> None:
        self._pass([ref])
        self._side.ship(ref, parcel)

    def set_status(self, shop_ref: str, status_ref: str) -> None:
        for error in self._gate.shop_orders([shop_ref]).values():
            raise error
        self._side.set_status(shop_ref, status_ref)

    def import_orders(self, drafts: Sequence[OrderDraft], *details: Any) -> Iterator[Any]:
        """Those that do not belong here come back as not imported; the others go on."""
        refused = self._gate.orders([draft.ref for draft in drafts])
        yield from (NotImported(ref, error) for ref, error in refused.items())
        left = [draft for draft in drafts if draft.ref not in refused]
        if left:
            yield from self._side.import_orders(left, *details)

    def _pass(self, refs: Sequence[str]) -> None:
        for error in self._gate.orders(refs).values():
            raise error

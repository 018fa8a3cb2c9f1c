"""Whether what the merchant chose still exists on the other side. Answers sentences by key; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cdsync.connectors.base import Choice, Marketplace, Shop
from cdsync.settings import ORDERS, Field, OrderSettings

# What one of the shop's lists holds, in a word.
_CALLED = {"statuses": "status", "carriers": "carrier", "groups": "customer group", "payment_modules": "payment module"}
Fault = tuple[str, str]  # the key within `orders`, and what is wrong with it


def of_shop(chosen: OrderSettings, shop: Shop) -> Iterator[Fault]:
    """What was chosen from the shop's lists, as the settings declare it, against the shop as it is now."""
    there = shop.reference_data()
    for field in ORDERS:
        side, _dot, name = field.live.partition(".")
        if side == "shop":
            listed: Sequence[Choice] = getattr(there, name)
            for key, ref in _refs(field, getattr(chosen, field.name)):
                yield from _gone(key, ref, listed, _CALLED[name])


def _refs(field: Field, value: Any) -> Iterator[tuple[str, str | None]]:
    """Each reference that a setting holds, by its key."""
    if field.kind == "mapping":
        yield from ((f"{field.name}.{key}", ref) for key, ref in value.items())
    else:
        yield field.name, value


def of_marketplace(chosen: OrderSettings, marketplace: Marketplace) -> Iterator[Fault]:
    """The marketplace's carrier of each shop carrier against the marketplace's own list."""
    if not chosen.marketplace_carriers:
        return
    known = {carrier.ref for carrier in marketplace.carriers()}
    for ref, name in chosen.marketplace_carriers.items():
        if known and name not in known:
            yield f"marketplace_carriers.{ref}", f"The marketplace knows no carrier “{name}”."


def _gone(key: str, ref: str | None, there: Sequence[Choice], kind: str) -> Iterator[Fault]:
    """Nothing to say when nothing was chosen, or the shop's list could not be read at all."""
    if not ref or not there:
        return
    found = next((choice for choice in there if choice.ref == ref), None)
    if found is None:
        yield key, f"The shop has no {kind} {ref} (any more)."
    elif not found.active:
        yield key, f"The shop's {kind} “{found.name}” is switched off."

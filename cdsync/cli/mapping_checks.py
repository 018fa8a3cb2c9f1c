"""Whether what the merchant chose still exists on the other side. Answers sentences by key; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdsync.connectors.base import Choice, Marketplace, Shop
from cdsync.settings import OrderSettings

Fault = tuple[str, str]  # the key within `orders`, and what is wrong with it


def of_shop(chosen: OrderSettings, shop: Shop) -> Iterator[Fault]:
    """Statuses, carriers, customer group and payment module against the shop as it is now."""
    there = shop.reference_data()
    statuses = (
        ("imported_status", chosen.imported_status),
        ("shipped_status", chosen.shipped_status),
        ("cancelled_status", chosen.cancelled_status),
    )
    for key, ref in statuses:
        yield from _gone(key, ref, there.statuses, "status")
    yield from _gone("default_carrier", chosen.default_carrier, there.carriers, "carrier")
    for mode, ref in chosen.carriers.items():
        yield from _gone(f"carriers.{mode}", ref, there.carriers, "carrier")
    yield from _gone("customer_group", chosen.customer_group, there.groups, "customer group")
    yield from _gone("payment_module", chosen.payment_module, there.payment_modules, "payment module")


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

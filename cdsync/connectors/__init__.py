"""Which connectors there are: a dict of dotted paths, plus entry points of installed packages.

A package adds one with the entry-point group `cdsync.marketplaces` or `cdsync.shops`; nothing in cdsync changes.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from ..errors import ConfigError
from . import identity as identities
from . import powers
from .base import Cache, Gate, Marketplace, Recorder, Setting, Shop
from .belonging_gate import GuardedMarketplace, GuardedShop, NoWrites

MARKETPLACES = {"octopia": "cdsync.connectors.octopia:Octopia"}
SHOPS = {"prestashop": "cdsync.connectors.prestashop:PrestaShop"}
DECLARED = {  # the settings of each, known without loading it: whoever starts a run asks whether they are complete
    MARKETPLACES["octopia"]: "cdsync.connectors.octopia.api.settings:SETTINGS",
    SHOPS["prestashop"]: "cdsync.connectors.prestashop.declared:SETTINGS",
}


def marketplace_class(name: str) -> Any:
    """The connector class behind a name; raises ConfigError("connector.unknown")."""
    return _load(name, MARKETPLACES, "cdsync.marketplaces")


def shop_class(name: str) -> Any:
    """The connector class behind a name; raises ConfigError("connector.unknown")."""
    return _load(name, SHOPS, "cdsync.shops")


def names(kind: str) -> list[str]:
    """The connectors of one kind ("marketplaces" or "shops"), built-in first."""
    builtin = MARKETPLACES if kind == "marketplaces" else SHOPS
    added = {point.name for point in _added(f"cdsync.{kind}", tuple(sys.path))}
    return [*builtin, *sorted(added - set(builtin))]


def open_marketplace(name: str, values: Mapping[str, Any], recorder: Recorder, gate: Gate | None = None) -> Marketplace:
    """A marketplace ready to be called, from its settings with the secrets in clear.

    gate: asked before each write whether the order concerned belongs here; without one nothing can be written.
    """
    return GuardedMarketplace(marketplace_class(name)(values, recorder), gate or NoWrites())


def open_shop(
    name: str, values: Mapping[str, Any], recorder: Recorder, cache: Cache | None = None, gate: Gate | None = None
) -> Shop:
    """A shop ready to be called, from its settings with the secrets in clear; `cache` only if it can use one.

    gate: as for `open_marketplace`.
    """
    return GuardedShop(powers.made(shop_class(name), values, recorder, cache), gate or NoWrites())


def load_built_in() -> None:
    """Imports the built-in connectors now: a worker that forks for each run would do so in each of them."""
    for name in MARKETPLACES:
        marketplace_class(name)
    for name in SHOPS:
        shop_class(name)


def identity(side: str, name: str, values: Mapping[str, Any]) -> str:
    """Which seller ("marketplace") or shop ("shop") these settings mean; see `connectors.identity`.

    Raises ConfigError("connector.unknown").
    """
    return identities.of_settings(side, name, declared_settings(side, name), values)


def declared_settings(kind: str, name: str) -> tuple[Setting, ...]:
    """The settings a connector declares; `kind` is "marketplace" or "shop"."""
    built_in = (MARKETPLACES if kind == "marketplace" else SHOPS).get(name, "")
    if built_in in DECLARED:
        return tuple(_at(DECLARED[built_in]))
    chosen = marketplace_class(name) if kind == "marketplace" else shop_class(name)
    return tuple(chosen.settings)


def retired_settings(kind: str, name: str) -> frozenset[str]:
    """The names of settings a connector had in earlier versions: older documents may hold them, nothing reads them."""
    chosen = marketplace_class(name) if kind == "marketplace" else shop_class(name)
    return powers.retired_settings(chosen)


def harmless_fields(side: str, name: str) -> frozenset[str]:
    """The fields of that system that say nothing of who a customer is (`masking`); none where nobody has listed them.

    Raises ConfigError("connector.unknown").
    """
    chosen = marketplace_class(name) if side == "marketplace" else shop_class(name)
    return powers.harmless_fields(chosen)


@functools.lru_cache(maxsize=8)
def _added(group: str, path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """What installed packages add: looked for once in every folder of `path`, which costs as much as half a page."""
    return tuple(entry_points(group=group))


def _load(name: str, builtin: Mapping[str, str], group: str) -> Any:
    if name in builtin:
        return _at(builtin[name])
    for point in _added(group, tuple(sys.path)):
        if point.name == name:
            return point.load()
    raise ConfigError("connector.unknown", connector=name)


def _at(place: str) -> Any:
    """What stands at "module:name"."""
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)

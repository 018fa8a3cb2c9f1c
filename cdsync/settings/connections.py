"""An account's marketplace and shop, opened from its settings. Makes no request itself."""

from __future__ import annotations

from collections.abc import Mapping

from .. import connectors
from ..connectors.base import Cache, ImportPolicy, Marketplace, NoRecorder, Recorder, Shop
from ..errors import ConfigError
from ..models import Account
from . import store


def policy(account: Account) -> ImportPolicy:
    """What the shop connector needs of section `orders`; raises ConfigError("settings.incomplete" [fields])."""
    orders = store.read(account).orders
    if orders.imported_status is None:
        raise ConfigError("settings.incomplete", fields=["orders.imported_status"])
    return ImportPolicy(
        imported_status=orders.imported_status,
        payment_module=orders.payment_module,
        carriers=in_every_spelling(orders.carriers, str(store.read(account).marketplace.get("connector", ""))),
        default_carrier=orders.default_carrier,
        customer_group=orders.customer_group,
        customer_email=orders.customer_email,
        import_without_stock=orders.import_without_stock,
        fee_sku=orders.fee_sku,
        put_away_spoiled=orders.put_away_spoiled,
        account=account.name,
        country_without_vat_rule=orders.country_without_vat_rule,
    )


def in_every_spelling(carriers: Mapping[str, str], connector: str) -> dict[str, str]:
    """Delivery mode → carrier, where a mode covers each of its names (label, code, legacy code).

    A name that was mapped itself keeps its own carrier. A connector need not know any other names.
    """
    spellings = getattr(connectors.marketplace_class(connector), "delivery_mode_spellings", lambda mode: (mode,))
    chosen = {mode: carrier for mode, carrier in carriers.items() if carrier}
    return {name: carrier for mode, carrier in chosen.items() for name in spellings(mode)} | chosen


def open_marketplace(account: Account, recorder: Recorder | None = None) -> Marketplace:
    """Ready to be called; raises ConfigError: settings.incomplete [fields], connector.unknown, secret unreadable."""
    _require(account, "marketplace")
    values = dict(store.read(account).marketplace)
    return connectors.open_marketplace(values.pop("connector"), values, recorder or NoRecorder())


def open_shop(account: Account, recorder: Recorder | None = None, cache: Cache | None = None) -> Shop:
    """Ready to be called; raises ConfigError: settings.incomplete [fields], connector.unknown, secret unreadable.

    cache: where the shop's own data may be taken from when a run read it some minutes ago; None reads it anew.
    """
    _require(account, "shop")
    known = store.read(account)
    values = {**known.shop, "cancelled_status": known.orders.cancelled_status}
    return connectors.open_shop(values.pop("connector"), values, recorder or NoRecorder(), cache)


def _require(account: Account, side: str) -> None:
    missing = [name for name in store.is_complete(account) if name.startswith(f"{side}.")]
    if missing:
        raise ConfigError("settings.incomplete", fields=missing)

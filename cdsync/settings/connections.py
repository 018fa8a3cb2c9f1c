"""An account's marketplace and shop, opened from its settings, and where its orders belong. Makes no request itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import connectors
from ..connectors import powers
from ..connectors.base import Cache, Gate, ImportPolicy, Marketplace, NoRecorder, Recorder, Shop
from ..connectors.http import allowed_addresses
from ..errors import ConfigError
from ..models import Account
from . import store
from .rehearsal import OnlyWhileItRuns, addresses
from .store import AccountSettings

REHEARSAL = "rehearsal"  # the rehearsal's ports change from one start to the next: it is one place all the same


def policy(account: Account) -> ImportPolicy:
    """What the shop connector needs of section `orders`; raises ConfigError("settings.incomplete" [fields])."""
    return policy_of(store.read(account))


def policy_of(chosen: AccountSettings) -> ImportPolicy:
    """`policy` of settings that were read already."""
    orders = chosen.orders
    if orders.imported_status is None:
        raise ConfigError("settings.incomplete", fields=["orders.imported_status"])
    return ImportPolicy(
        imported_status=orders.imported_status,
        payment_module=orders.payment_module,
        carriers=in_every_spelling(orders.carriers, str(chosen.marketplace.get("connector", ""))),
        default_carrier=orders.default_carrier,
        customer_group=orders.customer_group,
        customer_email=orders.customer_email,
        import_without_stock=orders.import_without_stock,
        fee_sku=orders.fee_sku,
        put_away_spoiled=orders.put_away_spoiled,
        account=chosen.account,
        country_without_vat_rule=orders.country_without_vat_rule,
        outlying_places=orders.outlying_places,
    )


def in_every_spelling(carriers: Mapping[str, str], connector: str) -> dict[str, str]:
    """Delivery mode → carrier, where a mode covers each of its names (label, code, legacy code).

    A name that was mapped itself keeps its own carrier. A connector need not know any other names.
    """
    marketplace = connectors.marketplace_class(connector)
    chosen = {mode: carrier for mode, carrier in carriers.items() if carrier}
    names = {mode: powers.spellings_of(marketplace, mode) for mode in chosen}
    return {name: carrier for mode, carrier in chosen.items() for name in names[mode]} | chosen


def open_marketplace(account: Account, recorder: Recorder | None = None) -> Marketplace:
    """Ready to be asked, not to be written to; raises ConfigError: settings.incomplete [fields], connector.unknown,
    secret unreadable."""
    return marketplace_of(store.read(account), recorder)


def open_shop(account: Account, recorder: Recorder | None = None, cache: Cache | None = None) -> Shop:
    """Ready to be asked, not to be written to; raises ConfigError: settings.incomplete [fields], connector.unknown,
    secret unreadable.

    cache: where the shop's own data may be taken from when a run read it some minutes ago; None reads it anew.
    """
    return shop_of(store.read(account), recorder, cache)


def marketplace_of(chosen: AccountSettings, recorder: Recorder | None = None, gate: Gate | None = None) -> Marketplace:
    """The marketplace that these settings mean, whatever is saved meanwhile; with a gate it can be written to."""
    values = _complete(chosen, "marketplace")
    return connectors.open_marketplace(values.pop("connector"), values, _recorder(chosen, recorder), gate)


def shop_of(
    chosen: AccountSettings, recorder: Recorder | None = None, cache: Cache | None = None, gate: Gate | None = None
) -> Shop:
    """The shop that these settings mean; as `marketplace_of`."""
    values = _complete(chosen, "shop") | {"cancelled_status": chosen.orders.cancelled_status}
    return connectors.open_shop(values.pop("connector"), values, _recorder(chosen, recorder), cache, gate)


def marketplace_name(account: Account) -> str:
    """What people call the account's marketplace, "Cdiscount"; "" while its connector is not installed. No request."""
    try:
        return marketplace_title(store.connector_of(account, "marketplace"))
    except ConfigError:
        return ""


def marketplace_title(connector: str) -> str:
    """What people call the marketplace of this connector; raises ConfigError("connector.unknown")."""
    return str(connectors.marketplace_class(connector).title)


def seller_of(chosen: AccountSettings) -> str:
    """Which seller the settings mean: "api.octopia-io.net/98979"; "" while that is not filled in."""
    if chosen.rehearsal:
        return REHEARSAL
    return connectors.identity("marketplace", str(chosen.marketplace["connector"]), chosen.marketplace)


def shop_place(chosen: AccountSettings, shop: Shop | None = None) -> str:
    """Which shop the settings mean: as the shop itself names its address when it is given and does so, else as it
    was entered. Makes a request then (kept for some minutes); raises ConfigError and TemporaryError of the shop."""
    if chosen.rehearsal:
        return REHEARSAL
    if shop is not None and (own := powers.address_of(shop)):
        return own
    return connectors.identity("shop", str(chosen.shop["connector"]), chosen.shop)


def _complete(chosen: AccountSettings, side: str) -> dict[str, Any]:
    missing = [name for name in store.missing_in(chosen.marketplace, chosen.shop) if name.startswith(f"{side}.")]
    if missing:
        raise ConfigError("settings.incomplete", fields=missing)
    return dict(chosen.marketplace if side == "marketplace" else chosen.shop)


def _recorder(chosen: AccountSettings, recorder: Recorder | None) -> Recorder:
    plain = recorder or NoRecorder()
    if not chosen.rehearsal:
        return plain
    allowed_addresses.allow_rehearsal(addresses(chosen.marketplace, chosen.shop))
    return OnlyWhileItRuns(plain, chosen)

"""What the merchant chose, per account: the one way in (`load`), out (`show`) and to work with (`read`)."""

from .apart import keep_apart, reads_the_same, says_where, sharing
from .connections import (
    in_every_spelling,
    marketplace_of,
    open_marketplace,
    open_shop,
    policy,
    policy_of,
    seller_of,
    shop_of,
    shop_place,
)
from .fields import ORDERS, SCHEDULE, Field
from .homes import HomeChange
from .store import (
    AccountSettings,
    OrderSettings,
    SettingsInvalid,
    SettingsMove,
    defaults,
    is_complete,
    load,
    moves,
    read,
    schedule,
    show,
    would_be,
)
from .values import MASK

__all__ = [
    "MASK",
    "ORDERS",
    "SCHEDULE",
    "AccountSettings",
    "Field",
    "HomeChange",
    "OrderSettings",
    "SettingsInvalid",
    "SettingsMove",
    "defaults",
    "in_every_spelling",
    "is_complete",
    "keep_apart",
    "load",
    "marketplace_of",
    "moves",
    "open_marketplace",
    "open_shop",
    "policy",
    "policy_of",
    "read",
    "reads_the_same",
    "says_where",
    "schedule",
    "seller_of",
    "sharing",
    "shop_of",
    "shop_place",
    "show",
    "would_be",
]

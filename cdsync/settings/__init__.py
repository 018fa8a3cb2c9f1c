"""What the merchant chose, per account: the one way in (`load`), out (`show`) and to work with (`read`)."""

from .connections import open_marketplace, open_shop, policy
from .fields import ORDERS, SCHEDULE, Field
from .store import AccountSettings, OrderSettings, SettingsInvalid, defaults, is_complete, load, read, schedule, show
from .values import MASK

__all__ = [
    "MASK",
    "ORDERS",
    "SCHEDULE",
    "AccountSettings",
    "Field",
    "OrderSettings",
    "SettingsInvalid",
    "defaults",
    "is_complete",
    "load",
    "open_marketplace",
    "open_shop",
    "policy",
    "read",
    "schedule",
    "show",
]

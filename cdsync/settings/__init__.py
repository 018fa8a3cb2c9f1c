"""What the merchant chose, per account: the one way in (`load`), out (`show`) and to work with (`read`)."""

from .conflicting_accounts import keep_apart, reads_the_same, same_among, says_where, sharing
from .connections import (
    in_every_spelling,
    marketplace_name,
    marketplace_of,
    marketplace_title,
    open_marketplace,
    open_shop,
    policy,
    policy_of,
    seller_of,
    shop_of,
    shop_place,
)
from .entered_for import Withheld
from .entered_for import addresses as secret_addresses
from .entered_for import may_go as secret_may_go
from .entered_for import require as require_secrets
from .fields import HALF_HOURLY, KEEP, NIGHTLY, OFTEN, OPERATIONS, ORDERS, SCHEDULE, USUAL_SCHEDULE, Field
from .home_changes import HomeChange
from .refused import SettingsInvalid, SettingsMove
from .rotation import Rotated, rotate, unreadable, with_former_key
from .store import (
    AccountSettings,
    OrderSettings,
    asks_between_lookups,
    defaults,
    is_complete,
    kept_days,
    load,
    moves,
    read,
    schedule,
    show,
    would_be,
)
from .unsaved import to_try
from .values import MASK

__all__ = [
    "HALF_HOURLY",
    "KEEP",
    "MASK",
    "NIGHTLY",
    "OFTEN",
    "OPERATIONS",
    "ORDERS",
    "SCHEDULE",
    "USUAL_SCHEDULE",
    "AccountSettings",
    "Field",
    "HomeChange",
    "OrderSettings",
    "Rotated",
    "SettingsInvalid",
    "SettingsMove",
    "Withheld",
    "asks_between_lookups",
    "defaults",
    "in_every_spelling",
    "is_complete",
    "keep_apart",
    "kept_days",
    "load",
    "marketplace_name",
    "marketplace_of",
    "marketplace_title",
    "moves",
    "open_marketplace",
    "open_shop",
    "policy",
    "policy_of",
    "read",
    "reads_the_same",
    "require_secrets",
    "rotate",
    "same_among",
    "says_where",
    "schedule",
    "secret_addresses",
    "secret_may_go",
    "seller_of",
    "sharing",
    "shop_of",
    "shop_place",
    "show",
    "to_try",
    "unreadable",
    "with_former_key",
    "would_be",
]

"""Everything that a connector is written against: two protocols, the plain records they exchange, and the journal.

Depends on `cdsync.errors` only. Money is `Decimal` in the order's currency, tax included unless the name says
otherwise; times are aware UTC; references (`*_ref`) are the other side's ids as text. How to write a connector:
docs/connectors.md.
"""

from __future__ import annotations

from .belonging_gate import Gate
from .cache import Cache, NoCache
from .declarations import Carrier, Check, Choice, KeyRights, Setting
from .journal import ANSWERED, MOVES_STOCK, Journal, Step
from .marketplace import Marketplace
from .marketplace_records import (
    Address,
    Fee,
    ListedOrder,
    MarketplaceLine,
    MarketplaceOrder,
    OrderPage,
    Parcel,
    UnreadableOrder,
    listed,
)
from .recording.exchange import Exchange, NoRecorder, Recorder
from .shop import Shop
from .shop_records import (
    Correction,
    DraftLine,
    Examination,
    Imported,
    ImportPolicy,
    NotImported,
    OrderDraft,
    ProductMatch,
    ShopData,
    ShopOrder,
    apart,
    live,
    live_or_all,
)

__all__ = [
    "ANSWERED",
    "MOVES_STOCK",
    "Address",
    "Cache",
    "Carrier",
    "Check",
    "Choice",
    "Correction",
    "DraftLine",
    "Examination",
    "Exchange",
    "Fee",
    "Gate",
    "ImportPolicy",
    "Imported",
    "Journal",
    "KeyRights",
    "ListedOrder",
    "Marketplace",
    "MarketplaceLine",
    "MarketplaceOrder",
    "NoCache",
    "NoRecorder",
    "NotImported",
    "OrderDraft",
    "OrderPage",
    "Parcel",
    "ProductMatch",
    "Recorder",
    "Setting",
    "Shop",
    "ShopData",
    "ShopOrder",
    "Step",
    "UnreadableOrder",
    "apart",
    "listed",
    "live",
    "live_or_all",
]

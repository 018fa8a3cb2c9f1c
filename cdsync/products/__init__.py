"""SKUs that orders asked for, with what the shop made of them, and the merchant's own word on which product each is.

Searches nothing by itself; the shop is asked by whoever has it open.
"""

from .lists import FILTERS, MAPPED, MATCHED, SHORT, UNMATCHED
from .mappings import accounts_knowing, forget, mapped, orders_waiting_for, remember
from .seen import SeenSku, seen

__all__ = [
    "FILTERS",
    "MAPPED",
    "MATCHED",
    "SHORT",
    "UNMATCHED",
    "SeenSku",
    "accounts_knowing",
    "forget",
    "mapped",
    "orders_waiting_for",
    "remember",
    "seen",
]

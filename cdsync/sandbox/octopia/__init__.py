"""Octopia's seller API as the rehearsal plays it. Never imports cdsync outside cdsync.sandbox.

What it answers follows the public documentation and the clients that follow it; whatever nobody has
established is a knob in `Variants`, so that a client can be tried against each possible truth.
"""

from .book.orders import address_json, line_json, order_json
from .book.statuses import STATUSES
from .book.variants import Variants
from .calls.json_text import to_json
from .market import OctopiaSandbox

__all__ = ["STATUSES", "OctopiaSandbox", "Variants", "address_json", "line_json", "order_json", "to_json"]

"""The rehearsal desk: a person (or a script) plays marketplace, shop and bad weather. Loopback only.

Never imports cdsync outside cdsync.sandbox, and is no part of the product's own pages.
"""

from .desk import create_desk
from .world import Rehearsal

__all__ = ["Rehearsal", "create_desk"]

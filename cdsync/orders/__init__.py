"""Orders: the only place where states are moved and problems recorded. Never calls a marketplace or a shop.

Whatever writes takes the session of the caller's `with transaction()`; whatever only reads opens what it needs.
"""

from .life.belonging import AccountGate, Home, bind, codes_elsewhere, mark_strangers, strangers, waits_for_its_shop
from .life.claims import claim, held_by_others, hold, release, release_all, release_expired, release_together, renew
from .life.decisions import PERSON, import_again, import_anyway, leave_out, may_take_back, take_back
from .life.following import import_under_way, may_wait_too_long, raise_if_waiting_too_long
from .life.moves import NOBODY, By, move, note
from .life.problems import (
    RETRIED_KINDS,
    WAITS_AT_MOST,
    clear_problem,
    dismiss_problem,
    is_overdue,
    kind_of,
    needs_a_person,
    raise_problem,
)
from .marketplace_side.changed import Compared, Told, compare, remember
from .marketplace_side.store import UNREADABLE, Stored, mark_read, store
from .marketplace_side.store_new import plainly_new, store_new
from .shop_side.draft import draft, mappings_of, payment_text, payment_title, total_to_import
from .shop_side.from_shop import (
    found_by_checks,
    keep_check,
    keep_examination,
    keep_imported,
    keep_matches,
    keep_not_imported,
    keep_shop_order,
    replace_warnings,
    replace_warnings_of,
    wait_for_tracking,
    warning_data,
)
from .shop_side.imported_together import keep_imported_together, plainly_imported
from .shop_side.shop_order_parts import parts_of

__all__ = [
    "NOBODY",
    "PERSON",
    "RETRIED_KINDS",
    "UNREADABLE",
    "WAITS_AT_MOST",
    "AccountGate",
    "By",
    "Compared",
    "Home",
    "Stored",
    "Told",
    "bind",
    "claim",
    "clear_problem",
    "codes_elsewhere",
    "compare",
    "dismiss_problem",
    "draft",
    "found_by_checks",
    "held_by_others",
    "hold",
    "import_again",
    "import_anyway",
    "import_under_way",
    "is_overdue",
    "keep_check",
    "keep_examination",
    "keep_imported",
    "keep_imported_together",
    "keep_matches",
    "keep_not_imported",
    "keep_shop_order",
    "kind_of",
    "leave_out",
    "mappings_of",
    "mark_read",
    "mark_strangers",
    "may_take_back",
    "may_wait_too_long",
    "move",
    "needs_a_person",
    "note",
    "parts_of",
    "payment_text",
    "payment_title",
    "plainly_imported",
    "plainly_new",
    "raise_if_waiting_too_long",
    "raise_problem",
    "release",
    "release_all",
    "release_expired",
    "release_together",
    "remember",
    "renew",
    "replace_warnings",
    "replace_warnings_of",
    "store",
    "store_new",
    "strangers",
    "take_back",
    "total_to_import",
    "wait_for_tracking",
    "waits_for_its_shop",
    "warning_data",
]

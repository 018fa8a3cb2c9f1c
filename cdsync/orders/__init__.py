"""Orders: the only place where states are moved and problems recorded. Never calls a marketplace or a shop.

A function that takes a `session` first works inside the caller's transaction; every other one commits by itself.
"""

from .belonging import AccountGate, Home, bind, mark_strangers, of_elsewhere, strangers, waits_for_its_shop
from .by_hand import PERSON, leave_out, may_take_back, take_back
from .claims import claim, drop_claim, drop_expired, held_by_others, hold, release, release_all, renew
from .draft import draft, mappings_of, payment_text, payment_title, total_to_import
from .following import import_under_way, raise_if_waiting_too_long
from .moves import add_event, apply_move, move, note
from .news import news
from .outcomes import (
    figures_of,
    is_checked,
    keep_check,
    keep_examination,
    keep_imported,
    keep_matches,
    keep_not_imported,
    keep_shop_order,
    replace_warnings,
)
from .parts import parts_of
from .problems import (
    RETRIED,
    WAITS_AT_MOST,
    clear_problem,
    dismiss_problem,
    drop_problem,
    is_overdue,
    kind_of,
    needs_a_person,
    put_problem,
    raise_problem,
)
from .store import UNREADABLE, Stored, store

__all__ = [
    "PERSON",
    "RETRIED",
    "UNREADABLE",
    "WAITS_AT_MOST",
    "AccountGate",
    "Home",
    "Stored",
    "add_event",
    "apply_move",
    "bind",
    "claim",
    "clear_problem",
    "dismiss_problem",
    "draft",
    "drop_claim",
    "drop_expired",
    "drop_problem",
    "figures_of",
    "held_by_others",
    "hold",
    "import_under_way",
    "is_checked",
    "is_overdue",
    "keep_check",
    "keep_examination",
    "keep_imported",
    "keep_matches",
    "keep_not_imported",
    "keep_shop_order",
    "kind_of",
    "leave_out",
    "mappings_of",
    "mark_strangers",
    "may_take_back",
    "move",
    "needs_a_person",
    "news",
    "note",
    "of_elsewhere",
    "parts_of",
    "payment_text",
    "payment_title",
    "put_problem",
    "raise_if_waiting_too_long",
    "raise_problem",
    "release",
    "release_all",
    "renew",
    "replace_warnings",
    "store",
    "strangers",
    "take_back",
    "total_to_import",
    "waits_for_its_shop",
]

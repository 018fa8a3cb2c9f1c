"""How far an order got, and which moves there are. Pure: no database, no text.

A problem is not a state: it lives beside it, so it is always known where to resume. What each state means:
docs/architecture.md, "The life of an order".
"""

from __future__ import annotations

ANNOUNCED = "announced"
TO_ACCEPT = "to_accept"
ACCEPTED = "accepted"
TO_IMPORT = "to_import"
IMPORTED = "imported"
SHIPPED = "shipped"
REFUSED = "refused"
CANCELLED = "cancelled"
ELSEWHERE = "elsewhere"

STATES = (ANNOUNCED, TO_ACCEPT, ACCEPTED, TO_IMPORT, IMPORTED, SHIPPED, REFUSED, CANCELLED, ELSEWHERE)
DEAD = frozenset({REFUSED, CANCELLED, ELSEWHERE})
WAITING = frozenset({ANNOUNCED, ACCEPTED})
ENDED = DEAD | {SHIPPED}

# Before import an order follows the marketplace wherever it goes, also past a state we never saw.
_BEFORE_IMPORT = {TO_ACCEPT, ACCEPTED, TO_IMPORT, REFUSED, CANCELLED, ELSEWHERE}

MOVES: dict[str, frozenset[str]] = {
    ANNOUNCED: frozenset(_BEFORE_IMPORT),
    TO_ACCEPT: frozenset(_BEFORE_IMPORT - {TO_ACCEPT}),
    # `to_accept` again: the acceptance did not take and the marketplace still waits for it.
    ACCEPTED: frozenset(_BEFORE_IMPORT - {ACCEPTED}),
    # `imported` from here only by the import operation; `elsewhere`: shipped without us, or left out by a person.
    TO_IMPORT: frozenset({IMPORTED, REFUSED, CANCELLED, ELSEWHERE}),
    # A cancellation after import does not move the order: it is a problem a person must see.
    IMPORTED: frozenset({SHIPPED}),
    SHIPPED: frozenset(),
    REFUSED: frozenset(),
    CANCELLED: frozenset(),
    # A cancellation can come at any time.
    ELSEWHERE: frozenset({CANCELLED}),
}
# What no reading does: a person left the order out and takes it back, or has a shop order made anew that is gone.
BY_PERSON: dict[str, frozenset[str]] = {ELSEWHERE: frozenset({TO_IMPORT}), IMPORTED: frozenset({TO_IMPORT})}


def may_move(old: str, new: str, *, by_person: bool = False) -> bool:
    """Whether the table has the move; staying where one is is not a move."""
    return new in MOVES[old] or (by_person and new in BY_PERSON.get(old, ()))

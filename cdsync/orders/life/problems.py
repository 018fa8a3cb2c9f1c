"""Why an order's next step did not happen: set, waited for, cleared and dismissed. Never touches `state`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from cdsync.db import now
from cdsync.error_catalogue import entry_of
from cdsync.errors import CdsyncError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError
from cdsync.models import Order

from .moves import NO_PROBLEM, NOBODY, By, note

# The first retry is for the very next run: most temporary failures are over by then.
BACKOFF = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
ATTEMPTS = 5
UNKNOWN_ATTEMPTS = 10  # tries of an unknown outcome after which a person is asked to look as well
WAITS_AT_MOST = timedelta(hours=4)  # whatever is said to pass by itself: afterwards a person is asked to look
UNKNOWN_WAIT = 60.0  # seconds, when nobody said how long the other side may still be working

_STANDING = (
    Order.problem_code,
    Order.problem_data,
    Order.problem_kind,
    Order.problem_since,
    Order.attempts,
    Order.problem_operation,
    Order.dismissed,
)
RETRIED_KINDS = frozenset({"temporary", "unknown"})  # the kinds that are tried again by themselves


def kind_of(error: CdsyncError) -> str:
    """The kind stored for an error: rejected | temporary | unknown | config | internal."""
    pairs = ((RejectedError, "rejected"), (TemporaryError, "temporary"), (UnknownOutcomeError, "unknown"))
    for error_class, kind in (*pairs, (ConfigError, "config")):
        if isinstance(error, error_class):
            return kind
    return "internal"


def needs_a_person(kind: str | None, data: Mapping[str, Any] | None, since: datetime | None) -> bool:
    """Whether somebody has to look, rather than wait: the one rule for what is red and what is amber.

    What is tried again by itself is amber for a while only: until it used up its tries (`attempts` in its data), or
    has stood for `WAITS_AT_MOST`, whether anything tries it or not. An unknown outcome, and a side that is away, are
    tried on all the same.
    """
    if kind is None:
        return False
    overdue = since is not None and now() - since > WAITS_AT_MOST
    return kind not in RETRIED_KINDS or "attempts" in (data or {}) or overdue


def is_a_persons_matter(waited_since: Any = None) -> ColumnElement[bool]:
    """`needs_a_person` as a condition on orders.

    waited_since: the moment before which a problem has waited too long, where the statement is put together once.
    """
    return and_(Order.problem_code.is_not(None), or_(*ways_to_a_person(waited_since)))


def ways_to_a_person(waited_since: Any = None) -> tuple[ColumnElement[bool], ...]:
    """`needs_a_person` as conditions on stopped orders of which no two hold at once, for counting them. Only for the
    last, which few may meet, the row of an order is read."""
    since = now() - WAITS_AT_MOST if waited_since is None else waited_since
    retried, attempts = Order.problem_kind.in_(sorted(RETRIED_KINDS)), type_coerce(Order.problem_data, Text)
    tried = attempts.contains('"attempts":')  # a key: in a value quotes are escaped
    lately = or_(Order.problem_since >= since, Order.problem_since.is_(None))
    return (
        Order.problem_kind.not_in(sorted(RETRIED_KINDS)),
        and_(retried, Order.problem_since < since),
        and_(retried, lately, tried),
    )


def raise_problem(
    session: Session,
    order_id: int,
    error: CdsyncError,
    operation: str,
    by: By = NOBODY,
    *,
    attempt: bool = True,
    kind: str | None = None,
) -> str:
    """Records why `operation` did not happen, with the time of the next try when waiting may help; returns the kind.

    `attempt=False`: found by looking, nothing was tried: no attempt is counted, and what a person has dismissed for
    this order stays dismissed. A temporary failure that came `ATTEMPTS` times is left to a person (kind "rejected",
    data "attempts"), unless the other side is away altogether; that, and an unknown outcome, is tried for ever, and is
    a person's matter as well in the end (`needs_a_person`). What a person must see (`Entry.stays`) is not written over
    by something that ends by itself. `kind` overrides what the class says.
    """
    order = session.execute(select(*_STANDING).where(Order.id == order_id)).one()
    kind, data = kind or kind_of(error), dict(error.data)
    if not attempt and error.code in (order.dismissed or []):
        return kind
    passing = not entry_of(error.code).stays and (not attempt or kind in RETRIED_KINDS)
    if entry_of(order.problem_code).stays and passing:
        return kind
    attempts = int(order.attempts if order.problem_operation in (operation, None) else 0) + attempt
    waits_on = order.problem_code == error.code or (kind in RETRIED_KINDS and order.problem_kind in RETRIED_KINDS)
    since = order.problem_since if waits_on and order.problem_since else now()
    used_up = _used_up(error.code, kind, attempts)
    if used_up or (kind in RETRIED_KINDS and needs_a_person(kind, data, since)):
        data["attempts"] = attempts
        kind = "rejected" if used_up and kind == "temporary" else kind
    same = order.problem_code == error.code and order.problem_data == data
    session.execute(
        update(Order)
        .where(Order.id == order_id)
        .values(
            problem_code=error.code,
            problem_data=data,
            problem_operation=operation,
            problem_kind=kind,
            problem_since=since,
            attempts=attempts,
            next_try_at=_next_try(error, kind, attempts) if attempt else None,
        )
    )
    if attempt or not same:
        told = {"code": error.code, "operation": operation, "data": data}
        note(session, order_id, "problem.raised", told, by)
    return kind


def is_overdue(session: Session, order_id: int, code: str) -> bool:
    """Whether the problem that stands is this one, and no longer left to time."""
    standing = select(Order.problem_code, Order.problem_kind, Order.problem_data, Order.problem_since)
    known, kind, data, since = session.execute(standing.where(Order.id == order_id)).one()
    return known == code and needs_a_person(kind, data, since)


def clear_problem(session: Session, order_id: int, by: By = NOBODY, *, keep_attempts: bool = False) -> None:
    """The problem is gone; nothing happens when there was none. `keep_attempts`: the tries made so far still count."""
    code, data = session.execute(select(Order.problem_code, Order.problem_data).where(Order.id == order_id)).one()
    if code is None:
        return
    values = {name: value for name, value in NO_PROBLEM.items() if name != "attempts" or not keep_attempts}
    session.execute(update(Order).where(Order.id == order_id).values(values))
    note(session, order_id, "problem.cleared", {"code": code, "data": data or {}}, by)


def dismiss_problem(session: Session, order_id: int, by: By, *, reason: str = "") -> None:
    """A person settled it (a cancellation after import, say): it is cleared and not raised again for this order."""
    wanted = select(Order.problem_code, Order.problem_data, Order.dismissed).where(Order.id == order_id)
    code, data, dismissed = session.execute(wanted).one()
    if code is None:
        return
    kept = sorted({*(dismissed or []), code})
    session.execute(update(Order).where(Order.id == order_id).values(**NO_PROBLEM, dismissed=kept))
    note(session, order_id, "problem.dismissed", {"code": code, "data": data or {}, "reason": reason}, by)


def _used_up(code: str, kind: str, attempts: int) -> bool:
    if kind == "unknown":
        return attempts >= UNKNOWN_ATTEMPTS
    return kind == "temporary" and attempts >= ATTEMPTS and not entry_of(code).side_away


def _next_try(error: CdsyncError, kind: str, attempts: int) -> datetime | None:
    asked = getattr(error, "retry_after", None)
    if kind == "unknown":
        return now() + timedelta(seconds=UNKNOWN_WAIT if asked is None else asked)
    if kind != "temporary":
        return None
    backoff = BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]
    return now() + (backoff if asked is None else timedelta(seconds=asked))

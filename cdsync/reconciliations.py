"""What a comparison of marketplace, own table and shop says of each order; kept, read back, dismissed by a person.

Asks neither side: the lists are brought by the operation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cdsync import orders, states
from cdsync.connectors.base import ShopOrder, apart, live, live_or_all
from cdsync.db import now, transaction
from cdsync.error_catalogue import codes_where, entry_of
from cdsync.models import ReconcileRow, Reconciliation

# The kinds of verdict, in the order they are shown; an alarm unless all of the first five are zero.
MISSING, TWICE, DIFFERS, STOCK = "missing", "twice", "total_differs", "stock_differs"
UNKNOWN = "unknown_to_marketplace"
PROBLEM, WAITING, EQUAL, DEAD = "problem", "waiting", "imported_equal", "dead"
ALARMING = (MISSING, TWICE, DIFFERS, STOCK, UNKNOWN)
KINDS = (*ALARMING, PROBLEM, WAITING, EQUAL, DEAD)
NOT_LOOKED_UP, SHOP_ORDER_GONE = "not_looked_up", "shop_order_gone"  # why an order is missing
KEPT = timedelta(days=90)
_IN_SHOP = frozenset({states.IMPORTED, states.SHIPPED})


@dataclass(frozen=True)
class Facts:
    """What we know of one order. `total`: what its shop order has to come to, tax included."""

    order_id: int
    ref: str
    reference: str
    state: str
    problem_code: str | None
    waits: bool  # its problem is tried again by itself
    total: Decimal | None
    payment_text: str
    shop_refs: tuple[str, ...] = ()
    stock: tuple[dict[str, Any], ...] = ()  # data of its warnings that pieces did not move as they must


@dataclass(frozen=True)
class Verdict:
    """The class of one order of the period, and why. Rows about a shop order nobody knows have no order_id."""

    kind: str
    why: str
    order_id: int | None = None
    ref: str = ""
    reference: str = ""
    shop_refs: tuple[str, ...] = ()
    marketplace_total: Decimal | None = None
    shop_total: Decimal | None = None
    data: dict[str, Any] = field(default_factory=dict)


def judge(facts: Sequence[Facts], shop_orders: Sequence[ShopOrder], late: Set[int]) -> list[Verdict]:
    """One verdict per order, then one per shop order that no order owns. Pure.

    `late`: orders that the comparison found and no lookup had. A cancelled shop order does not make two.
    """
    owned: dict[int, list[ShopOrder]] = {}
    owners = _owners(facts)
    for shop_order in shop_orders:
        owner = owners.get(shop_order.payment_text) or owners.get(_numbered(shop_order.shop_ref))
        if owner is not None:
            owned.setdefault(owner, []).append(shop_order)
    verdicts = [_verdict(each, owned.get(each.order_id, []), late) for each in facts]
    return verdicts + [_stranger(each) for each in unclaimed(facts, shop_orders)]


def unclaimed(facts: Sequence[Facts], shop_orders: Iterable[ShopOrder]) -> list[ShopOrder]:
    """The shop's orders with our payment text that belong to none of these orders."""
    owners = _owners(facts)
    return [s for s in shop_orders if s.payment_text not in owners and _numbered(s.shop_ref) not in owners]


def keep(account_id: int, run_id: int | None, since: datetime, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Stores a comparison, with what a person dismissed in the one before carried over. Commits.

    Answers the verdicts that nobody has dismissed. Forgets the account's own old comparisons only: another account
    may rest, and what was dismissed there stands in its last one, however old.
    """
    with transaction() as session:
        dismissed = _dismissed(session, account_id)
        rows = [_row(each, dismissed.get(_same(each.kind, each.ref, each.shop_refs))) for each in verdicts]
        counts = Counter(row.kind for row in rows if row.dismissed_at is None)
        kept = Reconciliation(
            account_id=account_id, run_id=run_id, since=since, counts=dict(counts), rows=rows, alarm=_is_alarm(counts)
        )
        session.add(kept)
        too_old = (Reconciliation.account_id == account_id, Reconciliation.at < now() - KEPT)
        rows_of = ReconcileRow.reconciliation_id.in_(select(Reconciliation.id).where(*too_old))
        session.execute(delete(ReconcileRow).where(rows_of))
        session.execute(delete(Reconciliation).where(*too_old))
        return [each for each, row in zip(verdicts, rows, strict=True) if row.dismissed_at is None]


def latest(session: Session, account_id: int) -> Reconciliation | None:
    """The newest comparison of the account, in the caller's session."""
    mine = select(Reconciliation).where(Reconciliation.account_id == account_id)
    return session.scalar(mine.order_by(Reconciliation.id.desc()).limit(1))


def dismiss(row_id: int, *, reason: str, actor: str) -> None:
    """A person says a row is settled, and why; it no longer counts, also in later comparisons. Commits.

    Stock that was put right is no warning of its order any more.
    """
    with transaction() as session:
        values = {"dismissed_at": now(), "dismissed_by": actor, "dismissed_reason": reason[:255]}
        session.execute(update(ReconcileRow).where(ReconcileRow.id == row_id).values(values))
        row = session.get_one(ReconcileRow, row_id)
        if row.kind == STOCK and row.order_id:
            told = codes_where(lambda entry: entry.figures == "stock")
            orders.replace_warnings(session, row.order_id, told, ())
            orders.note(session, row.order_id, "stock.put_right", {"reason": reason}, orders.By(person=actor))
        kept = row.reconciliation
        counts = Counter(row.kind for row in kept.rows if row.dismissed_at is None)
        kept.counts, kept.alarm = dict(counts), _is_alarm(counts)


def _verdict(order: Facts, found: Sequence[ShopOrder], late: Set[int]) -> Verdict:
    kind, why = _kind(order, found, order.order_id in late)
    shown = next(iter(apart(live_or_all(found))), [])
    return Verdict(
        kind=kind,
        why=why,
        order_id=order.order_id,
        ref=order.ref,
        reference=order.reference,
        shop_refs=tuple(each.shop_ref for each in found),
        marketplace_total=order.total,
        shop_total=_total(shown) if shown else None,
        data={
            "numbers": [each.reference for each in found],
            "live": [each.shop_ref for each in live(found)],
            **({"stock": list(order.stock)} if kind == STOCK else {}),
        },
    )


def _kind(order: Facts, found: Sequence[ShopOrder], is_late: bool) -> tuple[str, str]:
    counted = live(found)
    if len(apart(counted)) > 1:
        return TWICE, "import.several_orders"
    if order.state in _IN_SHOP:
        return _kind_of_imported(order, live_or_all(found), cancelled=not counted)
    if order.state in states.DEAD:
        return (PROBLEM, "order.cancelled_after_import") if counted else (DEAD, order.state)
    if is_late:
        return MISSING, NOT_LOOKED_UP
    if order.problem_code and not order.waits:
        return PROBLEM, order.problem_code
    return WAITING, order.problem_code or order.state


def _kind_of_imported(order: Facts, found: Sequence[ShopOrder], *, cancelled: bool) -> tuple[str, str]:
    if not found:
        return MISSING, SHOP_ORDER_GONE
    if order.problem_code and entry_of(order.problem_code).cancels_shop_order:
        return PROBLEM, order.problem_code
    if cancelled and order.state == states.IMPORTED:
        return PROBLEM, "ship.shop_order_cancelled"
    if any(_total(together) != order.total for together in apart(found)):
        return DIFFERS, "import.total_differs"
    if order.problem_code and not order.waits:
        return PROBLEM, order.problem_code
    return (STOCK, "import.stock_differs") if order.stock else (EQUAL, order.state)


def _total(together: Sequence[ShopOrder]) -> Decimal:
    """What a shop order comes to, in all its parts."""
    return sum((each.total_paid for each in together), Decimal(0))


def _stranger(shop_order: ShopOrder) -> Verdict:
    return Verdict(
        kind=UNKNOWN,
        why="order.gone",
        shop_refs=(shop_order.shop_ref,),
        shop_total=shop_order.total_paid,
        data={"numbers": [shop_order.reference], "payment": shop_order.payment_text},
    )


def _owners(facts: Sequence[Facts]) -> dict[str, int]:
    """Order ids by payment text and by the shop orders already known as theirs."""
    owners = {each.payment_text: each.order_id for each in facts}
    return owners | {_numbered(ref): each.order_id for each in facts for ref in each.shop_refs}


def _numbered(shop_ref: str) -> str:
    return f"#{shop_ref}"


def _same(kind: str, ref: str, shop_refs: Iterable[str]) -> tuple[str, str, tuple[str, ...]]:
    return kind, ref, tuple(sorted(shop_refs))


def _dismissed(session: Session, account_id: int) -> dict[tuple[str, str, tuple[str, ...]], ReconcileRow]:
    last = latest(session, account_id)
    rows = [row for row in last.rows if row.dismissed_at is not None] if last else []
    return {_same(row.kind, row.ref, row.shop_refs or ()): row for row in rows}


def _row(verdict: Verdict, dismissed: ReconcileRow | None) -> ReconcileRow:
    row = ReconcileRow(
        order_id=verdict.order_id,
        ref=verdict.ref,
        reference=verdict.reference,
        kind=verdict.kind,
        why=verdict.why,
        shop_refs=list(verdict.shop_refs),
        marketplace_total=verdict.marketplace_total,
        shop_total=verdict.shop_total,
        data=verdict.data,
    )
    if dismissed is not None:
        row.dismissed_at, row.dismissed_by = dismissed.dismissed_at, dismissed.dismissed_by
        row.dismissed_reason = dismissed.dismissed_reason
    return row


def _is_alarm(counts: Counter[str]) -> bool:
    return any(counts[kind] for kind in ALARMING)

"""Keeps what the marketplace told of an order and lets its state follow. Asks nobody outside the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.db import now
from cdsync.models import Order

from ..life.belonging import Home, seller_of
from ..life.following import follow
from ..life.moves import NOBODY, By, note
from ..life.problems import raise_problem
from .changed import differs
from .from_marketplace import fill
from .lengths import cut, fits, too_long

UNREADABLE = "unreadable-"  # start of the reference made for an entry whose own could not be read


@dataclass(frozen=True)
class Stored:
    """What became of a reading: `moved` also when the order is new, `problem` the code the order has now.

    `changed`: it is new, moved, or its problem is another than before.
    """

    order_id: int
    is_new: bool
    moved: bool
    problem: str | None = None
    changed: bool = False


def store(
    session: Session,
    account_id: int,
    entry: MarketplaceOrder | UnreadableOrder,
    by: By = NOBODY,
    *,
    seller: str | None = None,
    digest: str | None = None,
) -> Stored:
    """Upserts the order by (account, ref) with its lines and untouched JSON, and moves it where the marketplace says.

    A reading older than the stored one changes nothing. An entry that could not be read keeps whatever is known of the
    order and gets the problem `order.unreadable`. seller: where it was read, by default the account's own. An order
    that was found at another seller is not written over: it gets the problem `order.other_seller`. digest: of the
    reading (`Told`), where it was listed. Raises IntegrityError when another run stored the same new order a moment
    ago: done again, it is known.
    """
    seller = seller_of(account_id) if seller is None else seller
    if isinstance(entry, MarketplaceOrder) and (fault := too_long(entry)) is not None:
        entry = UnreadableOrder(entry.ref, entry.reference, entry.status, entry.raw, fault)
    if isinstance(entry, UnreadableOrder):
        return _store_unreadable(session, account_id, entry, by, seller)
    order = _find(session, account_id, entry.ref) or _recovered(session, account_id, entry)
    is_new = order is None
    if order is None:
        order = _new(session, account_id, entry, seller)
    elif order.seller not in ("", seller):
        return _left_alone(session, order, seller, by)
    order.seller = seller
    if not is_new and _is_older(entry, order):
        return Stored(order.id, False, False, order.problem_code)
    status, problem = order.marketplace_status, order.problem_code
    anew = is_new or differs(entry, order)
    changed = fill(order, entry) if anew else []
    order.read_digest = digest if anew else digest or order.read_digest
    if is_new:
        session.flush()
        note(session, order.id, "order.found", {"status": entry.status, "state": order.state}, by)
    elif status != order.marketplace_status:
        note(session, order.id, "order.status", {"from": status, "to": entry.status}, by)
    moved = follow(session, order, entry, [] if is_new else changed, by)
    session.flush()
    session.refresh(order)
    moved = moved or is_new
    return Stored(order.id, is_new, moved, order.problem_code, moved or order.problem_code != problem)


def mark_read(session: Session, order_id: int) -> None:
    """The marketplace was asked for it just now, whatever came of it."""
    session.execute(update(Order).where(Order.id == order_id).values(read_at=now()))


def _find(session: Session, account_id: int, ref: str) -> Order | None:
    query = select(Order).where(Order.account_id == account_id, Order.marketplace_ref == ref).with_for_update()
    return session.scalar(query)


def _left_alone(session: Session, order: Order, seller: str, by: By) -> Stored:
    """Another seller's order of the same number: what is known of it was not read here."""
    problem = order.problem_code
    error = Home(seller).stranger(order.seller, order.shop)
    if error is not None and order.state not in states.ENDED:
        raise_problem(session, order.id, error, "lookup", by, attempt=False)
    session.refresh(order)
    return Stored(order.id, False, False, order.problem_code, order.problem_code != problem)


def _new(session: Session, account_id: int, entry: MarketplaceOrder, seller: str) -> Order:
    """A row in the state the marketplace says."""
    state = first_state(entry)
    order = Order(account_id=account_id, marketplace_ref=entry.ref, seller=seller, state=state, lines=[])
    session.add(order)
    return order


def first_state(entry: MarketplaceOrder) -> str:
    """Where a new order stands; what the marketplace never saw us do (shipping) happened elsewhere."""
    state = entry.state or states.ANNOUNCED
    return states.ELSEWHERE if state in (states.IMPORTED, states.SHIPPED) else state


def _recovered(session: Session, account_id: int, entry: MarketplaceOrder) -> Order | None:
    """The row of an entry that came without its id and can now be read: known again by its other number."""
    if not entry.reference:
        return None
    order = session.scalar(
        select(Order).where(
            Order.account_id == account_id,
            Order.reference == entry.reference,
            Order.marketplace_ref.startswith(UNREADABLE),
        )
    )
    if order is not None:
        order.marketplace_ref = entry.ref
    return order


def _is_older(entry: MarketplaceOrder, order: Order) -> bool:
    stored = order.marketplace_updated_at
    return entry.updated_at is not None and stored is not None and entry.updated_at < stored


def _store_unreadable(session: Session, account_id: int, entry: UnreadableOrder, by: By, seller: str) -> Stored:
    ref = _ref_of(entry)
    order = _find(session, account_id, ref)
    is_new = order is None
    if order is None:
        order = Order(
            account_id=account_id,
            marketplace_ref=ref,
            seller=seller,
            reference=cut(Order.reference, entry.reference),
            state=states.ANNOUNCED,
            status_known=False,
            marketplace_status=cut(Order.marketplace_status, entry.status),
            raw=entry.raw,
        )
        session.add(order)
        session.flush()
        note(session, order.id, "order.found", {"status": entry.status, "state": order.state}, by)
    elif order.seller not in ("", seller):
        return _left_alone(session, order, seller, by)
    order.read_at, problem = now(), order.problem_code
    if order.state not in states.ENDED:
        raise_problem(session, order.id, entry.error, "lookup", by, attempt=False)
    session.flush()
    session.refresh(order)
    return Stored(order.id, is_new, is_new, order.problem_code, is_new or order.problem_code != problem)


def _ref_of(entry: UnreadableOrder) -> str:
    """Its id, or one made of what came where it has none that can be kept."""
    if entry.ref and fits(Order.marketplace_ref, entry.ref):
        return entry.ref
    return UNREADABLE + hashlib.sha256((entry.ref or entry.raw).encode("utf-8", "replace")).hexdigest()[:20]

"""Keeps what the marketplace told of an order and lets its state follow. Asks nobody outside the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.db import now, transaction
from cdsync.models import Account, Order

from .belonging import Home, seller_of
from .following import follow
from .lengths import cut, fits, too_long
from .moves import add_event
from .news import says_more
from .problems import put_problem
from .reading import fill

UNREADABLE = "unreadable-"  # start of the reference made for an entry whose own could not be read


@dataclass(frozen=True)
class Stored:
    """What became of a reading: `moved` also when the order is new, `problem` the code the order has now.

    `news`: it is new, moved, or its problem is another than before.
    """

    order_id: int
    is_new: bool
    moved: bool
    problem: str | None = None
    news: bool = False


def store(
    account: Account | int,
    entry: MarketplaceOrder | UnreadableOrder,
    run_id: int | None = None,
    *,
    seller: str | None = None,
) -> Stored:
    """Upserts the order by (account, ref) with its lines and untouched JSON, and moves it where the marketplace says.

    One commit. A reading older than the stored one changes nothing. An entry that could not be read keeps whatever
    is known of the order and gets the problem `order.unreadable`. seller: where it was read, by default the account's
    own. An order that was found at another seller is not written over: it gets the problem `order.other_seller`.
    """
    account_id = account if isinstance(account, int) else account.id
    where = seller_of(account_id) if seller is None else seller
    try:
        return _store(account_id, entry, run_id, where)
    except IntegrityError:  # another run stored the same new order a moment ago
        return _store(account_id, entry, run_id, where)


def _store(account_id: int, entry: MarketplaceOrder | UnreadableOrder, run_id: int | None, seller: str) -> Stored:
    if isinstance(entry, MarketplaceOrder) and (fault := too_long(entry)) is not None:
        entry = UnreadableOrder(entry.ref, entry.reference, entry.status, entry.raw, fault)
    with transaction() as session:
        if isinstance(entry, UnreadableOrder):
            return _store_unreadable(session, account_id, entry, run_id, seller)
        order = _find(session, account_id, entry.ref) or _recovered(session, account_id, entry)
        is_new = order is None
        if order is None:
            order = _new(session, account_id, entry, seller)
        elif order.seller not in ("", seller):
            return _left_alone(session, order, seller, run_id)
        order.seller = seller
        if not is_new and _is_older(entry, order):
            return Stored(order.id, False, False, order.problem_code)
        status, problem = order.marketplace_status, order.problem_code
        changed = fill(order, entry) if is_new or says_more(entry, order) else []
        if is_new:
            session.flush()
            add_event(session, order.id, "order.found", {"status": entry.status, "state": order.state}, run_id)
        elif status != order.marketplace_status:
            add_event(session, order.id, "order.status", {"from": status, "to": entry.status}, run_id)
        moved = follow(session, order, entry, [] if is_new else changed, run_id)
        session.flush()
        session.refresh(order)
        moved = moved or is_new
        return Stored(order.id, is_new, moved, order.problem_code, moved or order.problem_code != problem)


def _find(session: Session, account_id: int, ref: str) -> Order | None:
    query = select(Order).where(Order.account_id == account_id, Order.marketplace_ref == ref).with_for_update()
    return session.scalar(query)


def _left_alone(session: Session, order: Order, seller: str, run_id: int | None) -> Stored:
    """Another seller's order of the same number: what is known of it was not read here."""
    problem = order.problem_code
    error = Home(seller).stranger(order.seller, order.shop)
    if error is not None and order.state not in states.ENDED:
        put_problem(session, order.id, error, "lookup", run_id=run_id, attempt=False)
    session.refresh(order)
    return Stored(order.id, False, False, order.problem_code, order.problem_code != problem)


def _new(session: Session, account_id: int, entry: MarketplaceOrder, seller: str) -> Order:
    """A row in the state the marketplace says; what it never saw us do (shipping) happened elsewhere."""
    state = entry.state or states.ANNOUNCED
    if state in (states.IMPORTED, states.SHIPPED):
        state = states.ELSEWHERE
    order = Order(account_id=account_id, marketplace_ref=entry.ref, seller=seller, state=state, lines=[])
    session.add(order)
    return order


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


def _store_unreadable(
    session: Session, account_id: int, entry: UnreadableOrder, run_id: int | None, seller: str
) -> Stored:
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
        add_event(session, order.id, "order.found", {"status": entry.status, "state": order.state}, run_id)
    elif order.seller not in ("", seller):
        return _left_alone(session, order, seller, run_id)
    order.read_at, problem = now(), order.problem_code
    if order.state not in states.ENDED:
        put_problem(session, order.id, entry.error, "lookup", run_id=run_id, attempt=False)
    session.flush()
    session.refresh(order)
    return Stored(order.id, is_new, is_new, order.problem_code, is_new or order.problem_code != problem)


def _ref_of(entry: UnreadableOrder) -> str:
    """Its id, or one made of what came where it has none that can be kept."""
    if entry.ref and fits(Order.marketplace_ref, entry.ref):
        return entry.ref
    return UNREADABLE + hashlib.sha256((entry.ref or entry.raw).encode("utf-8", "replace")).hexdigest()[:20]

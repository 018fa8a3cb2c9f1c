"""Who works on an order now: a lease in the database, taken and renewed by compare-and-set. Never touches `state`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from cdsync.db import Base, now, reading
from cdsync.models import Order

from .belonging import Home, tie

_FREE: dict[str, Any] = {"claim_owner": None, "claim_until": None}
_ORDERS = Base.metadata.tables["orders"]
_HELD = (  # made once: each step of each order goes through it
    update(_ORDERS)
    .where(_ORDERS.c.id.in_(bindparam("ids", expanding=True)), _ORDERS.c.claim_owner == bindparam("me"))
    .values(claim_until=bindparam("until"))
    .returning(_ORDERS.c.id)
)
_HELD_HERE = _HELD.where(
    _ORDERS.c.seller == bindparam("of_seller"), _ORDERS.c.shop.in_(["", bindparam("of_shop")])
).values(shop=bindparam("of_shop"))


def claim(
    session: Session,
    order_ids: Sequence[int],
    owner: str,
    seconds: float,
    *,
    state: str | None = None,
    home: Home | None = None,
) -> list[int]:
    """Takes the orders that nobody holds (a lease that ran out holds nothing), for `seconds`; returns which.

    With `state`, only those still in it: what changed between looking and claiming is left alone. With `home`, only
    those that belong there: an order of another seller or shop is nobody's to work on here.
    """
    free = or_(Order.claim_owner.is_(None), Order.claim_until < now(), Order.claim_owner == owner)
    query = update(Order).where(Order.id.in_(order_ids), free)
    if state is not None:
        query = query.where(Order.state == state)
    if home is not None:
        query = query.where(home.is_here)
    taken = set(session.scalars(query.values(_lease(owner, seconds)).returning(Order.id)))
    return [order_id for order_id in order_ids if order_id in taken]


def renew(session: Session, owner: str, seconds: float) -> int:
    """Prolongs every claim of this owner; how many it still has."""
    query = update(Order).where(Order.claim_owner == owner).values(_lease(owner, seconds)).returning(Order.id)
    return len(session.scalars(query).all())


def hold(
    session: Session, order_ids: Sequence[int], owner: str, seconds: float, *, home: Home | None = None
) -> set[int]:
    """Renews the claims of these orders and returns those still ours.

    With `home`, those only that belong there, tied to its shop in the same statement (as `belonging.bind`).
    """
    values = {"ids": list(order_ids), "me": owner, "until": now() + timedelta(seconds=seconds)}
    if home is None:
        return set(session.connection().execute(_HELD, values).scalars())
    values |= {"of_seller": home.seller, "of_shop": tie(home)["shop"]}
    return set(session.connection().execute(_HELD_HERE, values).scalars())


def release(session: Session, order_id: int, owner: str) -> bool:
    """Gives one order free; False, and nothing happens, when somebody else holds it."""
    mine = (Order.id == order_id, Order.claim_owner == owner)
    return session.scalar(update(Order).where(*mine).values(_FREE).returning(Order.id)) is not None


def release_together(session: Session, order_ids: Sequence[int], owner: str) -> None:
    """Gives those of these orders free that this owner holds."""
    session.execute(update(Order).where(Order.id.in_(order_ids), Order.claim_owner == owner).values(_FREE))


def release_all(session: Session, owner: str) -> None:
    """Gives free whatever this owner still holds."""
    session.execute(update(Order).where(Order.claim_owner == owner).values(_FREE))


def release_expired(session: Session) -> None:
    """Clears the claims whose time is over: they hold nothing any more."""
    over = (Order.claim_owner.is_not(None), Order.claim_until < now())
    session.execute(update(Order).where(*over).values(_FREE))


def held_by_others(order_ids: Sequence[int], owner: str) -> dict[int, datetime]:
    """Which of these somebody else is working on, and until when that holds at the latest."""
    with reading() as session:
        rows = session.execute(
            select(Order.id, Order.claim_until).where(
                Order.id.in_(order_ids), Order.claim_owner.is_not(None), Order.claim_owner != owner
            )
        ).all()
        return {row.id: row.claim_until for row in rows if row.claim_until and row.claim_until > now()}


def _lease(owner: str, seconds: float) -> dict[str, Any]:
    return {"claim_owner": owner, "claim_until": now() + timedelta(seconds=seconds)}

"""Which orders an import takes on. Reads only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from cdsync import orders, states
from cdsync.db import now, reading
from cdsync.models import ImportStep, Order

from .shared.context import RunContext

_ENDED = sorted(states.ENDED)


def due_orders(context: RunContext) -> list[int]:
    """Orders in `to_import` with a known status, nearest shipping deadline first.

    Chosen by a person: those, whatever problem they have and whenever their next try is due (an unknown outcome is
    guarded by the shop connector, which looks first). Else: nothing stops them, their next try is due, what stopped
    them is no order's fault (it may be mended by now), or the marketplace has ended them
    and it has to be settled whether a shop order exists.
    """
    time_has_come = or_(Order.next_try_at.is_(None), Order.next_try_at <= now())
    due = or_(
        Order.problem_code.is_(None),
        and_(Order.problem_kind.in_(orders.RETRIED_KINDS), Order.next_try_at <= now()),
        Order.problem_kind == "config",
        and_(Order.marketplace_state.in_(_ENDED), time_has_come),
    )
    chosen = due if context.wanted is None else Order.id.in_(context.wanted)
    with reading() as session:
        query = select(Order.id).where(
            Order.account_id == context.account_id,
            Order.state == states.TO_IMPORT,
            Order.status_known.is_(True),
            chosen,
        )
        return list(session.scalars(query.order_by(Order.ship_by.is_(None), Order.ship_by, Order.id)))


def is_begun(order_id: int) -> bool:
    """Whether an import of it has got as far as a write: the shop may hold something of it."""
    with reading() as session:
        return session.scalar(select(ImportStep.id).where(ImportStep.order_id == order_id).limit(1)) is not None


def ended_by_marketplace(order_ids: Sequence[int]) -> list[int]:
    """Those the marketplace has ended (cancelled, shipped elsewhere) since their import was begun."""
    with reading() as session:
        ended = Order.marketplace_state.in_(_ENDED)
        return list(session.scalars(select(Order.id).where(Order.id.in_(order_ids), ended)))

"""Makes orders ready to import again whose shop order is gone from the shop, when a person asked for that.

Looks into the shop first, by number and by payment text: only where it has nothing at all is there anything to make.
The import that follows looks once more, as every import does.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cdsync import orders, states
from cdsync.db import reading, transaction
from cdsync.error_catalogue import entry_of
from cdsync.models import ImportStep, Order, ShopOrder

from .shared.context import RunContext
from .starting import ANEW


def ready_again(context: RunContext) -> None:
    """Moves the chosen orders whose shop order is gone back to `to_import`. Raises what the shop raises."""
    if not context.options.get(ANEW) or not context.wanted:
        return
    lease = (context.owner, context.lease_seconds)
    for order_id in orders.claim(_of_the_account(context), *lease, state=states.IMPORTED, home=context.home):
        try:
            _one(context, order_id)
        finally:
            orders.release(order_id, context.owner)


def _of_the_account(context: RunContext) -> list[int]:
    """Those wanted that are its own: another account may be tied to the same seller and shop, so home is not enough."""
    with reading() as session:
        mine = (Order.account_id == context.account_id, Order.id.in_(context.wanted or ()))
        return list(session.scalars(select(Order.id).where(*mine).order_by(Order.id)))


def _one(context: RunContext, order_id: int) -> None:
    with reading() as session:
        order = session.get_one(Order, order_id)
        text = orders.payment_text(context.account_settings, order.reference, order.marketplace_ref)
        refs = list(session.scalars(select(ShopOrder.shop_ref).where(ShopOrder.order_id == order_id)))
        said_gone = entry_of(order.problem_code).shop_order_is == "gone"
        ended = order.marketplace_state in states.ENDED
    found = context.shop.find_orders(payment_texts=[text], shop_refs=refs)
    with transaction() as session:
        for read in found:
            orders.keep_shop_order(session, context.account_id, order_id, read)
        if found and said_gone:
            orders.drop_problem(session, order_id, run_id=context.run_id)
        if not found and not ended:
            _forget_shop_order(session, context, order_id, refs)


def _forget_shop_order(session: Session, context: RunContext, order_id: int, refs: list[str]) -> None:
    """A cart whose order is gone makes no other: the whole import begins anew."""
    session.execute(delete(ShopOrder).where(ShopOrder.order_id == order_id))
    session.execute(delete(ImportStep).where(ImportStep.order_id == order_id))
    data = {"by": orders.PERSON, "anew": refs}
    orders.apply_move(
        session, order_id, states.IMPORTED, states.TO_IMPORT,
        run_id=context.run_id, actor=context.actor, data=data, by_person=True,
    )  # fmt: skip
    nothing_yet = {"imported_at": None, "waiting_for_tracking_since": None}
    session.execute(update(Order).where(Order.id == order_id).values(nothing_yet))

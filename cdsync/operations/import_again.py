"""Makes orders ready to import again whose shop order is gone from the shop, when a person asked for that.

Looks into the shop first, by number and by payment text: only where it has nothing at all is there anything to make.
The import that follows looks once more, as every import does.
"""

from __future__ import annotations

from sqlalchemy import select

from cdsync import orders, states
from cdsync.db import reading, transaction
from cdsync.error_catalogue import entry_of
from cdsync.models import Order, ShopOrder

from .running.starting import IMPORT_AGAIN
from .shared.context import RunContext


def ready_again(context: RunContext) -> None:
    """Moves the chosen orders whose shop order is gone back to `to_import`. Raises what the shop raises."""
    if not context.options.get(IMPORT_AGAIN) or not context.wanted:
        return
    lease = (context.owner, context.lease_seconds)
    home, wanted = context.home, _of_the_account(context)
    with transaction() as session:
        claimed = orders.claim(session, wanted, *lease, state=states.IMPORTED, home=home)
    for order_id in claimed:
        try:
            _one(context, order_id)
        finally:
            with transaction() as session:
                orders.release(session, order_id, context.owner)


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
            orders.clear_problem(session, order_id, context.found_by)
        if not found and not ended:
            orders.import_again(session, order_id, refs, context.by)

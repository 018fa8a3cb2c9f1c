"""The imported orders whose shipment is watched: their shop orders read again, and what a parcel needs of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cdsync import orders, states
from cdsync.connectors.base import live
from cdsync.db import now, reading, transaction
from cdsync.error_catalogue import entry_of
from cdsync.models import Order

from .shared.chunks import chunks
from .shared.context import RunContext
from .shared.needed_later import warn_of

CHUNK_SIZE = 50
CANCELLED_IN_SHOP = "ship.shop_order_cancelled"
GONE_FROM_SHOP = "ship.shop_order_gone"


@dataclass(frozen=True)
class Shippable:
    """An imported order and its shop order as last read.

    Of one that the shop split `shop_refs` and `statuses` are those of all parts; number and carrier are one part's.
    """

    order_id: int
    ref: str
    payment_text: str
    problem_code: str | None
    shop_refs: tuple[str, ...]
    number: str
    statuses: frozenset[str]
    tracking_number: str
    carrier_ref: str
    line_refs: tuple[str, ...]
    waiting_since: datetime | None


def shippable_orders(context: RunContext, *, strangers: bool = False) -> list[Shippable]:
    """Imported orders with one shop order that the marketplace still waits for, nearest deadline first.

    Chosen by a person: those of them. Else without those that need a person, or whose next try is not due. Without
    `strangers`, only those that belong to the account's seller and shop.
    """
    with reading() as session:
        query = select(Order).where(Order.account_id == context.account_id, Order.state == states.IMPORTED)
        if context.wanted is not None:
            query = query.where(Order.id.in_(context.wanted))
        query = query.options(selectinload(Order.shop_orders), selectinload(Order.lines))
        found = session.scalars(query.order_by(Order.ship_by.is_(None), Order.ship_by, Order.id))
        due = [_shippable(order, context) for order in found if order.shop_orders and _is_due(order, context)]
    if strangers or not due:
        return due
    apart = orders.strangers([each.order_id for each in due], context.home)
    return [each for each in due if each.order_id not in apart]


def watch_shop(context: RunContext, watched: Sequence[Shippable]) -> dict[int, str]:
    """Reads the shop orders again and keeps status, tracking number and carrier. Raises what the shop raises.

    Answers what is wrong with those that do not stand there any more, by our order's id: a code.
    """
    fallen = {each.order_id: GONE_FROM_SHOP for each in watched}
    standing: Counter[int] = Counter()
    by_ref = {ref: each for each in watched for ref in each.shop_refs}
    for chunk in chunks([each.order_id for each in watched], CHUNK_SIZE):
        refs = [ref for each in watched if each.order_id in chunk for ref in each.shop_refs]
        for read in context.shop.find_orders(shop_refs=refs):
            each = by_ref.get(read.shop_ref)
            if each is None:
                continue
            with transaction() as session:
                orders.keep_shop_order(session, context.account_id, each.order_id, read)
                warn_of(session, context, each.order_id, read)
                if each.ref in read.payment_text.split():  # it is that order: an older one says now whose it is
                    orders.bind(session, [each.order_id], context.home)
                if not live([read]):
                    fallen[each.order_id] = CANCELLED_IN_SHOP
                    continue
                standing[each.order_id] += 1
                if standing[each.order_id] == len(each.shop_refs):
                    del fallen[each.order_id]
                    if entry_of(each.problem_code).shop_order_is:
                        orders.clear_problem(session, each.order_id, context.found_by)
    return fallen


def _is_due(order: Order, context: RunContext) -> bool:
    if order.marketplace_state in states.DEAD:
        return False
    if context.wanted is not None or order.problem_code is None or entry_of(order.problem_code).watched:
        return True
    retried = order.problem_kind in orders.RETRIED_KINDS
    return retried and (order.next_try_at is None or order.next_try_at <= now())


def _shippable(order: Order, context: RunContext) -> Shippable:
    parts = orders.parts_of(order)
    told = next((each for each in parts if each.tracking_number.strip()), parts[0])
    return Shippable(
        order_id=order.id,
        ref=order.marketplace_ref,
        payment_text=orders.payment_text(context.account_settings, order.reference, order.marketplace_ref),
        problem_code=order.problem_code,
        shop_refs=tuple(each.shop_ref for each in parts),
        number=told.reference or told.shop_ref,
        statuses=frozenset(each.status_ref for each in parts),
        tracking_number=told.tracking_number.strip(),
        carrier_ref=told.carrier_ref,
        line_refs=tuple(line.line_ref for line in order.lines if line.ours),
        waiting_since=order.waiting_for_tracking_since,
    )

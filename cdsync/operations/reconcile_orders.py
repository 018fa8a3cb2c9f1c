"""Reconcile: proves for a period that nothing was lost, doubled or changed: three lists side by side.

1. The marketplace's list is read and stored: an order nobody had seen is no longer lost, and is said to have been.
2. The shop's list of orders with our payment text; shop orders of ours that it does not show are asked for by number,
   and the marketplace is asked for orders that only the shop knows.
3. Every order of the period gets one verdict (`cdsync.reconciliations`); they are kept.
Writes nothing to either side, but for one thing a person may ask for first: to cancel one of two shop orders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from cdsync import orders, reconciliations
from cdsync.connectors.base import MarketplaceOrder, ShopOrder, UnreadableOrder
from cdsync.connectors.powers import pages_of
from cdsync.db import reading, transaction
from cdsync.errors import RejectedError
from cdsync.models import Order
from cdsync.models import ShopOrder as ShopOrderRow
from cdsync.reconciliations import ALARMING, Facts, Verdict, judge, unclaimed

from .cancel_duplicate import cancel_duplicate
from .listing.keeping_pages import keep_page
from .listing.window import last_lookup, window_start
from .lookup_orders import STILL_OPEN
from .shared.chunks import chunks
from .shared.context import DONE, PROBLEM, RunContext
from .shared.outcome import STOPPED, WELL, Outcome
from .shared.reading_again import Kept, read_again
from .shared.strangers import leave_strangers

CANCEL = "cancel"  # option: the shop order to cancel, one of several for one marketplace order
AT_LEAST_DAYS = 7
SHOP_CLOCK = timedelta(days=1)  # the shop's clock and zone differ: its list is asked with an overlap
CHUNK_SIZE = 50
ASK_AT_MOST = 50


@dataclass(frozen=True)
class _Listed:
    """The orders that the marketplace knows, by their id; `late`: those that a lookup should have found before."""

    seen: frozenset[int]
    late: frozenset[int]
    outcome: Outcome


def run(context: RunContext) -> Outcome:
    """Raises what either side raises: a comparison with half a list would prove nothing."""
    leave_strangers(context, (), context.home)
    second = context.options.get(CANCEL)
    outcome = WELL if second is None else cancel_duplicate(context, str(second))
    since = window_start(context, AT_LEAST_DAYS)
    listed = _read_marketplace(context, since)
    outcome += listed.outcome
    if context.stopping():
        return outcome + STOPPED
    made = context.shop.marketplace_orders(since - SHOP_CLOCK, context.marketplace.title)
    in_shop = {each.shop_ref: each for each in made}
    for shop_ref in _of_other_accounts(context, list(in_shop)):
        del in_shop[shop_ref]
    facts = _facts(context, since, listed.seen)
    in_shop |= _not_listed(context, facts, in_shop)
    found = _ask_marketplace(context, unclaimed(facts, in_shop.values()))
    if found.seen:
        facts = _facts(context, since, listed.seen | found.seen)
    verdicts = judge(facts, list(in_shop.values()), listed.late | found.seen)
    standing = reconciliations.keep(context.account_id, context.run_id, since, verdicts)
    _count(context, standing, len(verdicts) - len(standing))
    return outcome + found.outcome


def _read_marketplace(context: RunContext, since: datetime) -> _Listed:
    """Stores the marketplace's list."""
    looked_up = last_lookup(context)
    seen, late = set[int](), set[int]()
    outcome = WELL
    with context.recorder.page_by_page() as told:
        for page in pages_of(context.marketplace, since, ""):
            kept = keep_page(context, page.entries)
            told(bool(kept.stored))
            outcome += kept.outcome
            seen.update(kept.unchanged, (stored.order_id for _, stored in kept.stored))
            new = [(entry, stored) for entry, stored in kept.stored if stored.is_new]
            late.update(stored.order_id for entry, stored in new if _is_overdue(entry, looked_up))
            if context.stopping():
                break
    return _Listed(frozenset(seen), frozenset(late), outcome)


def _is_overdue(entry: MarketplaceOrder | UnreadableOrder, looked_up: datetime | None) -> bool:
    if looked_up is None or isinstance(entry, UnreadableOrder):
        return False
    changed = entry.updated_at or entry.created_at
    return changed is not None and changed < looked_up


def _facts(context: RunContext, since: datetime, seen: Set[int]) -> list[Facts]:
    """The orders of the period: seen at the marketplace, changed or imported since, or still open."""
    home = context.home
    with reading() as session:
        recent = or_(Order.marketplace_updated_at >= since, Order.imported_at >= since, Order.state.in_(STILL_OPEN))
        query = select(Order).where(Order.account_id == context.account_id, home.is_here)
        query = query.options(selectinload(Order.lines), selectinload(Order.shop_orders)).order_by(Order.id)
        found = {order.id: order for order in session.scalars(query.where(recent))}
        for chunk in chunks(sorted(seen - set(found)), 500):
            found |= {order.id: order for order in session.scalars(query.where(Order.id.in_(chunk)))}
        return [_facts_of(context, order) for order in found.values()]


def _facts_of(context: RunContext, order: Order) -> Facts:
    return Facts(
        order_id=order.id,
        ref=order.marketplace_ref,
        reference=order.reference,
        state=order.state,
        problem_code=order.problem_code,
        waits=order.problem_kind in orders.RETRIED_KINDS,
        total=orders.total_to_import(order),
        payment_text=orders.payment_text(context.account_settings, order.reference, order.marketplace_ref),
        shop_refs=tuple(each.shop_ref for each in order.shop_orders),
        stock=tuple(orders.warning_data(order, "stock")),
    )


def _not_listed(context: RunContext, facts: Sequence[Facts], in_shop: Mapping[str, ShopOrder]) -> dict[str, ShopOrder]:
    """Shop orders of ours that the list does not show (older, or renamed in the shop), asked for by number."""
    refs = [ref for each in facts for ref in each.shop_refs if ref not in in_shop]
    found: dict[str, ShopOrder] = {}
    for at in range(0, len(refs), CHUNK_SIZE):
        found |= {each.shop_ref: each for each in context.shop.find_orders(shop_refs=refs[at : at + CHUNK_SIZE])}
    return found


def _of_other_accounts(context: RunContext, shop_refs: Sequence[str]) -> list[str]:
    """Shop orders that another account made in this same shop: they are no strangers, only not this account's."""
    found: list[str] = []
    home = context.home
    for some in chunks(shop_refs, 500):
        with reading() as session:
            query = select(ShopOrderRow.shop_ref).join(Order, Order.id == ShopOrderRow.order_id)
            theirs = (ShopOrderRow.account_id != context.account_id, Order.shop == home.shop)
            found += session.scalars(query.where(*theirs, ShopOrderRow.shop_ref.in_(some)).distinct())
    return found


def _ask_marketplace(context: RunContext, strangers: Sequence[ShopOrder]) -> _Listed:
    """Orders that only the shop knows: one of ours that is older, or one that the marketplace knows after all."""
    found: set[int] = set()
    outcome = WELL
    for each in strangers[:ASK_AT_MOST]:
        numbers = each.payment_text.removeprefix(context.marketplace.title).split()
        if not numbers:
            continue
        if context.stopping():
            outcome += STOPPED
        elif (known := _known(context, numbers)) is not None:
            found.add(known)
        elif (kept := _asked(context, numbers[-1])) is not None:
            found.add(kept.stored.order_id)
            outcome += kept.outcome
    return _Listed(frozenset(found), frozenset(found), outcome)


def _known(context: RunContext, numbers: Sequence[str]) -> int | None:
    with reading() as session:
        named = or_(Order.marketplace_ref.in_(numbers), Order.reference.in_(numbers))
        return session.scalar(select(Order.id).where(Order.account_id == context.account_id, named).limit(1))


def _asked(context: RunContext, number: str) -> Kept | None:
    try:
        return read_again(context, number)
    except RejectedError:
        return None


def _count(context: RunContext, verdicts: Sequence[Verdict], dismissed: int) -> None:
    """A row that a person has dismissed is settled: it makes no run end with a problem."""
    with transaction() as session:
        for _ in range(dismissed):
            context.count(session, DONE)
        for each in verdicts:
            bad = each.kind in ALARMING
            if bad and each.order_id is not None:
                context.put(session, each.order_id, PROBLEM, f"reconcile.{each.kind}")
            else:
                context.count(session, PROBLEM if bad else DONE)
            context.counts[each.kind] += 1

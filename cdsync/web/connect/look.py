"""Step 4 of connecting: the last days read without writing, what was entered by hand already, and a dry run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice

from flask import request
from sqlalchemy import ColumnElement, func, select

from cdsync import settings, states
from cdsync.connectors import powers
from cdsync.connectors.base import live
from cdsync.db import db, now, transaction
from cdsync.errors import CdsyncError
from cdsync.models import Account, Order, Run
from cdsync.models import ShopOrder as KnownShopOrder
from cdsync.operations import start_and_enqueue
from cdsync.orders import leave_out, payment_title
from cdsync.orders.shop_side.entered_by_hand import NEAR, Likeness, NotInShop, alike, without_imported

from ..one_order.preview import Preview, previews
from ..settings.mappings import met_modes
from ..shell import access, outside
from ..shell.messages import flash
from ..shell.typed_text import row_numbers
from ..text.language import _, ngettext

SHOWN = 5  # orders of the dry run
READ_AT_MOST = 2000  # shop orders compared; a busy shop has more than a page can wait for


@dataclass(frozen=True)
class Look:
    """How the reading stands. `run`: the newest lookup, None before the first."""

    run: Run | None
    days: int
    to_import: int = 0
    problems: int = 0
    unmapped: tuple[tuple[str, int], ...] = ()  # delivery modes without a carrier, and their waiting orders

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.open

    @property
    def done(self) -> bool:
        return self.run is not None and self.run.state == "finished"


@dataclass(frozen=True)
class Entered:
    """What may be in the shop already; `trouble` when the shop did not answer. `cut`: not all could be compared."""

    likenesses: tuple[Likeness, ...] = ()
    compared: int = 0
    cut: bool = False
    trouble: CdsyncError | None = None


def start(account: Account) -> None:
    """Raises ConfigError: run.already_running, redis.away."""
    start_and_enqueue(account, "lookup", trigger="button", actor=access.actor())


def look(account: Account) -> Look:
    """Reads the database only."""
    newest = select(Run).where(Run.account_id == account.id, Run.operation == "lookup").order_by(Run.id.desc())
    chosen = settings.read(account).orders
    mapped = _spelled(account, chosen)
    waiting = ((mode, pending) for mode, (_total, pending) in met_modes(account.id).items() if pending)
    return Look(
        db.session.scalar(newest.limit(1)),
        chosen.lookback_days,
        _count(account.id, Order.state == states.TO_IMPORT),
        _count(account.id, Order.problem_code.is_not(None)),
        () if chosen.default_carrier else tuple((mode, count) for mode, count in waiting if mode not in mapped),
    )


def entered(account: Account) -> Entered:
    """Compares the orders that are to be imported with the shop's of the same days. Asks the shop; writes nothing."""
    waiting = [_waiting(order) for order in _to_import(account.id)]
    if not waiting:
        return Entered()
    known = set(db.session.scalars(select(KnownShopOrder.shop_ref).where(KnownShopOrder.account_id == account.id)))
    since = min((each.bought_at for each in waiting if each.bought_at), default=now() - timedelta(days=30)) - NEAR
    account_id = account.id
    try:
        title = payment_title(settings.read(account))
        with outside.asked("by hand", account_id):
            shop = outside.shop(account)
            listed = list(islice(shop.marketplace_orders(since, ""), READ_AT_MOST + 1))
            found = [each for each in live(listed[:READ_AT_MOST]) if each.shop_ref not in known]
            found = without_imported(found, title, waiting)
            likenesses = alike(waiting, found, partial(powers.buyers_of, shop))
    except CdsyncError as error:
        return Entered(trouble=error)
    return Entered(tuple(likenesses), len(found), len(listed) > READ_AT_MOST)


def leave_out_ticked(account: Account) -> None:
    """The ticked orders of this account, and says how many."""
    ticked = row_numbers(request.form.getlist("id"))
    mine = select(Order.id).where(Order.account_id == account.id, Order.id.in_(ticked))
    with transaction() as session:
        done = leave_out(session, list(session.scalars(mine)), access.by_me())
    if not done:
        flash(_("Nothing was ticked, so no order is left out."), "wait")
        return
    said = ngettext(
        "%(num)s order is left out of every import.", "%(num)s orders are left out of every import.", len(done)
    )
    flash(said, "good")


def dry_run(account: Account) -> list[tuple[Order, Preview]]:
    """Up to five orders and what their import would send, those without a problem first. Writes nothing."""
    chosen = _to_import(account.id, SHOWN)
    ids = [order.id for order in chosen]
    found = previews(account, chosen)
    return [(db.session.get_one(Order, order_id), found[order_id]) for order_id in ids]


def _to_import(account_id: int, limit: int | None = None) -> list[Order]:
    query = select(Order).where(Order.account_id == account_id, Order.state == states.TO_IMPORT)
    first = query.order_by(Order.problem_code.is_not(None), Order.id.desc())
    return list(db.session.scalars(first.limit(limit)))


def _waiting(order: Order) -> NotInShop:
    bought = order.purchased_at or order.marketplace_created_at
    return NotInShop(
        order.id, order.marketplace_ref, order.reference, order.total, order.currency, order.buyer_name, bought
    )  # fmt: skip


def _spelled(account: Account, chosen: settings.OrderSettings) -> dict[str, str]:
    return settings.in_every_spelling(chosen.carriers, str(settings.show(account)["marketplace"]["connector"]))


def _count(account_id: int, condition: ColumnElement[bool]) -> int:
    query = select(func.count(Order.id)).where(Order.account_id == account_id, condition)
    return db.session.scalar(query) or 0


__all__ = ["Entered", "Look", "dry_run", "entered", "leave_out_ticked", "look", "start"]

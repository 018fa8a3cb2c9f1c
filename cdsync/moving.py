"""A seller or a shop that has moved and is still the same: proved by orders known from before, then its orders follow.

Asks the other side, writes nothing there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cdsync import settings
from cdsync.connectors.base import UnreadableOrder
from cdsync.db import db, reading
from cdsync.errors import ConfigError, RejectedError
from cdsync.models import Account, Order, ShopOrder

ASKED = 5  # the newest orders known from before


@dataclass(frozen=True)
class Proof:
    """What showed that a side is the same as before. `found`: numbers of orders known from before; may be empty."""

    side: str
    place: str  # the seller, or the shop as it names itself
    version: str = ""
    found: tuple[str, ...] = ()


def prove(account: Account, document: Mapping[str, Any], side: str) -> Proof:
    """Looks whether the side that a settings document names is the one the account's orders belong to.

    document: as `settings.load` takes it; it may be only {"account": …} when the side moved by itself.
    Raises ConfigError("moved.another_seller"), ("moved.not_the_same" [place, missing, asked]), SettingsInvalid, and
    what the side raises.
    """
    account_id, before = account.id, settings.read(account)
    new = settings.would_be({"account": account.name, **document})
    db.session.rollback()
    if side == "marketplace":
        return _prove_seller(account_id, before, new)
    return _prove_shop(account_id, new)


def move(account: Account, document: Mapping[str, Any], side: str, *, actor: str = "") -> Proof:
    """`prove`, then stores the settings, and the account's orders follow. Raises as `prove` and `settings.load` do."""
    name = account.name
    proof = prove(account, document, side)
    settings.load({"account": name, **document}, actor=actor, moved={side: proof.place})
    return proof


def _prove_seller(account_id: int, before: settings.AccountSettings, new: settings.AccountSettings) -> Proof:
    old, now = settings.seller_of(before), settings.seller_of(new)
    if old.rpartition("/")[2] != now.rpartition("/")[2]:
        raise ConfigError("moved.another_seller", old=old, new=now)
    refs = _newest(account_id)
    found: list[str] = []
    missing: list[str] = []
    marketplace = settings.marketplace_of(new)
    for ref in refs:
        try:
            entry = marketplace.order(ref)
        except RejectedError:
            missing.append(ref)
        else:
            (missing if isinstance(entry, UnreadableOrder) else found).append(ref)
    _refuse(now, found, missing)
    return Proof("marketplace", now, found=tuple(found))


def _prove_shop(account_id: int, new: settings.AccountSettings) -> Proof:
    known = _newest_in_shop(account_id)
    shop = settings.shop_of(new)
    data = shop.reference_data()
    place = settings.shop_place(new, shop)
    there = {each.shop_ref: each for each in shop.find_orders(shop_refs=[ref for ref, _, _ in known])} if known else {}
    found: list[str] = []
    missing: list[str] = []
    for shop_ref, reference, ref in known:
        other = there.get(shop_ref)
        same = other is not None and other.reference == reference and ref in other.payment_text.split()
        (found if same else missing).append(reference or shop_ref)
    _refuse(place, found, missing)
    return Proof("shop", place, data.version, tuple(found))


def _refuse(place: str, found: Sequence[str], missing: Sequence[str]) -> None:
    """One order may have been deleted there; where most are not what they were, it is another place."""
    if missing and len(missing) >= len(found):
        raise ConfigError("moved.not_the_same", place=place, missing=list(missing), asked=len(found) + len(missing))


def _newest(account_id: int) -> list[str]:
    with reading() as session:
        query = select(Order.marketplace_ref).where(Order.account_id == account_id, Order.seller != "")
        return list(session.scalars(query.order_by(Order.id.desc()).limit(ASKED)))


def _newest_in_shop(account_id: int) -> list[tuple[str, str, str]]:
    """Shop number, shop reference and marketplace number of the newest shop orders."""
    with reading() as session:
        query = select(ShopOrder.shop_ref, ShopOrder.reference, Order.marketplace_ref)
        mine = query.join(Order, Order.id == ShopOrder.order_id).where(ShopOrder.account_id == account_id)
        return [(a, b, c) for a, b, c in session.execute(mine.order_by(ShopOrder.id.desc()).limit(ASKED))]

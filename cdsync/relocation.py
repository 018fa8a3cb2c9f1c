"""A seller or a shop that has moved and is still the same: proved by orders known from before, then its orders follow.

Asks the other side, writes nothing there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from cdsync import accounts, connectors, orders, settings
from cdsync.connectors.base import Shop, UnreadableOrder
from cdsync.db import db, reading, transaction
from cdsync.errors import ConfigError, RejectedError
from cdsync.models import Account, Order, ShopOrder

ASKED = 5  # the newest orders known from before


@dataclass(frozen=True)
class Proof:
    """What showed that a side is the same as before. `found`: numbers of orders known from before; may be empty.

    orders: how many belonged to where it was before, and follow.
    """

    side: str
    place: str  # the seller, or the shop as it names itself
    version: str = ""
    found: tuple[str, ...] = ()
    orders: int = 0


@dataclass(frozen=True)
class Strangers:
    """Orders that belong to another seller ("marketplace") or shop than their account is tied to now."""

    side: str
    before: str
    now: str
    orders: int


def strangers(account: Account) -> list[Strangers]:
    """What moved without any change of settings, as the last runs found it. Asks nobody."""
    now = settings.seller_of(settings.read(account))
    with reading() as session:
        mine = select(Order.seller, func.count(Order.id)).where(Order.account_id == account.id)
        away = mine.where(Order.problem_code.in_(orders.codes_elsewhere("seller"))).group_by(Order.seller)
        found = [Strangers("marketplace", before, now, count) for before, count in session.execute(away)]
        known = select(Order.shop, Order.problem_data).where(Order.account_id == account.id)
        counted: Counter[tuple[str, str]] = Counter()
        for row in session.execute(known.where(Order.problem_code.in_(orders.codes_elsewhere("shop")))):
            counted[row.shop, str((row.problem_data or {}).get("now", ""))] += 1
    return found + [Strangers("shop", before, there, count) for (before, there), count in counted.items()]


def prove(account: Account, document: Mapping[str, Any], side: str) -> Proof:
    """Looks whether the side that a settings document names is the one the account's orders belong to.

    document: as `settings.load` takes it; it may be only {"account": …} when the side moved by itself. Only orders that
    would belong elsewhere are asked for: those that are at home prove nothing about the others.
    Raises ConfigError("moved.another_seller"), ("moved.not_the_same" [place, missing, asked]), ("moved.nothing"),
    SettingsInvalid, and what the side raises.
    """
    account_id, before = account.id, settings.read(account)
    new = settings.would_be({"account": account.name, **document})
    db.session.rollback()
    proof = _prove_seller(account_id, new) if side == "marketplace" else _prove_shop(account_id, new)
    if not proof.orders and _identity(before, side) == _identity(new, side):
        raise ConfigError("moved.nothing")
    return proof


def move(account: Account, document: Mapping[str, Any], *sides: str, actor: str = "") -> tuple[Proof, ...]:
    """`prove` for each side, then stores the settings, and the account's orders follow; their problem ends.

    Raises as `prove` and `settings.load` do; nothing was changed then.
    """
    account_id, name = account.id, account.name
    proofs = tuple(prove(_account(account_id), document, side) for side in sides)
    settings.load({"account": name, **document}, actor=actor, moved={proof.side: proof.place for proof in proofs})
    seller = settings.seller_of(settings.read(_account(account_id)))
    db.session.rollback()
    place = next((proof.place for proof in proofs if proof.side == "shop"), None)
    with transaction() as session:
        orders.mark_strangers(session, account_id, orders.Home(seller, place))
    return proofs


def load(document: Mapping[str, Any], *, actor: str = "") -> tuple[Account, tuple[Proof, ...]]:
    """`settings.load` of a document whose seller or shop has moved and is the same: proved where it is another one.

    Raises as `move`.
    """
    try:
        return settings.load(document, actor=actor, ask=True), ()
    except settings.SettingsMove as moved:
        sides = [change.side for change in moved.changes]
    account = accounts.find(settings.would_be(document).account)
    account_id = account.id
    proofs = move(account, document, *sides, actor=actor)
    return _account(account_id), proofs


def _account(account_id: int) -> Account:
    return db.session.get_one(Account, account_id)


def _identity(chosen: settings.AccountSettings, side: str) -> tuple[str, str]:
    values = chosen.marketplace if side == "marketplace" else chosen.shop
    connector = str(values["connector"])
    return connector, connectors.identity(side, connector, values)


def _prove_seller(account_id: int, new: settings.AccountSettings) -> Proof:
    now = settings.seller_of(new)
    refs, count, sellers = _of_other_sellers(account_id, now)
    for old in sellers:
        if old.rpartition("/")[2] != now.rpartition("/")[2]:
            raise ConfigError("moved.another_seller", old=old, new=now)
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
    return Proof("marketplace", now, found=tuple(found), orders=count)


def _prove_shop(account_id: int, new: settings.AccountSettings) -> Proof:
    shop = settings.shop_of(new)
    data = shop.reference_data()
    place = settings.shop_place(new, shop)
    found: list[str] = []
    count = 0
    for old, orders_there in _of_other_shops(account_id, place).items():
        known = _newest_in_shop(account_id, old)
        count += orders_there
        found += _found_again(shop, place, known)
    return Proof("shop", place, data.version, tuple(found), count)


def _found_again(shop: Shop, place: str, known: Sequence[tuple[str, str, str]]) -> list[str]:
    """The shop's references of those orders that are there as they were known. Raises as `_refuse`."""
    there = {each.shop_ref: each for each in shop.find_orders(shop_refs=[ref for ref, _, _ in known])} if known else {}
    found: list[str] = []
    missing: list[str] = []
    for shop_ref, reference, ref in known:
        other = there.get(shop_ref)
        same = other is not None and other.reference == reference and ref in other.payment_text.split()
        (found if same else missing).append(reference or shop_ref)
    _refuse(place, found, missing)
    return found


def _refuse(place: str, found: Sequence[str], missing: Sequence[str]) -> None:
    """One order may have been deleted there; where most are not what they were, it is another place."""
    if missing and len(missing) >= len(found):
        raise ConfigError("moved.not_the_same", place=place, missing=list(missing), asked=len(found) + len(missing))


def _of_other_sellers(account_id: int, now: str) -> tuple[list[str], int, list[str]]:
    """The newest orders found at another seller, how many there are, and those sellers."""
    with reading() as session:
        away = (Order.account_id == account_id, Order.seller.not_in(("", now)))
        newest = select(Order.marketplace_ref).where(*away).order_by(Order.id.desc()).limit(ASKED)
        count = session.scalar(select(func.count(Order.id)).where(*away)) or 0
        return list(session.scalars(newest)), count, list(session.scalars(select(Order.seller).where(*away).distinct()))


def _of_other_shops(account_id: int, place: str) -> dict[str, int]:
    """Each other shop that orders of the account were tied to, and how many."""
    with reading() as session:
        away = select(Order.shop, func.count(Order.id)).where(Order.account_id == account_id)
        rows = session.execute(away.where(Order.shop.not_in(("", place))).group_by(Order.shop))
        return {row[0]: row[1] for row in rows}


def _newest_in_shop(account_id: int, place: str) -> list[tuple[str, str, str]]:
    """Shop number, shop reference and marketplace number of the newest shop orders that were made there."""
    with reading() as session:
        query = select(ShopOrder.shop_ref, ShopOrder.reference, Order.marketplace_ref)
        mine = query.join(Order, Order.id == ShopOrder.order_id)
        there = mine.where(Order.account_id == account_id, Order.shop == place)
        rows = session.execute(there.order_by(ShopOrder.id.desc()).limit(ASKED))
        return [(a, b, c) for a, b, c in rows]

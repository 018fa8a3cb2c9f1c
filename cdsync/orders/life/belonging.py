"""Where an order was found and where it goes: what belongs to another seller or another shop is left alone.

`Order.seller` is written when an order is found, `Order.shop` at its first write (`bind`); both are compared with what
the account's settings mean now. Writes nothing outside the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, not_, select, update
from sqlalchemy.orm import Session

from cdsync import settings, states
from cdsync.db import reading
from cdsync.error_catalogue import codes_where
from cdsync.error_catalogue.articles.entry import Elsewhere
from cdsync.errors import CdsyncError, RejectedError
from cdsync.models import Account, Order, ShopOrder

from .moves import NOBODY, By
from .problems import clear_problem, raise_problem

_OPEN = (states.ANNOUNCED, states.TO_ACCEPT, states.ACCEPTED, states.TO_IMPORT, states.IMPORTED)
_OPERATION = {states.TO_ACCEPT: "accept", states.TO_IMPORT: "import", states.IMPORTED: "ship"}


@dataclass(frozen=True)
class Home:
    """What an account's settings mean now. shop: None where only the marketplace is concerned, or nobody could ask."""

    seller: str
    shop: str | None = None

    @property
    def is_here(self) -> ColumnElement[bool]:
        """The condition for orders that belong here."""
        mine = Order.seller == self.seller
        return mine if self.shop is None else and_(mine, Order.shop.in_(("", self.shop)))

    def stranger(self, seller: str, shop: str) -> CdsyncError | None:
        """Why an order of that seller and shop does not belong here; None when it does."""
        if not seller:
            return RejectedError("order.seller_unknown", now=self.seller)
        if seller != self.seller:
            return RejectedError("order.other_seller", found=seller, now=self.seller)
        if self.shop is not None and shop not in ("", self.shop):
            return RejectedError("order.other_shop", shop=shop, now=self.shop)
        return None


def seller_of(account_id: int) -> str:
    """The seller that an account's settings mean now; "" while they do not say."""
    with reading() as session:
        return settings.seller_of(settings.read(session.get_one(Account, account_id)))


def strangers(order_ids: Sequence[int], home: Home) -> dict[int, CdsyncError]:
    """Those of the orders that do not belong here, and why."""
    with reading() as session:
        rows = session.execute(select(Order.id, Order.seller, Order.shop).where(Order.id.in_(order_ids)))
        found = {row.id: home.stranger(row.seller, row.shop) for row in rows}
    return {order_id: error for order_id, error in found.items() if error is not None}


def codes_elsewhere(*kinds: Elsewhere) -> frozenset[str]:
    """The codes of problems of orders that belong elsewhere in one of these ways."""
    return codes_where(lambda entry: entry.elsewhere in kinds)


def waits_for_its_shop(account_id: int) -> bool:
    """Whether any order of the account has the problem that it belongs to another shop."""
    with reading() as session:
        mine = (Order.account_id == account_id, Order.problem_code.in_(codes_elsewhere("shop")))
        return session.scalar(select(Order.id).where(*mine).limit(1)) is not None


def mark_strangers(session: Session, account_id: int, home: Home, by: By = NOBODY) -> int:
    """Gives every open order that does not belong here its problem, and ends that of those that do again; how many
    got one. A problem that is there already stays as it is."""
    mine = (Order.account_id == account_id, Order.state.in_(_OPEN))
    columns = select(Order.id, Order.seller, Order.shop, Order.state, Order.problem_code).where(*mine)
    marked = 0
    for row in session.execute(columns.where(not_(home.is_here))).all():
        error = home.stranger(row.seller, row.shop)
        if error is not None and row.problem_code != error.code:
            raise_problem(session, row.id, error, _OPERATION.get(row.state, "lookup"), by, attempt=False)
            marked += 1
    of_the_shop = codes_elsewhere("shop") if home.shop is not None else frozenset()
    seen = codes_elsewhere("seller", "unknown") | of_the_shop
    for row in session.execute(columns.where(home.is_here, Order.problem_code.in_(seen))).all():
        clear_problem(session, row.id, by)
    return marked


def bind(session: Session, order_ids: Sequence[int], home: Home) -> set[int]:
    """Ties orders to the shop at their first write; returns those that are its own.

    A compare-and-set: an order that was tied to another shop, or found at another seller, is not among them.
    """
    query = update(Order).where(Order.id.in_(order_ids), home.is_here).values(tie(home))
    return set(session.scalars(query.returning(Order.id)))


def tie(home: Home) -> dict[str, str]:
    """The columns by which an order is tied to the shop."""
    if home.shop is None:
        raise ValueError("without its shop nothing can be tied to it")
    return {"shop": home.shop}


class AccountGate:
    """`connectors.gate.Gate` of one account, asked just before each write leaves.

    home: what a run's settings mean. A run keeps its own settings to its end, so what is saved meanwhile cannot lead
    its orders elsewhere.
    """

    def __init__(self, account_id: int, home: Callable[[], Home]) -> None:
        self._account_id, self._home = account_id, home

    def orders(self, refs: Sequence[str]) -> Mapping[str, CdsyncError]:
        """By the marketplace's reference; raises what asking the shop for its name raises."""
        home = self._home()
        with reading() as session:
            mine = (Order.account_id == self._account_id, Order.marketplace_ref.in_(refs))
            columns = select(Order.marketplace_ref, Order.seller, Order.shop)
            known = {row.marketplace_ref: (row.seller, row.shop) for row in session.execute(columns.where(*mine))}
        found = {ref: home.stranger(*known.get(ref, ("", ""))) for ref in refs}
        return {ref: error for ref, error in found.items() if error is not None}

    def shop_orders(self, shop_refs: Sequence[str]) -> Mapping[str, CdsyncError]:
        """By the shop's number; a shop order that is no order of ours belongs to whoever asks."""
        home = self._home()
        with reading() as session:
            mine = (ShopOrder.account_id == self._account_id, ShopOrder.shop_ref.in_(shop_refs))
            columns = select(ShopOrder.shop_ref, Order.seller, Order.shop).join(Order, Order.id == ShopOrder.order_id)
            rows = session.execute(columns.where(*mine)).all()
        found = {row.shop_ref: home.stranger(row.seller, row.shop) for row in rows}
        return {ref: error for ref, error in found.items() if error is not None}


__all__ = [
    "AccountGate",
    "Home",
    "bind",
    "codes_elsewhere",
    "mark_strangers",
    "strangers",
    "waits_for_its_shop",
]

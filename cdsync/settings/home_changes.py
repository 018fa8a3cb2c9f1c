"""Where an account's orders belong, and what a change of settings would mean for those there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from .. import connectors, states
from ..errors import ConfigError
from ..models import Account, Order
from . import sections


@dataclass(frozen=True)
class HomeChange:
    """Another seller ("marketplace") or another shop than before.

    orders: how many the account has. tied: how many of them belong to the former place for good: every order to the
    seller it was found at, and to a shop from its first write there on.
    """

    side: str
    old: str
    new: str
    orders: int
    tied: int

    @property
    def key(self) -> str:
        """The dotted key of the setting a person changed most likely."""
        return "marketplace.seller_id" if self.side == "marketplace" else "shop.url"


def changes(
    session: Session, account: Account, stored: Mapping[str, Any], merged: Mapping[str, Any]
) -> list[HomeChange]:
    """What the merged sections would change about where the account's orders belong; nothing while it has none."""
    found = [
        (side, old, new)
        for side in sections.SIDES
        if (old := _identity(side, stored)) and (new := _identity(side, merged)) and old != new
    ]
    if not found:
        return []
    written = or_(Order.shop != "", Order.state.in_((states.IMPORTED, states.SHIPPED)))
    counted = select(func.count(Order.id), func.count(Order.id).filter(written))
    count, tied = session.execute(counted.where(Order.account_id == account.id)).one()
    if not count:
        return []
    return [HomeChange(side, old, new, count, count if side == "marketplace" else tied) for side, old, new in found]


def follow(session: Session, account_id: int, side: str, home: str) -> int:
    """The marketplace or the shop has moved and is the same: the account's orders follow; how many.

    Of the orders only those follow that were tied to the place before: an order nobody knows the seller of does not.
    """
    column = Order.seller if side == "marketplace" else Order.shop
    mine = (Order.account_id == account_id, column.not_in(("", home)))
    query = update(Order).where(*mine).values({column.key: home})
    return len(session.scalars(query.returning(Order.id)).all())


def _identity(side: str, stored: Mapping[str, Any]) -> str:
    """Connector and identity; "" while they are not filled in, or the connector is gone."""
    values = stored.get(side, {})
    connector = str(values.get("connector") or sections.default_connector(side))
    try:
        found = connectors.identity(side, connector, values)
    except ConfigError:
        return ""
    return f"{connector} {found}" if found else ""

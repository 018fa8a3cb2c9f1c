"""The merchant's own word on which product of the shop a SKU is, and who waits for it. Asks no shop."""

from __future__ import annotations

from sqlalchemy import delete, select

from ..db import db, transaction
from ..models import Order, OrderLine, ProductMapping
from ..states import TO_IMPORT
from .queries import OF_PRODUCT


def accounts_knowing(sku: str) -> set[int]:
    """The accounts whose orders or mappings know a SKU."""
    ordered = select(Order.account_id).join(OrderLine, OrderLine.order_id == Order.id).where(OrderLine.sku == sku)
    by_mapping = select(ProductMapping.account_id).where(ProductMapping.sku == sku)
    return set(db.session.scalars(ordered.union(by_mapping)))


def mapped(account_id: int, sku: str) -> ProductMapping | None:
    """The merchant's own word on a SKU."""
    mine = (ProductMapping.account_id == account_id, ProductMapping.sku == sku)
    return db.session.scalar(select(ProductMapping).where(*mine))


def orders_waiting_for(account_id: int, sku: str) -> list[int]:
    """Ids of the orders to import that a problem with this SKU's product stops."""
    with_sku = select(OrderLine.order_id).where(OrderLine.sku == sku)
    stopped = (Order.account_id == account_id, Order.state == TO_IMPORT, OF_PRODUCT)
    return list(db.session.scalars(select(Order.id).where(*stopped, Order.id.in_(with_sku)).order_by(Order.id)))


def remember(account_id: int, sku: str, product_ref: str, combination_ref: str, *, actor: str) -> None:
    """Stores which product of the shop a SKU is, in place of an earlier word on it. Commits."""
    with transaction() as session:
        row = mapped(account_id, sku)
        if row is None:
            row = ProductMapping(account_id=account_id, sku=sku)
            session.add(row)
        row.product_ref, row.combination_ref, row.created_by = product_ref, combination_ref, actor


def forget(account_id: int, sku: str) -> bool:
    """Drops the merchant's word on a SKU: the shop is searched again. Commits; False when there was none."""
    with transaction() as session:
        mine = (ProductMapping.account_id == account_id, ProductMapping.sku == sku)
        gone = session.scalars(delete(ProductMapping).where(*mine).returning(ProductMapping.id)).all()
    return bool(gone)

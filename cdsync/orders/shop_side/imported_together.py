"""Keeps many imported orders at once, by a few statements. What becomes of each is what `keep_imported` makes of it.

Only for orders that nothing is to be found out about; the others are `keep_imported`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.connectors.base import Imported
from cdsync.db import Base, now
from cdsync.models import Order, ShopOrder

from ..life.belonging import Home
from ..life.moves import NOBODY, By, move_together, note_together
from .from_shop import corrections_as_rows, match_columns, shop_order_columns

_LINES, _ORDERS, _SHOP_ORDERS = (Base.metadata.tables[each] for each in ("order_lines", "orders", "shop_orders"))
_MATCHED = ("product_ref", "combination_ref", "product_name", "matched_by", "stock", "vat_rate", "matched_at")
_MATCH = (
    update(_LINES)
    .where(_LINES.c.order_id == bindparam("of_order"), _LINES.c.line_ref == bindparam("of_line"))
    .values({name: bindparam(f"to_{name}") for name in _MATCHED})
)
_CORRECT = update(_ORDERS).where(_ORDERS.c.id == bindparam("of_order")).values(corrections=bindparam("found"))


def plainly_imported(
    session: Session, account_id: int, results: Mapping[int, Imported], home: Home, owner: str
) -> list[int]:
    """Those by whose import nothing but their shop order is to be told: made now and in one piece, still this owner's
    and of this home, without a problem, wanted by the marketplace. Two queries; locked until the transaction ends."""
    made = {each: result for each, result in results.items() if not (result.adopted or result.parts or result.warnings)}
    mine = (Order.id.in_(made), Order.claim_owner == owner, Order.seller == home.seller, Order.shop == home.shop)
    as_it_was = (Order.state == states.TO_IMPORT, Order.problem_code.is_(None))
    query = select(Order.id, Order.marketplace_state).where(*mine, *as_it_was).order_by(Order.id)
    rows = session.execute(query.with_for_update(skip_locked=True)).all()
    ended = (states.CANCELLED, states.REFUSED)
    wanted = [row.id for row in rows if row.marketplace_state not in ended]
    refs = [made[order_id].order.shop_ref for order_id in wanted]
    same = (ShopOrder.account_id == account_id, ShopOrder.shop_ref.in_(refs))
    known = set(session.scalars(select(ShopOrder.shop_ref).where(*same)))
    return [
        order_id
        for order_id, ref in zip(wanted, refs, strict=True)
        if ref not in known and refs.count(ref) == 1
    ]  # fmt: skip


def keep_imported_together(session: Session, account_id: int, results: Mapping[int, Imported], by: By = NOBODY) -> None:
    """The rows of shop orders, the corrections, the moves to `imported` and their events, of orders that are
    `plainly_imported`. Raises WrongStateError when one of them moved meanwhile: then nothing of it may be committed."""
    if not results:
        return
    session.connection().execute(insert(_SHOP_ORDERS), [_shop_order(account_id, *each) for each in results.items()])
    _run(session, _MATCH, (row for each in results.items() for row in _matches(*each)))
    _run(session, _CORRECT, (
        {"of_order": order_id, "found": corrections_as_rows(result.corrections)}
        for order_id, result in results.items() if result.corrections
    ))  # fmt: skip
    told: dict[int, dict[str, Any]] = {
        order_id: {"shop_order": result.order.shop_ref, "number": result.order.reference}
        for order_id, result in results.items()
    }
    imported = {order_id: data | {"adopted": False} for order_id, data in told.items()}
    note_together(session, "import.imported", imported, by)
    move_together(session, states.TO_IMPORT, states.IMPORTED, told, by)


def _run(session: Session, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
    if every := list(rows):
        session.connection().execute(statement, every)


def _shop_order(account_id: int, order_id: int, result: Imported) -> dict[str, Any]:
    known = {"account_id": account_id, "order_id": order_id, "shop_ref": result.order.shop_ref}
    return {**known, **shop_order_columns(result.order), "adopted": False, "verified_at": now()}


def _matches(order_id: int, result: Imported) -> Iterable[dict[str, Any]]:
    for line_ref, match in result.matches.items():
        columns = {f"to_{name}": value for name, value in match_columns(match).items()}
        yield {"of_order": order_id, "of_line": line_ref, **columns}

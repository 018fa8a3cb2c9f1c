"""Keeps what the shop said of an order: the checks before any write, and the shop order that came of it.

Asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdsync import states
from cdsync.connectors.base import Correction, Examination, Imported, NotImported, ProductMatch
from cdsync.connectors.base import ShopOrder as ShopReading
from cdsync.db import now
from cdsync.error_catalogue import entry_of
from cdsync.error_catalogue.articles.entry import Figures
from cdsync.errors import CdsyncError, RejectedError, WrongStateError
from cdsync.models import Order, OrderLine, ShopOrder

from ..life.moves import NOBODY, By, move, note
from ..life.problems import ATTEMPTS, clear_problem, raise_problem


def keep_examination(
    session: Session, order_id: int, found: Examination, operation: str, by: By = NOBODY
) -> str | None:
    """Keeps matches, corrections and warnings, and the first problem as the order's; returns its code.

    Without problems, one that earlier checks had found is cleared; what a tried import met stays.
    """
    keep_matches(session, order_id, found.matches)
    values = {"corrections": corrections_as_rows(found.corrections), "warnings": _as_warnings(found.warnings)}
    session.execute(update(Order).where(Order.id == order_id).values(values))
    return keep_check(session, order_id, found.problems[0] if found.problems else None, operation, by)


def replace_warnings(session: Session, order_id: int, codes: Iterable[str], found: Iterable[CdsyncError]) -> None:
    """Warnings of these codes are now those found; an order's other warnings stay."""
    replace_warnings_of(session, codes, {order_id: found})


def replace_warnings_of(session: Session, codes: Iterable[str], found: Mapping[int, Iterable[CdsyncError]]) -> None:
    """The same of many orders: one query, and a statement for each whose warnings change."""
    looked_for = set(codes)
    for order_id, known in session.execute(select(Order.id, Order.warnings).where(Order.id.in_(found))).all():
        kept = known or []
        new = [each for each in kept if each["code"] not in looked_for] + _as_warnings(found[order_id])
        if new != kept:
            session.execute(update(Order).where(Order.id == order_id).values(warnings=new))


def warning_data(order: Order, kind: Figures) -> list[dict[str, Any]]:
    """What those of the order's warnings hold that something is reckoned with: their data, in their order."""
    return [each["data"] for each in order.warnings or () if entry_of(each["code"]).figures == kind]


def keep_check(
    session: Session, order_id: int, error: CdsyncError | None, operation: str, by: By = NOBODY
) -> str | None:
    """What the checks say of an order now: its problem, or that there is none; returns the order's problem code."""
    standing = session.execute(
        select(Order.problem_code, Order.problem_kind, Order.attempts).where(Order.id == order_id)
    )
    code, kind, attempts = standing.one()
    replaceable = code is None or (found_by_checks(code) and kind == "rejected")
    if error is not None and (replaceable or kind == "temporary"):
        raise_problem(session, order_id, error, operation, by, attempt=False)
        return error.code
    if error is None and replaceable and code is not None and attempts < ATTEMPTS:
        clear_problem(session, order_id, by, keep_attempts=True)
        return None
    return str(code) if code else None


def found_by_checks(code: str) -> bool:
    """Whether the checks before any write can find (and so also end) this problem."""
    return entry_of(code).found_by == "check"


def keep_imported(session: Session, account_id: int, order_id: int, result: Imported, by: By = NOBODY) -> None:
    """The shop order's row, the corrections, the move to `imported` and its events.

    Raises RejectedError("import.several_orders") when that shop order is another order's already.
    """
    for made in (result.order, *result.parts):
        keep_shop_order(session, account_id, order_id, made, adopted=result.adopted)
    keep_matches(session, order_id, result.matches)
    if result.corrections:
        session.execute(
            update(Order).where(Order.id == order_id).values(corrections=corrections_as_rows(result.corrections))
        )
    if result.warnings:
        replace_warnings(session, order_id, {each.code for each in result.warnings}, result.warnings)
    data: dict[str, Any] = {"shop_order": result.order.shop_ref, "number": result.order.reference}
    note(session, order_id, "import.imported", data | {"adopted": result.adopted}, by)
    wanted_by_marketplace = session.scalar(select(Order.marketplace_state).where(Order.id == order_id))
    try:
        move(session, order_id, states.TO_IMPORT, states.IMPORTED, by, data=data)
    except WrongStateError as exc:
        if exc.data.get("state") in (states.IMPORTED, states.SHIPPED):
            return
        wanted_by_marketplace = states.CANCELLED
    if wanted_by_marketplace in (states.CANCELLED, states.REFUSED):
        error = RejectedError("order.cancelled_after_import", shop_order=result.order.reference)
        raise_problem(session, order_id, error, "import", By(by.run), attempt=False)


def keep_not_imported(session: Session, order_id: int, result: NotImported) -> None:
    """What the shop connector found out about an order that did not get through; the problem is raised apart."""
    keep_matches(session, order_id, result.matches)
    if result.corrections:
        session.execute(
            update(Order).where(Order.id == order_id).values(corrections=corrections_as_rows(result.corrections))
        )


def keep_shop_order(
    session: Session, account_id: int, order_id: int, read: ShopReading, *, adopted: bool | None = None
) -> None:
    """Upserts the row of a shop order as read back; `adopted` None leaves what the row says."""
    same_ref = (ShopOrder.account_id == account_id, ShopOrder.shop_ref == read.shop_ref)
    row = session.scalar(select(ShopOrder).where(*same_ref))
    if row is not None and row.order_id != order_id:
        raise RejectedError("import.several_orders", shop_orders=[read.shop_ref])
    if row is None and adopted and _is_another_accounts(session, account_id, order_id, read.shop_ref):
        raise RejectedError("import.several_orders", shop_orders=[read.shop_ref])
    if row is None:
        row = ShopOrder(account_id=account_id, order_id=order_id, shop_ref=read.shop_ref)
        session.add(row)
    for name, value in shop_order_columns(read).items():
        setattr(row, name, value)
    if adopted is not None:
        row.adopted, row.verified_at = adopted, now()


def shop_order_columns(read: ShopReading) -> dict[str, Any]:
    """What a reading says, by the column it is kept in."""
    return {
        "reference": read.reference,
        "cart_ref": read.cart_ref,
        "status_ref": read.status_ref,
        "status_name": read.status_name[:255],
        "cancelled": read.cancelled,
        "total_paid": read.total_paid,
        "total_paid_real": read.payments,
        "total_products": read.total_products,
        "total_shipping": read.total_shipping,
        "total_without_tax": read.total_without_tax,
        "invoice_number": read.invoice_number,
        "payment_text": read.payment_text[:255],
        "tracking_number": read.tracking_number,
        "carrier_ref": read.carrier_ref,
        "url": read.url,
        "read_at": now(),
    }


def wait_for_tracking(session: Session, order_id: int, since: datetime, by: By) -> None:
    """The shop says it is shipped and has no parcel number yet: since when it is waited for, aware UTC."""
    session.execute(update(Order).where(Order.id == order_id).values(waiting_for_tracking_since=since))
    note(session, order_id, "ship.waiting_for_tracking", by=by)


def _is_another_accounts(session: Session, account_id: int, order_id: int, shop_ref: str) -> bool:
    """Whether an order of another account, in the same shop, has that shop order already."""
    shop = session.scalar(select(Order.shop).where(Order.id == order_id)) or ""
    theirs = (ShopOrder.account_id != account_id, ShopOrder.shop_ref == shop_ref, Order.shop == shop)
    query = select(ShopOrder.id).join(Order, Order.id == ShopOrder.order_id).where(*theirs)
    return session.scalar(query.limit(1)) is not None


def keep_matches(session: Session, order_id: int, matches: Mapping[str, ProductMatch]) -> None:
    """What the shop's product is for each line, with its stock at that moment."""
    for line in session.scalars(select(OrderLine).where(OrderLine.order_id == order_id)):
        match = matches.get(line.line_ref)
        if match is None:
            continue
        for name, value in match_columns(match).items():
            setattr(line, name, value)


def match_columns(match: ProductMatch) -> dict[str, Any]:
    """What a line is in the shop, by the column it is kept in."""
    return {
        "product_ref": match.product_ref,
        "combination_ref": match.combination_ref,
        "product_name": match.name[:512],
        "matched_by": match.matched_by,
        "stock": match.stock,
        "vat_rate": match.vat_rate,
        "matched_at": now(),
    }


def _as_warnings(found: Iterable[CdsyncError]) -> list[dict[str, Any]]:
    return [{"code": each.code, "data": dict(each.data)} for each in found]


def corrections_as_rows(corrections: Iterable[Correction]) -> list[dict[str, str]]:
    """Corrections as they are stored."""
    return [{"field": c.field, "before": c.before, "after": c.after, "why": c.why} for c in corrections]

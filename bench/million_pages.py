"""The pages that are measured with many orders, and how many milliseconds each may take."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from sqlalchemy import func, select

from cdsync.db import db
from cdsync.models import Account, Order, OrderLine, Run, ShopOrder
from cdsync.order_lists.tabs import ALL, SORTS, TABS

PAGE, LIST = 50, 100
FAR = 1000
Page = tuple[str, str, float]  # what it is called, its address, milliseconds


def pages() -> list[Page]:
    """Of the account with most orders."""
    account = db.session.scalars(select(Account).order_by(Account.id).limit(1)).one()
    mine = select(Order).where(Order.account_id == account.id)
    count = db.session.scalar(select(func.count()).select_from(Order).where(Order.account_id == account.id)) or 0
    order = db.session.scalars(mine.where(Order.imported_at.is_not(None)).order_by(Order.id.desc()).limit(1)).one()
    return [*_plain(account, order), *_lists(-(-count // 50)), *_searches(order)]


def _plain(account: Account, order: Order) -> Iterator[Page]:
    run = db.session.scalar(select(func.max(Run.id)).where(Run.account_id == account.id))
    for name, path in (
        ("overview", "/"), ("orders: what there is to do", "/orders"), ("an order", f"/orders/{order.marketplace_ref}"),
        ("bar over a list", "/orders/selection?tab=all"), ("problems", "/problems"), ("products", "/products"),
        ("products, unmatched", "/products?only=unmatched"), ("products, short", "/products?only=short"),
        ("products, searched", "/products?q=SKU-00012"), ("runs", "/runs"),
        ("runs with problems", "/runs?outcome=problems"),
        ("a run", f"/runs/{run}"), ("reconcile", "/reconcile"), ("automation", "/automation"),
        ("settings", "/settings"), ("accounts", "/accounts"),
    ):  # fmt: skip
        yield name, path, PAGE


def _lists(last: int) -> Iterator[Page]:
    for tab in TABS:
        yield f"orders, {tab}", f"/orders?tab={tab}", LIST
    for sort in SORTS:
        yield f"orders, all by {sort}", f"/orders?tab={ALL}&sort={sort}", LIST
    for name, asked in (
        ("any problem", "problem=any"), ("one problem", "problem=product.unknown"), ("no problem", "problem=none"),
        ("7 days", "date=7"), ("30 days", "date=30"), ("a day", "from=2024-03-01&to=2024-03-01"),
    ):  # fmt: skip
        yield f"orders, {name}", f"/orders?tab={ALL}&{asked}", LIST
    for name, page in ((f"page {FAR:,}, or the last", min(FAR, last)), ("the last page", last)):
        yield f"orders, {name}", f"/orders?tab={ALL}&page={page}", LIST
        yield f"orders shipped, {name}", f"/orders?tab=shipped&page={page}", LIST


def _searches(order: Order) -> Iterator[Page]:
    made = db.session.scalars(select(ShopOrder).where(ShopOrder.order_id == order.id).limit(1)).one()
    line = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).limit(1)).one()
    for name, words in (
        ("a marketplace number", order.marketplace_ref), ("a reference", order.reference),
        ("a shop order", made.reference), ("a SKU", line.sku), ("a SKU that sells", "SKU-00000"),
        ("a buyer", order.buyer_name), ("an e-mail address", (order.addresses["shipping"] or {}).get("email", "")),
        ("a part of a number", order.reference[:-2]), ("a word of every order", "mug"), ("nothing", "Xyzzy"),
    ):  # fmt: skip
        yield f"search: {name}", f"/orders?tab={ALL}&q={quote(words)}", LIST

"""Marketplace orders and everything that hangs on one: lines, events, shop orders, the journal of its import."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cdsync.column_types import Json, Money, Name, UtcTime
from cdsync.db import Model, now
from cdsync.packed_text import Packed

# What lists are sorted by, as their indexes spell it: a query that spells it otherwise sorts all orders there are.
BOUGHT = "coalesce(purchased_at, marketplace_created_at, found_at)"
IN_SHOP = "coalesce(shipped_at, imported_at, purchased_at, marketplace_created_at, found_at)"
DUE = "CASE WHEN (state = 'to_accept') THEN accept_by ELSE ship_by END"

LEFT_OUT = "orders.state = 'elsewhere' AND orders.marketplace_state = 'to_import'"  # by a person; may be taken back
NOT_IMPORTED = "orders.state IN ('accepted', 'announced', 'to_accept', 'to_import')"
# Of the few that are stopped, or not imported yet, all that lists of them are counted and sorted by: no row is read.
_DATES = ("accept_by", "ship_by", "purchased_at", "marketplace_created_at", "found_at")
STOPPED = (
    "problem_code", "state", "problem_kind", "problem_since", "next_try_at", "problem_operation", "attempts",
    *_DATES, "imported_at", "shipped_at",
)  # fmt: skip
WAITING = ("state", "problem_code", "state_since", *_DATES)


def _sorted(name: str, *terms: str) -> Index:
    """An index of each account's orders by these, the newest of equal ones first."""
    return Index(f"ix_orders_{name}", "account_id", *(text(term) for term in (*terms, "id DESC")))


def _where(name: str, condition: str, *columns: str) -> Index:
    """An index of the few rows that a condition holds for."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


class Order(Model):
    """One marketplace order of one account.

    `state` is written by `cdsync.orders.move` only. The problem columns say why the next step did not happen;
    they are independent of the state. The claim columns say which run works on it, and until when that holds.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("account_id", "marketplace_ref"),
        Index("ix_orders_account_id_reference", "account_id", "reference"),
        Index("ix_orders_lower_reference", text("lower(reference)")),
        Index("ix_orders_lower_marketplace_ref", text("lower(marketplace_ref)")),
        Index("ix_orders_account_id_state_ship_by", "account_id", "state", "ship_by"),
        Index("ix_orders_account_id_found_at", "account_id", "found_at"),
        Index("ix_orders_account_id_imported_at", "account_id", "imported_at"),
        _where("ix_orders_stopped", "problem_code IS NOT NULL", "account_id", *STOPPED),
        _where("ix_orders_not_imported", NOT_IMPORTED.replace("orders.", ""), "account_id", *WAITING),
        _where("ix_orders_left_out", LEFT_OUT.replace("orders.", ""), "account_id", "state", "marketplace_state"),
        _where("ix_orders_claimed", "claim_owner IS NOT NULL", "claim_owner", "claim_until"),
        Index("ix_orders_newest", "account_id", text(f"({BOUGHT}) DESC"), text("id DESC"), "state", "problem_code"),
        _sorted("in_shop", "state", f"({IN_SHOP}) DESC"),
        _sorted("due", f"({DUE} IS NULL)", f"({DUE})"),
        _sorted("dearest", "(total IS NULL)", "total DESC"),
        _sorted("cheapest", "(total IS NULL)", "total"),
        _sorted("buyer", "(buyer_name = '')", "lower(buyer_name)"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    marketplace_ref: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str] = mapped_column(String(200), default="")
    seller: Mapped[str] = mapped_column(String(255), default="")  # where it was found: "api.octopia-io.net/98979"
    shop: Mapped[str] = mapped_column(String(255), default="")  # where it goes, from its first write on

    state: Mapped[str] = mapped_column(String(16))
    state_since: Mapped[datetime] = mapped_column(UtcTime, default=now)
    marketplace_status: Mapped[str] = mapped_column(String(64), default="")  # as received, known or not
    marketplace_state: Mapped[str] = mapped_column(String(16), default="")  # the state that status stands for, or ""
    status_known: Mapped[bool] = mapped_column(default=True)  # False: kept and shown, never importable
    sales_channel: Mapped[str] = mapped_column(String(32), default="")

    currency: Mapped[str] = mapped_column(String(8), default="")
    total: Mapped[Decimal | None] = mapped_column(Money)  # what the buyer paid, tax included
    shipping: Mapped[Decimal | None] = mapped_column(Money)  # of the live seller lines, tax included
    fees: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)  # [{"label": …, "amount": "1.00"}]

    buyer_name: Mapped[str] = mapped_column(String(255), default="")  # for list and search
    buyer_place: Mapped[str] = mapped_column(String(255), default="")  # "69003 Lyon"
    buyer_note: Mapped[str] = mapped_column(String(64), default="")  # "company", "relay point", …
    customer_ref: Mapped[str] = mapped_column(String(64), default="")
    delivery_mode: Mapped[str] = mapped_column(String(64), default="")
    business: Mapped[bool] = mapped_column(default=False)
    # {"billing": {…} | null, "shipping": {…} | null}: the fields of `connectors.base.Address`, nothing cleaned
    addresses: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(
        Json, default=list
    )  # found while reading: [{"code":…, "data":…}]

    purchased_at: Mapped[datetime | None] = mapped_column(UtcTime)
    marketplace_created_at: Mapped[datetime | None] = mapped_column(UtcTime)
    marketplace_updated_at: Mapped[datetime | None] = mapped_column(UtcTime)
    accept_by: Mapped[datetime | None] = mapped_column(UtcTime)
    ship_by: Mapped[datetime | None] = mapped_column(UtcTime)
    found_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    read_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    read_digest: Mapped[str | None] = mapped_column(String(32))  # of `raw`, and how that was understood

    # The problem, if any.
    problem_code: Mapped[str | None] = mapped_column(String(64))
    problem_data: Mapped[dict[str, Any] | None] = mapped_column(Json)
    problem_operation: Mapped[str | None] = mapped_column(String(16))  # which step it stops
    problem_kind: Mapped[str | None] = mapped_column(String(16))  # rejected | temporary | unknown | config | internal
    problem_since: Mapped[datetime | None] = mapped_column(UtcTime)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcTime)

    dismissed: Mapped[list[str]] = mapped_column(Json, default=list)  # codes of problems a person has settled

    # Who works on it now.
    claim_owner: Mapped[str | None] = mapped_column(String(64))
    claim_until: Mapped[datetime | None] = mapped_column(UtcTime)

    corrections: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # [{"code":…, "data":{…}}]
    import_anyway: Mapped[bool] = mapped_column(default=False)  # a person decided past a CancelRequest
    accepted_sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    imported_at: Mapped[datetime | None] = mapped_column(UtcTime)
    shipped_at: Mapped[datetime | None] = mapped_column(UtcTime)
    waiting_for_tracking_since: Mapped[datetime | None] = mapped_column(UtcTime)

    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="OrderLine.id"
    )
    events: Mapped[list[OrderEvent]] = relationship(back_populates="order", order_by="OrderEvent.id")
    shop_orders: Mapped[list[ShopOrder]] = relationship(back_populates="order", order_by="ShopOrder.id")
    steps: Mapped[list[ImportStep]] = relationship(back_populates="order", order_by="ImportStep.id")
    told: Mapped[OrderRaw | None] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def raw(self) -> str:
        """The marketplace's JSON, untouched; "" where none is kept. Asks the database, the first time."""
        return self.told.text if self.told else ""

    @raw.setter
    def raw(self, text: str) -> None:
        if self.told is None:
            self.told = OrderRaw(text=text)
        else:
            self.told.text = text

    @property
    def number(self) -> str:
        """What people call it by: its reference, where the marketplace gave one, else its id there."""
        return self.reference or self.marketplace_ref

    @property
    def ordered_at(self) -> datetime:
        """When the buyer ordered, as near as it is known."""
        return self.purchased_at or self.marketplace_created_at or self.found_at


class OrderRaw(Model):
    """The marketplace's JSON of an order, untouched, as it was last read; it goes with its order, or before it."""

    __tablename__ = "order_raws"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(Packed)


class OrderLine(Model):
    """One line as last read, with the shop's product as last matched. Money tax included."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "line_ref"),
        Index("ix_order_lines_lower_sku", text("lower(sku)"), "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    line_ref: Mapped[str] = mapped_column(String(200))
    sku: Mapped[str] = mapped_column(String(255), default="", index=True)
    gtin: Mapped[str] = mapped_column(String(32), default="")
    title: Mapped[str] = mapped_column(String(512), default="")
    quantity: Mapped[int] = mapped_column(default=0)
    unit_price: Mapped[Decimal | None] = mapped_column(Money)
    shipping: Mapped[Decimal | None] = mapped_column(Money)
    total: Mapped[Decimal | None] = mapped_column(Money)
    commission: Mapped[Decimal | None] = mapped_column(Money)
    sold_vat_rate: Mapped[Decimal | None] = mapped_column(Money)  # percent, as the marketplace says it
    status: Mapped[str] = mapped_column(String(64), default="")
    sent_by: Mapped[str] = mapped_column(String(32), default="")  # who sends it where the seller does not
    delivery_mode: Mapped[str] = mapped_column(String(64), default="")
    live: Mapped[bool] = mapped_column(default=True)
    cancel_requested: Mapped[bool] = mapped_column(default=False)

    product_ref: Mapped[str] = mapped_column(Name, default="")
    combination_ref: Mapped[str] = mapped_column(Name, default="")
    product_name: Mapped[str] = mapped_column(String(512), default="")
    matched_by: Mapped[str] = mapped_column(String(32), default="")
    stock: Mapped[int | None] = mapped_column()
    vat_rate: Mapped[Decimal | None] = mapped_column(Money)  # percent
    matched_at: Mapped[datetime | None] = mapped_column(UtcTime)

    order: Mapped[Order] = relationship(back_populates="lines")

    @property
    def ours(self) -> bool:
        """As `MarketplaceLine.ours`."""
        return self.live and not self.sent_by


class OrderEvent(Model):
    """Something that happened to an order. The sentence is made from `kind` and `data` when shown.

    kind is dotted: order.found, order.moved, order.accepted, import.imported, problem.raised, problem.cleared, …
    """

    __tablename__ = "order_events"
    __table_args__ = (_where("ix_order_events_problems", "kind = 'problem.raised'", "at", "order_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    kind: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    run_id: Mapped[int | None] = mapped_column()  # which may be gone
    actor: Mapped[str] = mapped_column(String(128), default="")  # a user's name, "cron", "scheduler"

    order: Mapped[Order] = relationship(back_populates="events")


class ShopOrder(Model):
    """An order of the shop that came from an order of the marketplace, as last read back."""

    __tablename__ = "shop_orders"
    __table_args__ = (
        UniqueConstraint("account_id", "shop_ref"),
        Index("ix_shop_orders_lower_reference", "account_id", text("lower(reference)")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    shop_ref: Mapped[str] = mapped_column(Name)
    reference: Mapped[str] = mapped_column(String(64), default="")
    cart_ref: Mapped[str] = mapped_column(Name, default="")
    status_ref: Mapped[str] = mapped_column(Name, default="")
    status_name: Mapped[str] = mapped_column(String(255), default="")  # as the shop calls it
    cancelled: Mapped[bool] = mapped_column(default=False)  # as the connector said; judged by `connectors.base.live`
    total_paid: Mapped[Decimal] = mapped_column(Money)
    total_paid_real: Mapped[Decimal | None] = mapped_column(Money)
    total_products: Mapped[Decimal | None] = mapped_column(Money)
    total_shipping: Mapped[Decimal | None] = mapped_column(Money)
    total_without_tax: Mapped[Decimal | None] = mapped_column(Money)
    invoice_number: Mapped[str] = mapped_column(Name, default="")
    payment_text: Mapped[str] = mapped_column(String(255), default="")
    tracking_number: Mapped[str] = mapped_column(String(64), default="")
    carrier_ref: Mapped[str] = mapped_column(Name, default="")
    url: Mapped[str] = mapped_column(Text, default="")
    adopted: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    read_at: Mapped[datetime] = mapped_column(UtcTime, default=now)

    order: Mapped[Order] = relationship(back_populates="shop_orders")

    @property
    def number(self) -> str:
        """What people call it by: its reference, where the shop gave one, else its id there."""
        return self.reference or self.shop_ref


class ImportStep(Model):
    """The journal: one row per step of an order's import, written before its request leaves."""

    __tablename__ = "import_steps"
    __table_args__ = (
        UniqueConstraint("order_id", "name"),
        _where("ix_import_steps_unanswered", "done_at IS NULL", "run_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    begun_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    run_id: Mapped[int | None] = mapped_column()  # which may be gone

    order: Mapped[Order] = relationship(back_populates="steps")

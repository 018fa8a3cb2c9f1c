"""Accounts (a seller account tied to a shop) and what belongs to one, and the people who sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdsync.column_types import Json, Name, UtcTime
from cdsync.db import Model, now


class Account(Model):
    """One seller account on one marketplace, tied to one shop.

    `settings` is the document of docs/settings.md without "account"; secrets in it are encrypted
    (`cdsync.secrets`), and only `cdsync.settings` reads or writes it.
    rehearsal: it is tied to the invented systems of `cdsync.sandbox` and counts nowhere among the real ones.
    places: host and port of those systems, written by their own start only; tied to any other, it is no rehearsal.
    active: its schedules run; the rehearsal's do only while its systems do.
    setup: how far "connect your own shop" got, {"step": 3}; None once that is done, or was never begun.
    notices: what the merchant has to be told about the account as a whole, [{"code":…, "data":…}], until dismissed.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    rehearsal: Mapped[bool] = mapped_column(default=False)
    places: Mapped[list[str]] = mapped_column(Json, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    desk: Mapped[str] = mapped_column(String(255), default="")  # address of the rehearsal's desk, or ""
    setup: Mapped[dict[str, Any] | None] = mapped_column(Json)
    notices: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, default=now, onupdate=now)


class ProductMapping(Model):
    """The merchant's own word on which product of the shop a SKU is; it wins over every search."""

    __tablename__ = "product_mappings"
    __table_args__ = (UniqueConstraint("account_id", "sku"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    sku: Mapped[str] = mapped_column(String(255))
    product_ref: Mapped[str] = mapped_column(Name)
    combination_ref: Mapped[str] = mapped_column(Name, default="0")
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    created_by: Mapped[str] = mapped_column(String(128), default="")


class CachedRead(Model):
    """What a run read of the shop's own data a moment ago, for the next run (`cdsync.bookkeeping.read_cache`)."""

    __tablename__ = "cached_reads"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(Name)
    value: Mapped[Any] = mapped_column(Json)
    read_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class User(Model):
    """Somebody who signs in. role: merchant (everything) or support (reads and retries).

    customer_data: whether a support person may see who the buyers are; a merchant always may (`sees_customers`).
    timezone, language: "" where the person chose none. disabled_at: since then nobody signs in under this name.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(128), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16))
    customer_data: Mapped[bool] = mapped_column(default=False)
    timezone: Mapped[str] = mapped_column(Name, default="")
    language: Mapped[str] = mapped_column(String(8), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcTime)

    token = ""  # of the sign-in that this person was loaded by; no column

    # What Flask-Login asks for.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        """What the session's cookie holds: a sign-in's token, which ends with that sign-in, and not the user's id."""
        return self.token

    @property
    def sees_customers(self) -> bool:
        """Whether names, addresses, phones and e-mails of buyers may be shown to this person."""
        return self.role == "merchant" or bool(self.customer_data)

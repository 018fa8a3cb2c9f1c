"""HTTP exchanges with marketplace and shop, kept for support. Secrets never reach this table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cdsync.column_types import UtcTime
from cdsync.db import Model, now
from cdsync.packed_text import Packed


class Exchange(Model):
    """One request and its answer, their bodies packed; a batch's exchange belongs to several orders."""

    __tablename__ = "exchanges"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    side: Mapped[str] = mapped_column(String(16))
    method: Mapped[str] = mapped_column(String(8))
    url: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None] = mapped_column()
    milliseconds: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(String(64), default="")
    request_body: Mapped[str] = mapped_column("request", Packed, key="request_body", default="")
    response_body: Mapped[str] = mapped_column("response", Packed, key="response_body", default="")
    at: Mapped[datetime] = mapped_column(UtcTime, default=now, index=True)


class ExchangeOrder(Model):
    """Which orders an exchange was about."""

    __tablename__ = "exchange_orders"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchanges.id", ondelete="CASCADE"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True, index=True)

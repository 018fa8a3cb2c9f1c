"""What a reconciliation found: one row per order of the period. Judging and repairing is not done here."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cdsync.column_types import Json, Money, UtcTime
from cdsync.db import Model, now


class Reconciliation(Model):
    """One comparison of the marketplace's list, our own table and the shop's list for a period."""

    __tablename__ = "reconciliations"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    since: Mapped[datetime] = mapped_column(UtcTime)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)  # kind → number, dismissed ones not counted
    alarm: Mapped[bool] = mapped_column(default=False)  # something is missing, twice, different or unknown

    rows: Mapped[list[ReconcileRow]] = relationship(
        back_populates="reconciliation", order_by="ReconcileRow.id", cascade="all, delete-orphan"
    )


class ReconcileRow(Model):
    """One order of the comparison. Totals tax included.

    kind: one of `cdsync.reconciliations.KINDS`.
    """

    __tablename__ = "reconcile_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliations.id", ondelete="CASCADE"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"))
    ref: Mapped[str] = mapped_column(String(200), default="")
    reference: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[str] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(64), default="")  # state of a waiting order, code of a problem, …
    shop_refs: Mapped[list[str]] = mapped_column(Json, default=list)
    marketplace_total: Mapped[Decimal | None] = mapped_column(Money)
    shop_total: Mapped[Decimal | None] = mapped_column(Money)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    dismissed_by: Mapped[str] = mapped_column(String(128), default="")
    dismissed_reason: Mapped[str] = mapped_column(String(255), default="")

    reconciliation: Mapped[Reconciliation] = relationship(back_populates="rows")

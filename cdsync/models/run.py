"""Runs of an operation, what became of each order in one, and signs of life of worker and scheduler."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cdsync.column_types import Json, UtcTime
from cdsync.db import Model, now

from .order import Order


class Run(Model):
    """One run of one operation for one account.

    state: queued → running → finished | failed | stopped | lost. `open` is True until it ended: the partial unique
    index makes a second open run of the same operation and account impossible, whatever RQ or cron do.
    `lease_until` is renewed while the run gets on; past it the worker counts as gone and the run is closed as lost.
    `progressed_at`: when it last got on (an answer came, an order was through), as of its last beat.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index(
            "uq_runs_open",
            "account_id",
            "operation",
            unique=True,
            sqlite_where=text("open = 1"),
            postgresql_where=text("open"),
        ),
        Index("ix_runs_account_id_operation_id", "account_id", "operation", "id"),
        Index("ix_runs_account_id_state_id", "account_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    operation: Mapped[str] = mapped_column(String(16))
    trigger: Mapped[str] = mapped_column(String(16))  # button | cron | scheduler | arrival | cli
    actor: Mapped[str] = mapped_column(String(128), default="")
    state: Mapped[str] = mapped_column(String(16), default="queued")
    open: Mapped[bool] = mapped_column(default=True)
    wanted: Mapped[list[int] | None] = mapped_column(Json)  # order ids; None: all that are due
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # e.g. {"refuse": true}
    total: Mapped[int] = mapped_column(default=0)
    processed: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)  # outcome → number
    queued_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    progressed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    owner: Mapped[str] = mapped_column(String(64), default="")  # host:pid:token of who runs it
    stop_requested: Mapped[bool] = mapped_column(default=False)
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_data: Mapped[dict[str, Any] | None] = mapped_column(Json)

    orders: Mapped[list[RunOrder]] = relationship(back_populates="run", order_by="RunOrder.id")


OPEN_RUN = Run.open == true()  # spelled as the partial index is: SQLite does not find `open IS 1` in it
MET_PROBLEM = "run_orders.outcome = 'problem'"  # likewise
_PROBLEM = text(MET_PROBLEM.replace("run_orders.", ""))


class RunOrder(Model):
    """What a run did with one order. outcome: done | problem | waiting | skipped | pending | working."""

    __tablename__ = "run_orders"
    __table_args__ = (
        UniqueConstraint("run_id", "order_id"),
        Index("ix_run_orders_problems", "run_id", sqlite_where=_PROBLEM, postgresql_where=_PROBLEM),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[str] = mapped_column(String(16), default="pending")
    code: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)

    run: Mapped[Run] = relationship(back_populates="orders")
    order: Mapped[Order] = relationship()


class ListReading(Model):
    """How far an account's list of orders was read at its marketplace.

    seller: whose list it is (`Order.seller`). place: where a reading goes on that did not come to its end, for the
    connector to understand; since: from when on that one reads, None where the last one came to its end. began_at:
    when the last one began, at whatever run. whole_at: when the last one began that came to its end.
    """

    __tablename__ = "list_readings"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    seller: Mapped[str] = mapped_column(String(255), default="")
    place: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime | None] = mapped_column(UtcTime)
    began_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    whole_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Heartbeat(Model):
    """The last sign of life of a long-running process, by name ("worker:host:pid", "scheduler:host:pid")."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

"""Whose turn it is to move a shop's stock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from cdsync.column_types import Name, UtcTime
from cdsync.db import Model


class StockTurn(Model):
    """One row for each shop, whatever accounts are tied to it (`cdsync.bookkeeping.stock_turns`).

    `owner`: the run that has the turn, "" when nobody has. `in_doubt`: its request was not answered.
    """

    __tablename__ = "stock_turns"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str] = mapped_column(String(255), unique=True)
    owner: Mapped[str] = mapped_column(Name, default="")
    step: Mapped[str] = mapped_column(String(32), default="")
    in_doubt: Mapped[bool] = mapped_column(default=False)
    until: Mapped[datetime] = mapped_column(UtcTime)

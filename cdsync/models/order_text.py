"""What a search finds an order by, as text: one narrow row an order, kept by the database itself.

Triggers write it in the transaction that writes the order, its lines or its shop orders, whoever writes them; it goes
with its order. Parts are lines of the text: a word, which holds no line end, is never found across two of them.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from cdsync.db import Base, Model

from . import order_text_ddl


class OrderText(Model):
    """`numbers`: both sides' numbers, SKUs and titles. `buyer`: who the buyer is: name, place, e-mail addresses."""

    __tablename__ = "order_texts"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    numbers: Mapped[str] = mapped_column(Text, default="")
    buyer: Mapped[str] = mapped_column(Text, default="")


event.listen(Base.metadata, "after_create", order_text_ddl.create)
event.listen(Base.metadata, "before_drop", order_text_ddl.drop)

"""What a search finds an order by, as text: one narrow row an order, kept by the database itself.

Triggers write it in the transaction that writes the order, its lines or its shop orders, whoever writes them; it goes
with its order. Parts are lines of the text: a word, which holds no line end, is never found across two of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, ForeignKey, Table, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from cdsync.db import Base, Model


class OrderText(Model):
    """`numbers`: both sides' numbers, SKUs and titles. `buyer`: who the buyer is: name, place, e-mail addresses."""

    __tablename__ = "order_texts"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    numbers: Mapped[str] = mapped_column(Text, default="")
    buyer: Mapped[str] = mapped_column(Text, default="")


@contextmanager
def written_once(connection: Connection) -> Iterator[None]:
    """Of the orders stored inside, with their lines, each text is written at the end instead of with every row.

    Where it is left by an error, the transaction has to be rolled back: it could not be committed.
    """
    waits = connection.dialect.name == "sqlite"
    if waits:
        connection.exec_driver_sql("INSERT INTO order_texts_waiting (order_id) VALUES (0)")
    yield
    if waits:
        connection.exec_driver_sql("DELETE FROM order_texts_waiting")


def _create(_metadata: Any, connection: Connection, tables: Collection[Table], **_more: Any) -> None:
    from . import order_text_ddl  # noqa: PLC0415 - only who makes tables needs it

    order_text_ddl.create(connection, tables)


def _drop(_metadata: Any, connection: Connection, **_more: Any) -> None:
    from . import order_text_ddl  # noqa: PLC0415

    order_text_ddl.drop(connection)


event.listen(Base.metadata, "after_create", _create)
event.listen(Base.metadata, "before_drop", _drop)

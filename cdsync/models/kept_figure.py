"""Figures that would take longer to count than a page may take: kept by the database itself, as rows change.

A figure says how many rows there are of each account and key. Triggers append what each changed row changes, in its own
transaction, whoever writes it: they only add rows, so that no two transactions wait for each other. What was appended
is summed up now and then (`cdsync.kept_figures`). Claims and what else no figure is made of change nothing.

To keep another one: a `Kept` in KEPT, and a migration after the newest that makes its triggers (`triggers` says how
they are spelled; copy the text, a migration must not need today's code) and appends what there is already, as 0012
does. Then `kept_figures.counts(account_id, figure)` answers it; `recount` compares and mends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, ForeignKey, Index, Integer, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column

from cdsync.db import Base, Model


class KeptFigure(Model):
    """How many rows there were when last summed up; zero is kept as well."""

    __tablename__ = "kept_figures"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    figure: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[int] = mapped_column()


class FigureChange(Model):
    """What was added to a figure, or taken away, since."""

    __tablename__ = "figure_changes"
    __table_args__ = (Index("ix_figure_changes_account_id_figure", "account_id", "figure"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    figure: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(255))
    change: Mapped[int] = mapped_column()


@dataclass(frozen=True)
class Kept:
    """A figure: rows of a table that has an account_id, counted by a text made of its columns.

    key: that text as SQL of both databases, `{row}` in place of the row's name. columns: those it is made of.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    key: str


ORDERS = Kept("orders", "orders", ("state", "delivery_mode"), "{row}.state || '/' || {row}.delivery_mode")
KEPT = (ORDERS,)
_APPEND = "INSERT INTO figure_changes (account_id, figure, key, change) VALUES "


def triggers(of: Kept, dialect: str) -> Iterator[str]:
    """The statements that make a figure follow its table, of "sqlite" or "postgresql"."""
    name, columns = f"{of.table}_figure_{of.name}", ("account_id", *of.columns)
    differ = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    differs = " OR ".join(f"OLD.{each} {differ} NEW.{each}" for each in columns)
    changed = f"AFTER UPDATE OF {', '.join(columns)} ON {of.table}"
    old, new = (f"({row}.account_id, '{of.name}', {of.key.format(row=row)}, {by})" for row, by in _SIDES)
    if dialect == "sqlite":
        yield f"CREATE TRIGGER {name}_added AFTER INSERT ON {of.table} BEGIN {_APPEND}{new}; END"
        yield f"CREATE TRIGGER {name}_gone AFTER DELETE ON {of.table} BEGIN {_APPEND}{old}; END"
        yield f"CREATE TRIGGER {name}_changed {changed} WHEN {differs} BEGIN {_APPEND}{old}, {new}; END"
        return
    does = f"EXECUTE FUNCTION {name}()"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' THEN {_APPEND}{old}; END IF; "
        f"IF TG_OP <> 'DELETE' THEN {_APPEND}{new}; END IF; RETURN NULL; END $$"
    )
    yield f"CREATE TRIGGER {name} AFTER INSERT OR DELETE ON {of.table} FOR EACH ROW {does}"
    yield f"CREATE TRIGGER {name}_changed {changed} FOR EACH ROW WHEN ({differs}) {does}"


_SIDES = (("OLD", -1), ("NEW", 1))


def _create(_metadata: Any, connection: Connection, tables: list[Table], **_more: Any) -> None:
    if KeptFigure.__tablename__ in {each.name for each in tables}:
        for statement in (each for of in KEPT for each in triggers(of, connection.dialect.name)):
            connection.exec_driver_sql(statement)


def _drop(_metadata: Any, connection: Connection, **_more: Any) -> None:
    """What would not go with its table."""
    if connection.dialect.name == "postgresql":
        for of in KEPT:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {of.table}_figure_{of.name}() CASCADE")


event.listen(Base.metadata, "after_create", _create)
event.listen(Base.metadata, "before_drop", _drop)

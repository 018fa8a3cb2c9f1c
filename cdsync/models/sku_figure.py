"""Which SKUs an account's orders asked for: on how many orders each is, and its last line. Kept by the database itself.

As `kept_figure`: triggers append what a line that comes, goes or is matched changes, and only add rows; what was
appended is summed up now and then (`cdsync.sku_figures`). An order counts once for each SKU its live lines ask for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import BigInteger, Connection, ForeignKey, Integer, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column

from cdsync.db import Base, Model


class SkuFigure(Model):
    """As it was when last summed up; a SKU that is on no order any more is kept with zero.

    line_id: of its live lines the newest that was matched with a product of the shop, else the newest.
    """

    __tablename__ = "sku_figures"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    sku: Mapped[str] = mapped_column(String(255), primary_key=True)
    orders: Mapped[int] = mapped_column()
    line_id: Mapped[int | None] = mapped_column()
    matched: Mapped[bool] = mapped_column()  # whether that line was


class SkuChange(Model):
    """A line that came, went, or was matched since; `orders`: how many more orders ask for the SKU by that."""

    __tablename__ = "sku_changes"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    sku: Mapped[str] = mapped_column(String(255))
    line_id: Mapped[int] = mapped_column()
    orders: Mapped[int] = mapped_column()


_APPEND = "INSERT INTO sku_changes (account_id, sku, line_id, orders) "
# 1, or 0 where another live line of the order asks for the SKU. By the order's lines: `|| ''` keeps SQLite from the
# index of SKUs, which may lead through all orders there are.
_ALONE = (
    "CASE WHEN EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = ROW.order_id AND l.sku || '' = ROW.sku "
    "AND l.live AND l.id <> ROW.id) THEN 0 ELSE 1 END"
)
_LINE = (
    f"{_APPEND}SELECT o.account_id, ROW.sku, ROW.id, BY FROM orders o "
    "WHERE o.id = ROW.order_id AND ROW.live AND ROW.sku <> ''"
)
_GONE = _LINE.replace("BY", f"-{_ALONE}").replace("ROW", "OLD")
_COME = _LINE.replace("BY", _ALONE).replace("ROW", "NEW")
_MATCHED = _LINE.replace("BY", "0").replace("ROW", "NEW")
_ORDER = (
    f"{_APPEND}SELECT {{row}}.account_id, sku, max(id), {{orders}} FROM order_lines "
    "WHERE order_id = OLD.id AND live AND sku <> '' GROUP BY sku"
)
_ORDER_GONE, _ORDER_COME = _ORDER.format(row="OLD", orders="-1"), _ORDER.format(row="NEW", orders="1")
_PLACE, _MATCH = ("order_id", "sku", "live"), "(OLD.product_ref = '') <> (NEW.product_ref = '')"


def _differ(columns: Collection[str], differ: str) -> str:
    return " OR ".join(f"OLD.{each} {differ} NEW.{each}" for each in columns)


def _sqlite() -> Iterator[str]:
    moved = _differ(_PLACE, "IS NOT")
    for name, moment, does in (
        ("order_lines_skus_added", "AFTER INSERT ON order_lines", _COME),
        ("order_lines_skus_gone", "AFTER DELETE ON order_lines", _GONE),
        ("order_lines_skus_moved", f"AFTER UPDATE OF {', '.join(_PLACE)} ON order_lines WHEN {moved}",
         f"{_GONE}; {_COME}"),
        ("order_lines_skus_matched", f"AFTER UPDATE OF product_ref ON order_lines WHEN NOT ({moved}) AND {_MATCH}",
         _MATCHED),
        ("orders_skus_gone", "BEFORE DELETE ON orders", _ORDER_GONE),  # lines that go with it find no order any more
        ("orders_skus_moved", "AFTER UPDATE OF account_id ON orders WHEN OLD.account_id IS NOT NEW.account_id",
         f"{_ORDER_GONE}; {_ORDER_COME}"),
    ):  # fmt: skip
        yield f"CREATE TRIGGER {name} {moment} BEGIN {does}; END"


def _postgresql() -> Iterator[str]:
    """BEFORE each row: so it sees what the same statement did to the order's other lines, as on SQLite, and counts an
    order once whose lines come or go together. A line written by INSERT … ON CONFLICT would be counted in vain."""
    moved = _differ(_PLACE, "IS DISTINCT FROM")
    yield (
        "CREATE FUNCTION order_lines_skus() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN {_GONE}; RETURN OLD; END IF; "
        f"IF TG_OP = 'INSERT' THEN {_COME}; ELSIF {moved} THEN {_GONE}; {_COME}; ELSE {_MATCHED}; END IF; "
        "RETURN NEW; END $$"
    )
    yield (
        "CREATE FUNCTION orders_skus() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{_ORDER_GONE}; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; {_ORDER_COME}; RETURN NEW; END $$"
    )
    for name, moment, function in (
        ("order_lines_skus", "INSERT OR DELETE ON order_lines FOR EACH ROW", "order_lines_skus"),
        ("order_lines_skus_changed", f"UPDATE OF {', '.join(_PLACE)}, product_ref ON order_lines FOR EACH ROW "
         f"WHEN ({moved} OR {_MATCH})", "order_lines_skus"),
        ("orders_skus_gone", "DELETE ON orders FOR EACH ROW", "orders_skus"),
        ("orders_skus_moved", "UPDATE OF account_id ON orders FOR EACH ROW "
         "WHEN (OLD.account_id IS DISTINCT FROM NEW.account_id)", "orders_skus"),
    ):  # fmt: skip
        yield f"CREATE TRIGGER {name} BEFORE {moment} EXECUTE FUNCTION {function}()"


def triggers(dialect: str) -> Iterator[str]:
    """The statements that make the figures follow the lines, of "sqlite" or "postgresql"."""
    return _postgresql() if dialect == "postgresql" else _sqlite()


def _create(_metadata: Any, connection: Connection, tables: list[Table], **_more: Any) -> None:
    if SkuFigure.__tablename__ in {each.name for each in tables}:
        for statement in triggers(connection.dialect.name):
            connection.exec_driver_sql(statement)


def _drop(_metadata: Any, connection: Connection, **_more: Any) -> None:
    """What would not go with its table."""
    if connection.dialect.name == "postgresql":
        for name in ("order_lines_skus", "orders_skus"):
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


event.listen(Base.metadata, "after_create", _create)
event.listen(Base.metadata, "before_drop", _drop)

"""Adds many rows of one table at once: how a column is kept is looked up once for all of them. Knows no table.

SQLAlchemy asks it of each value of each row, which takes half of what a page of new orders costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.engine import Connection, Dialect

Kept = Callable[[Any], Any] | None  # what the database is given for a value; None: the value itself


def add_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows, all of the same columns; the others get their model's defaults, the same for all of these rows.

    One statement. Raises what the database raises, and whatever a value that no column takes raises.
    """
    if not rows:
        return
    names = tuple(rows[0])
    statement, order, kept = _prepared(table, names, connection.dialect)
    columns = []
    for name in order:
        keep = kept[name]
        if name in rows[0]:
            column = [row[name] for row in rows]
            columns.append(column if keep is None else [keep(value) for value in column])
        else:
            value = _default(table, name)
            columns.append([value if keep is None else keep(value)] * len(rows))
    values: list[Any] = list(zip(*columns, strict=True))
    if not connection.dialect.positional:
        values = [dict(zip(order, row, strict=True)) for row in values]
    connection.exec_driver_sql(statement, values)


@lru_cache(maxsize=64)
def _prepared(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, Sequence[str], dict[str, Kept]]:
    """The statement, its columns in the order of its values, and how each is kept."""
    more = [column.name for column in table.c if column.default is not None and column.name not in names]
    compiled = insert(table).compile(dialect=dialect, column_keys=[*names, *more])
    order: Sequence[str] = compiled.positiontup or [*names, *more]
    kept: dict[str, Kept] = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order}
    return str(compiled), order, kept


def _default(table: Table, name: str) -> Any:
    default: Any = table.c[name].default
    return default.arg(None) if default.is_callable else default.arg

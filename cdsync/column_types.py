"""How values are kept in columns, the same on SQLite and PostgreSQL. Knows no table."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_WRITTEN = json.JSONEncoder(ensure_ascii=False, default=str)  # made once: a dozen values of each order go through it
_EMPTY: dict[str, type[list[Any]] | type[dict[str, Any]]] = {"[]": list, "{}": dict}


class Money(TypeDecorator[Decimal]):
    """A Decimal amount, stored as a whole number of millionths: exact, sortable and summable everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value * 1_000_000
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than six decimals: {value}")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else _of_millionths(value)


@lru_cache(maxsize=4096)  # prices repeat, and a list has hundreds of them
def _of_millionths(value: int) -> Decimal:
    cents = Decimal(value) / 1_000_000
    return cents.quantize(Decimal("0.01")) if value % 10_000 == 0 else cents.normalize()


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; a naive one is refused rather than guessed."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value).replace(tzinfo=None)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """On SQLite the text that SQLAlchemy keeps a time as, made in one go."""
        return _as_sqlite_keeps_it if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _as_sqlite_keeps_it(value: datetime | None) -> str | None:
    return None if value is None else _in_utc(value).isoformat(" ", "microseconds")[:26]


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time without zone")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON kept as text, Decimals as strings: the same on SQLite and PostgreSQL. Assign a new value to change it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _WRITTEN.encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        empty = _EMPTY.get(value)  # which most values of a list of orders are
        return json.loads(value) if empty is None else empty()


Name = String(64)

"""Rows added together are kept as each of them would be, in every column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, text

from cdsync.db import Base, db, transaction
from cdsync.many_rows import add_rows
from cdsync.models import Account, Order, OrderLine

_ORDERS, _LINES = (Base.metadata.tables[name] for name in ("orders", "order_lines"))
PARIS = timezone(timedelta(hours=2))
AT = datetime(2026, 11, 29, 23, 59, 59, 999999, PARIS)
TOLD = {
    "account_id": 1, "state": "to_import", "total": Decimal("1204.5"), "currency": "EUR", "business": True,
    "purchased_at": AT, "accept_by": datetime(2026, 1, 2, tzinfo=UTC), "ship_by": None,
    "addresses": {"billing": None, "shipping": {"lines": ("1 rue Élie",), "city": "Lyon"}},
    "fees": [{"label": "serviceFee", "amount": "0.333333"}], "state_since": AT, "found_at": AT, "read_at": AT,
}  # fmt: skip


@pytest.fixture(autouse=True)
def account(app):
    with transaction() as session:
        session.add(Account(id=1, name="main"))


def kept(table: str, key: str, value: str) -> dict[str, Any]:
    """As the driver hands it out."""
    with db.engine.connect() as connection:
        row = connection.execute(text(f"SELECT * FROM {table} WHERE {key} = :value"), {"value": value}).one()
        return {name: each for name, each in row._mapping.items() if name not in ("id", key)}


def test_every_column_is_kept_as_the_model_keeps_it() -> None:
    with transaction() as session:
        session.execute(insert(Order), [{**TOLD, "marketplace_ref": "ONE"}])
        add_rows(session.connection(), _ORDERS, [{**TOLD, "marketplace_ref": ref} for ref in ("TWO", "THREE")])
    assert kept("orders", "marketplace_ref", "ONE") == kept("orders", "marketplace_ref", "TWO")
    assert kept("orders", "marketplace_ref", "TWO") == kept("orders", "marketplace_ref", "THREE")
    assert kept("orders", "marketplace_ref", "TWO")["total"] == 1_204_500_000


def test_lines_as_well_and_no_row_is_no_statement() -> None:
    with transaction() as session:
        session.execute(insert(Order), [{**TOLD, "marketplace_ref": "ONE"}])
        order = session.query(Order.id).scalar()
        line = {"order_id": order, "quantity": 2, "unit_price": Decimal("0.333333"), "total": None, "live": False}
        session.execute(insert(OrderLine), [{**line, "line_ref": "1"}])
        add_rows(session.connection(), _LINES, [{**line, "line_ref": "2"}])
        add_rows(session.connection(), _LINES, [])
    assert kept("order_lines", "line_ref", "1") == kept("order_lines", "line_ref", "2")


@pytest.mark.parametrize("told", [{"total": Decimal("0.0000001")}, {"purchased_at": AT.replace(tzinfo=None)}])
def test_what_no_column_takes_is_refused_as_ever(told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"six decimals|without zone"), transaction() as session:
        add_rows(session.connection(), _ORDERS, [{**TOLD, **told, "marketplace_ref": "TWO"}])

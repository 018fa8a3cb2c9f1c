"""However many orders there are, a page reads those it shows: no list goes through all orders, lines or events.

Counts and plans, never seconds. A plan is that of SQLite, which keeps no figures of its own about how many rows there
are: it is the same with three orders and with a million.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from cdsync import orders, runs, states
from cdsync.db import db, transaction
from cdsync.models import Account
from cdsync.order_lists import search
from cdsync.order_lists.tabs import SORTS, TABS

from . import seed
from .conftest import Browser

GROWING = "orders|order_texts|order_lines|order_events|shop_orders|run_orders|exchanges|exchange_orders|import_steps"
# Statements a page, with several accounts. Of products two are for the lines that changed since they were summed up.
MOST = {
    "/products": 12, "/products?only=short": 12, "/products?q=mug": 13,
    "/": 12, "/problems": 9, "/runs": 9, "/reconcile": 9, "/automation": 11, "/accounts": 10, "/settings": 12,
    "/orders": 12, "/orders?tab=all": 12, "/orders?tab=all&problem=any": 12, "/orders?tab=all&problem=none": 12,
    "/orders?tab=all&date=7": 12,
    **{f"/orders?tab={tab}&q={words}": 12 for tab in ("all", "to_import") for words in ("Durand", "zoe+mug", "5f00")},
    "/runs?outcome=problems": 9,
}  # fmt: skip
LISTS = (
    *[f"tab={tab}" for tab in TABS],
    *[f"tab={tab}&sort={sort}" for tab in ("all", "shipped", "to_import") for sort in SORTS],
    *[f"tab=all&{asked}" for asked in ("problem=any", "problem=order.no_address", "problem=none", "date=7", "page=9")],
    *[f"tab={tab}&q={asked}" for tab in ("all", "to_import") for asked in ("Durand", "camille+mug", "5f0001", "12")],
    *[f"tab=shipped&{asked}" for asked in ("problem=any", "problem=order.no_address", "date=30", "page=9")],
)
Sent = list[tuple[str, Any]]


@contextmanager
def noted() -> Iterator[Sent]:
    """The statements sent meanwhile with their values, but for those that begin and end transactions."""
    sent: Sent = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        if not re.match("BEGIN|COMMIT|ROLLBACK", statement):
            sent.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def scans(sent: Sent) -> list[str]:
    """Where a table that grows with the orders is gone through from end to end, be it by an index."""
    told = [(plan, statement) for statement, values in sent for plan in plans([(statement, values)])]
    return [f"{plan}: {sql}" for plan, sql in told if re.match(rf"SCAN ({GROWING})(_\d+)?\b", plan)]


def plans(sent: Sent) -> list[str]:
    """What SQLite does for these statements, step by step."""
    with db.engine.connect() as connection:
        return [
            row.detail
            for statement, values in sent
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


@pytest.fixture
def on_sqlite(app: object) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("what PostgreSQL plans depends on how many rows there are")


@pytest.fixture
def stocked(seller: Account, neighbour: Account) -> Account:
    """Orders of each kind that lists ask for, beside another account's."""
    for state in states.STATES:
        seed.order(seller, state)
    seed.problem(seed.order(seller), "order.no_address")
    seed.problem(seed.order(seller, states.SHIPPED), "order.no_address")
    seed.shop_order(seed.order(seller, states.IMPORTED))
    return seller


@pytest.mark.usefixtures("on_sqlite", "stocked")
@pytest.mark.parametrize("asked", LISTS)
def test_no_list_goes_through_all_orders(merchant: Browser, asked: str) -> None:
    with noted() as sent:
        merchant.page(f"/orders?{asked}")
    assert scans(sent) == []
    assert not [sql for sql, _values in sent if "order_raws" in sql]


@pytest.mark.usefixtures("on_sqlite", "stocked")
@pytest.mark.parametrize("path", MOST)
def test_a_page_asks_few_questions_and_goes_through_no_table(merchant: Browser, path: str) -> None:
    with noted() as sent:
        merchant.page(path)
    assert scans(sent) == []
    assert len(sent) <= MOST[path], "\n".join(sql for sql, _values in sent)
    asked = [(sql, str(values)) for sql, values in sent]
    assert len(asked) == len(set(asked))


FEW = ("ix_orders_stopped", "ix_orders_not_imported")


@pytest.mark.usefixtures("on_sqlite", "stocked")
@pytest.mark.parametrize("path", ["/", "/orders?tab=all&problem=any", "/orders?tab=all&date=7&problem=any"])
def test_the_few_are_counted_without_reading_their_rows(merchant: Browser, path: str) -> None:
    """But for what is told of them: the data of a problem, and whether its tries are used up."""
    with noted() as sent:
        merchant.page(path)
    told = ("problem_data", "marketplace_ref")
    counting = [each for each in sent if not any(column in each[0] for column in told)]
    steps = [plan for plan in plans(counting) if any(index in plan for index in FEW)]
    assert steps
    assert not [step for step in steps if "COVERING" not in step]


@pytest.mark.usefixtures("on_sqlite", "stocked")
def test_runs_that_met_problems_are_known_by_their_index(merchant: Browser) -> None:
    with noted() as sent:
        merchant.page("/runs?outcome=problems")
    steps = [plan for plan in plans(sent) if "run_orders" in plan]
    assert steps
    assert all("ix_run_orders_problems" in step for step in steps)


@pytest.mark.usefixtures("on_sqlite", "stocked")
def test_an_order_is_found_with_all_that_hangs_on_it(merchant: Browser, stocked: Account) -> None:
    order = seed.order(stocked, states.IMPORTED)
    seed.shop_order(order)
    path = f"/orders/{order.marketplace_ref}"
    with noted() as sent:
        merchant.page(path)
    assert scans(sent) == []
    assert len(sent) <= 12


@pytest.mark.usefixtures("on_sqlite", "stocked")
def test_what_runs_do_all_the_time_goes_through_no_table() -> None:
    with noted() as sent:
        runs.close_lost()
        with transaction() as session:
            orders.renew(session, "nobody", 30)
            orders.release_all(session, "nobody")
    assert scans(sent) == []


@pytest.mark.usefixtures("on_sqlite", "stocked")
def test_a_search_is_asked_once_a_page(merchant: Browser) -> None:
    with noted() as sent:
        merchant.page("/orders?tab=all&q=Durand")
    assert len([sql for sql, _values in sent if "order_words MATCH" in sql]) == 1
    assert len([sql for sql, _values in sent if "lower(orders.reference)" in sql]) == 1
    assert len(sent) <= MOST["/orders"]
    by_number = [(sql, values) for sql, values in sent if "lower(orders.reference)" in sql]
    assert not [plan for plan in plans(by_number) if plan.endswith("(account_id=?)")], "that is all the account has"


@pytest.mark.usefixtures("on_sqlite", "stocked")
def test_no_order_is_gone_through_for_very_many_matches(merchant: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_FOUND", 2)
    for asked in (
        "tab=all&q=mug",
        "tab=all&q=demo_1",
        "tab=shipped&q=mug",
        "tab=imported&q=mug",
        "tab=to_import&q=mug",
    ):
        with noted() as sent:
            assert "+</b>" in merchant.get(f"/orders?{asked}").text
        assert scans(sent) == []
        assert len(sent) <= MOST["/orders"]


def test_a_scan_is_seen(on_sqlite: None) -> None:
    assert scans([("SELECT * FROM orders WHERE buyer_place = ?", ("69003 Lyon",))])
    assert not scans([("SELECT * FROM orders WHERE id = ?", (1,))])

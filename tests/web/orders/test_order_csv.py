"""The export: every match of the filter, plain decimals, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event

from cdsync import accounts, states
from cdsync.db import db
from cdsync.models import Account
from cdsync.order_lists import long_lists
from cdsync.web.text import csv_answers
from tests.web import seed
from tests.web.conftest import Browser

pytestmark = pytest.mark.usefixtures("neighbour")


def rows(browser: Browser, query: str = "tab=all", *, language: str = "", separator: str = ",") -> list[dict[str, str]]:
    headers = {"Accept-Language": language} if language else {}
    answer = browser.get(f"/orders/export.csv?{query}", headers=headers)
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=separator))


def test_an_export_holds_the_orders_of_the_filter_with_plain_amounts(merchant: Browser, seller: Account) -> None:
    order = seed.order(
        seller, states.IMPORTED, total=Decimal("1204.50"), reference="2611CSV", buyer_name="Zoé Ångström"
    )
    seed.shop_order(order, paid="1204.50", reference="XKB1", status_name="Shipped")
    seed.problem(seed.order(seller), "carrier.unmapped", {"mode": "Relais Colis"})
    [imported] = rows(merchant, "tab=imported")
    assert imported["reference"] == "2611CSV"
    assert (imported["total"], imported["shop_total"], imported["currency"]) == ("1204.50", "1204.50", "EUR")
    assert imported["buyer"] == "Zoé Ångström"
    assert (imported["shop_orders"], imported["shop_status"]) == ("XKB1", "Shipped")
    assert imported["purchased_at"].endswith("+00:00")
    [stopped] = rows(merchant, "tab=problems")
    assert stopped["problem_code"] == "carrier.unmapped"
    assert "Relais Colis" in stopped["problem"]
    assert len(rows(merchant)) == 2


def test_a_buyers_name_is_never_a_formula_nor_a_number(merchant: Browser, seller: Account) -> None:
    for name in ("=HYPERLINK(1)", "+33612345678", "-2+3", "@SUM(A1)"):
        seed.order(seller, buyer_name=name)
    assert {row["buyer"] for row in rows(merchant)} == {"'=HYPERLINK(1)", "'+33612345678", "'-2+3", "'@SUM(A1)"}


def test_where_a_fraction_stands_after_a_comma_cells_are_split_at_a_semicolon(
    merchant: Browser, seller: Account
) -> None:
    seed.order(seller, total=Decimal("1204.50"), buyer_name="Zoé; =1+1")
    [row] = rows(merchant, language="fr-FR,fr;q=0.9,en;q=0.8", separator=";")
    assert (row["total"], row["buyer"], row["pieces"]) == ("1204,50", "Zoé; '=1+1", "1")
    [row] = rows(merchant, language="en-GB,fr;q=0.8")
    assert row["total"] == "1204.50"


def test_support_without_the_right_gets_the_orders_but_not_their_buyers(support: Browser, seller: Account) -> None:
    seed.order(seller, reference="2611CSV")
    [row] = rows(support)
    assert (row["reference"], row["buyer"], row["place"]) == ("2611CSV", "•••", "•••")


def test_what_is_not_known_is_an_empty_cell(merchant: Browser, seller: Account) -> None:
    seed.order(seller, total=None, purchased_at=None, lines=[])
    [row] = rows(merchant)
    assert (row["total"], row["shop_total"], row["purchased_at"], row["items"], row["pieces"]) == ("", "", "", "", "0")


def test_a_file_is_sent_as_it_is_read_and_nothing_stays_open_meanwhile(
    merchant: Browser, seller: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser may take its time: whoever writes meanwhile does not wait, and no connection is held."""
    monkeypatch.setattr(csv_answers, "AT_ONCE", 2)
    monkeypatch.setattr(long_lists, "READ_AT_ONCE", 2)
    orders = [seed.order(seller, states.IMPORTED, reference=f"2611CSV{number}") for number in range(5)]
    for order in orders:
        seed.shop_order(order)
    whole = merchant.get("/orders/export.csv?tab=all").text
    begun: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        begun.append(statement)

    db.session.remove()
    event.listen(Engine, "before_cursor_execute", note)
    try:
        parts = []
        for part in merchant.streamed("/orders/export.csv?tab=all"):
            parts.append(part)
            assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert "".join(parts) == whole
    assert [part.count("\r\n") for part in parts] == [1, 2, 2, 1]
    assert "BEGIN IMMEDIATE" not in begun
    assert not [sql for sql in begun if "order_raws" in sql]


def test_an_order_that_goes_while_the_file_is_sent_is_left_out(
    merchant: Browser, seller: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_answers, "AT_ONCE", 1)
    monkeypatch.setattr(long_lists, "READ_AT_ONCE", 1)
    for number in range(3):
        seed.order(seller, reference=f"2611GO{number}")
    parts = merchant.streamed("/orders/export.csv?tab=all&sort=oldest")
    text = next(parts) + next(parts)
    accounts.empty(seller.id)
    text += "".join(parts)
    assert text.count("2611GO") == 1

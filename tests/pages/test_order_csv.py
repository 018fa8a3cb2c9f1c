"""The export: every match of the filter, plain decimals, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from cdsync import states
from cdsync.models import Account

from . import seed
from .conftest import Browser

pytestmark = pytest.mark.usefixtures("neighbour")


def rows(browser: Browser, query: str = "tab=all") -> list[dict[str, str]]:
    answer = browser.get(f"/orders/export.csv?{query}")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_an_export_holds_the_orders_of_the_filter_with_plain_amounts(support: Browser, seller: Account) -> None:
    order = seed.order(
        seller, states.IMPORTED, total=Decimal("1204.50"), reference="2611CSV", buyer_name="Zoé Ångström"
    )
    seed.shop_order(order, paid="1204.50", reference="XKB1", status_name="Shipped")
    seed.problem(seed.order(seller), "carrier.unmapped", {"mode": "Relais Colis"})
    [imported] = rows(support, "tab=imported")
    assert imported["reference"] == "2611CSV"
    assert (imported["total"], imported["shop_total"], imported["currency"]) == ("1204.50", "1204.50", "EUR")
    assert imported["buyer"] == "Zoé Ångström"
    assert (imported["shop_orders"], imported["shop_status"]) == ("XKB1", "Shipped")
    assert imported["purchased_at"].endswith("+00:00")
    [stopped] = rows(support, "tab=problems")
    assert stopped["problem_code"] == "carrier.unmapped"
    assert "Relais Colis" in stopped["problem"]
    assert len(rows(support)) == 2


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+33 6", "-2+3", "@SUM(A1)", "\t=1"])
def test_a_buyers_name_is_never_a_formula(merchant: Browser, seller: Account, name: str) -> None:
    seed.order(seller, buyer_name=name)
    assert rows(merchant)[0]["buyer"] == f"'{name}"


def test_what_is_not_known_is_an_empty_cell(merchant: Browser, seller: Account) -> None:
    seed.order(seller, total=None, purchased_at=None, lines=[])
    [row] = rows(merchant)
    assert (row["total"], row["shop_total"], row["purchased_at"], row["items"], row["pieces"]) == ("", "", "", "", "0")

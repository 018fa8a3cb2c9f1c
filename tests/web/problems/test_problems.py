"""Problems: one cause, many orders: grouped, explained, tried again together, exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask

from cdsync import accounts
from cdsync.db import db, now
from cdsync.models import Account, Run
from cdsync.web.text.csv_answers import csv_answer
from tests.web import seed
from tests.web.conftest import Browser, alone, text_of

pytestmark = pytest.mark.usefixtures("neighbour")


@pytest.fixture
def main(app: object) -> Account:
    return accounts.ensure("main")


def causes_of(html: str) -> list[str]:
    return [text_of(f"<article{part}".partition("</article>")[0]) for part in html.split("<article")[1:]]


def test_orders_are_grouped_by_cause_the_largest_first(merchant: Browser, main: Account) -> None:
    seed.problem(seed.order(main), "product.unknown", {"sku": "A-1", "title": "Lamp"})
    for mode in ("Relais", "Relais", "Drone"):
        seed.problem(seed.order(main), "carrier.unmapped", {"mode": mode})
    carrier, product = causes_of(merchant.get("/problems").text)
    assert "The delivery mode “Relais” has no carrier in your shop and 1 more like it" in carrier
    assert "3 orders" in carrier
    assert "The delivery mode “Drone” has no carrier" in carrier
    assert "Try all 3 orders again" in carrier
    assert "Who can fix it: you" in carrier
    assert "Waiting does not help" in carrier
    assert "A-1" in product
    assert "Try 1 order again" in product


def test_each_affected_order_and_the_whole_list_are_linked(merchant: Browser, main: Account) -> None:
    order = seed.problem(seed.order(main), "carrier.unmapped", {"mode": "Relais"})
    html = merchant.get("/problems").text
    assert f'href="/orders/{order.marketplace_ref}"' in html
    assert "problem=carrier.unmapped" in html
    assert "/settings#carriers" in html


def test_what_should_have_healed_by_now_is_red_and_says_what_to_do(merchant: Browser, main: Account) -> None:
    facts = {"kind": "temporary", "next_try_at": now() + timedelta(minutes=5)}
    order = seed.problem(seed.order(main), "shop.unreachable", {"host": "shop.example"}, **facts)
    assert "cdsync retries these by itself" in text_of(merchant.get("/problems").text)

    order.problem_since = now() - timedelta(hours=5)
    db.session.commit()
    text = text_of(merchant.get("/problems").text)
    assert "cdsync retries these by itself" not in text
    page = merchant.get(f"/orders/{order.marketplace_ref}").text
    for shown in (text, text_of(page)):
        assert "It did not pass by itself" in shown
        assert "Do nothing" not in shown
    assert 'id="order-problem" class="problem"' in page


def test_problems_that_heal_by_themselves_stand_apart_with_the_next_try(merchant: Browser, main: Account) -> None:
    soon = now() + timedelta(minutes=5, seconds=30)
    waiting = seed.order(main)
    seed.problem(waiting, "shop.timeout", {"host": "shop.example"}, kind="temporary", next_try_at=soon)
    seed.problem(seed.order(main), "carrier.unmapped", {"mode": "Relais"})
    html = merchant.get("/problems").text
    text = text_of(html)
    assert text.index("Relais") < text.index("cdsync retries these by itself") < text.index("shop.timeout")
    assert "next try in 5 min" in text


def test_the_same_code_in_two_operations_is_two_causes(
    merchant: Browser, main: Account, last_run: Callable[[], Run]
) -> None:
    first = seed.problem(seed.order(main), "shop.refused", {}, operation="import")
    seed.problem(seed.order(main, "imported"), "shop.refused", {}, operation="ship")
    assert len(causes_of(merchant.get("/problems").text)) == 2
    merchant.post("/problems/retry", {"code": "shop.refused", "operation": "import"})
    assert (last_run().operation, last_run().wanted) == ("import", [first.id])


def test_retry_starts_one_run_with_all_orders_of_the_cause(
    merchant: Browser, main: Account, last_run: Callable[[], Run]
) -> None:
    ids = [seed.problem(seed.order(main), "carrier.unmapped", {"mode": mode}).id for mode in ("A", "B", "A")]
    seed.problem(seed.order(main), "product.unknown", {"sku": "X"})
    answer = merchant.post("/problems/retry", {"code": "carrier.unmapped", "operation": "import"}, part=True)
    assert answer.status_code == 303
    run = last_run()
    assert (run.operation, run.trigger, run.actor) == ("import", "button", "Mona")
    assert sorted(run.wanted or []) == sorted(ids)
    assert "3 orders are tried again." in text_of(merchant.get("/problems", part=True).text)


def test_a_problem_found_by_a_lookup_is_retried_by_a_lookup(
    merchant: Browser, main: Account, last_run: Callable[[], Run]
) -> None:
    seed.problem(seed.order(main), "order.unreadable", {"reason": "x"}, operation="lookup")
    merchant.post("/problems/retry", {"code": "order.unreadable", "operation": "lookup"})
    assert last_run().operation == "lookup"


def test_a_problem_that_the_checks_found_before_an_acceptance_is_looked_at_again(
    merchant: Browser, main: Account, last_run: Callable[[], Run]
) -> None:
    order = seed.problem(seed.order(main, "to_accept"), "product.unknown", {"sku": "X"}, operation="accept")
    merchant.post("/problems/retry", {"code": "product.unknown", "operation": "accept"})
    assert (last_run().operation, last_run().wanted) == ("lookup", [order.id])


def test_support_may_retry(support: Browser, main: Account, last_run: Callable[[], Run]) -> None:
    seed.problem(seed.order(main), "carrier.unmapped", {"mode": "A"})
    assert support.post("/problems/retry", {"code": "carrier.unmapped", "operation": "import"}).status_code == 303
    assert last_run().actor == "Sam"


@pytest.mark.parametrize("form", [{}, {"code": "nothing.like.it", "operation": "import"}, {"code": "' or 1=1 --"}])
def test_a_cause_nobody_has_starts_nothing(
    merchant: Browser, main: Account, queued: list[int], form: dict[str, str]
) -> None:
    seed.problem(seed.order(main), "carrier.unmapped", {"mode": "A"})
    assert merchant.post("/problems/retry", form).status_code == 303
    assert queued == []


def test_retry_needs_the_pages_token(merchant: Browser, main: Account, queued: list[int]) -> None:
    seed.problem(seed.order(main), "carrier.unmapped", {"mode": "A"})
    form = {"code": "carrier.unmapped", "operation": "import"}
    assert merchant.post("/problems/retry", form, token=False).status_code == 400
    assert queued == []


def test_orders_of_another_account_are_neither_shown_nor_retried(
    merchant: Browser, main: Account, queued: list[int]
) -> None:
    seed.problem(seed.order(seed.account("other")), "carrier.unmapped", {"mode": "A"})
    assert causes_of(merchant.get("/problems").text) == []
    merchant.post("/problems/retry", {"code": "carrier.unmapped", "operation": "import"})
    assert queued == []


def test_without_problems_the_page_says_so(merchant: Browser, main: Account) -> None:
    text = text_of(merchant.get("/problems").text)
    assert "No problems" in text
    assert "Export CSV" not in text


def test_hostile_data_is_escaped(merchant: Browser, main: Account) -> None:
    seed.problem(seed.order(main), "product.unknown", {"sku": "<img src=x onerror=alert(1)>", "title": seed.HOSTILE})
    html = merchant.get("/problems").text
    assert "<img src=x" not in html
    assert seed.HOSTILE not in html


def test_a_cause_of_hundreds_of_orders_names_a_few_and_counts_the_rest(merchant: Browser, main: Account) -> None:
    for _again in range(20):
        seed.problem(seed.order(main), "carrier.unmapped", {"mode": "A"})
    html = merchant.get("/problems").text
    assert html.count('href="/orders/5f') == 6
    assert "and 14 more" in text_of(html)


def test_the_csv_holds_every_order_and_no_buyer(merchant: Browser, main: Account) -> None:
    order = seed.problem(seed.order(main, reference="=cmd|' /C calc'!A0"), "carrier.unmapped", {"mode": "Relais"})
    answer = merchant.get("/problems/problems.csv")
    assert answer.mimetype == "text/csv"
    assert "problems-main.csv" in answer.headers["Content-Disposition"], "the account beside makes it name its own"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["order"] for row in rows] == [order.marketplace_ref]
    assert rows[0]["code"] == "carrier.unmapped"
    assert "Relais" in rows[0]["problem"]
    assert rows[0]["reference"] == "'=cmd|' /C calc'!A0", "a spreadsheet must not run it"
    assert "Durand" not in answer.text


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (Decimal("-5.20"), "-5.20"),
        (-5, "-5"),
        ("-5.20", "'-5.20"),
        ("+1", "'+1"),
        ("@x", "'@x"),
        ("-x", "'-x"),
        ("a,b", '"a,b"'),
        (None, '""'),
        ("\tx", "'\tx"),
    ],
)
def test_cells_that_would_run_as_formulas_become_text(
    app: Flask, main: Account, cell: str | Decimal | int | None, written: str
) -> None:
    with app.test_request_context():
        answer = csv_answer("x", ("head",), [(cell,)], main)
        text = answer.get_data(as_text=True)
    written = "" if cell is None else written  # beside other cells an empty one needs no quotes
    assert text == f"\ufeffhead,account,rehearsal\r\n{written},main,no\r\n"


def test_the_part_stands_in_the_page_as_it_is_alone(merchant: Browser, main: Account) -> None:
    seed.problem(seed.order(main), "carrier.unmapped", {"mode": "A"})
    part = merchant.get("/problems", part=True).text
    assert part.lstrip().startswith('<div id="problems"')
    assert text_of(alone(part)) in text_of(merchant.get("/problems").text)
    db.session.rollback()

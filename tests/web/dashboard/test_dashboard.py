"""The overview: each number is the number of its list, what needs somebody comes first, polling ends by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cdsync import accounts, overview, resting, settings, states
from cdsync.db import db, now
from cdsync.errors import AccessRefusedError
from cdsync.models import Account, Order
from cdsync.runs import heartbeats
from cdsync.web.dashboard.chart import chart_of
from tests.web import seed
from tests.web.conftest import Browser, text_of

pytestmark = pytest.mark.usefixtures("neighbour")


@pytest.fixture
def main(app: object) -> Account:
    """An account that is set up; nothing answers at its addresses."""
    return settings.load(
        {
            "account": "main",
            "marketplace": {"client_id": "me", "client_secret": "s", "seller_id": "98979"},
            "shop": {"url": "http://127.0.0.1:1", "key": "K" * 32},
            "orders": {"imported_status": "2", "shipped_status": "4"},
        }
    )


def alive() -> None:
    heartbeats.beat("worker:here:1")
    heartbeats.beat("scheduler:here:2")


def warning_data(html: str) -> dict[str, tuple[str, str]]:
    """Each figure's number and address, by its words."""
    found = re.findall(
        r'<a class="card figure" href="([^"]+)"><span class="soft">([^<]+)</span><b[^>]*>([^<]+)</b>', html
    )
    return {words: (number, address.replace("&amp;", "&")) for address, words, number in found}


def test_each_number_is_what_its_list_holds(merchant: Browser, main: Account) -> None:
    seed.of_every_kind(main)
    figures = warning_data(merchant.get("/").text)
    assert set(figures) == {"To accept", "To import", "Waiting", "Problems", "Imported, to ship", "Shipped"}
    for words, (number, address) in figures.items():
        listed = text_of(merchant.get(address).text)
        assert int(number) > 0, words
        assert re.search(rf"\b{number} (of|orders?|causes?)\b|of {number}\b", listed), f"{words}: {number} at {address}"


def test_the_overview_counts_orders_to_import_as_their_tab_does(merchant: Browser, main: Account) -> None:
    seed.order(main)
    seed.problem(seed.order(main), "carrier.unmapped", {"mode": "Drone"})
    assert "To import 2 1 with a problem · next deadline" in text_of(merchant.get("/").text)
    assert "To import 2 " in text_of(merchant.get("/orders").text)


def test_orders_not_imported_are_counted_with_their_reasons(merchant: Browser, main: Account) -> None:
    for mode in ("Relais", "Relais", "Drone"):
        seed.problem(seed.order(main), "carrier.unmapped", {"mode": mode})
    seed.order(main, states.ACCEPTED)
    seed.order(main, states.IMPORTED)
    part = merchant.get("/").text.partition('id="not-imported"')[2].partition("</section>")[0]
    text = text_of(part)
    assert "Not imported 4" in text
    assert re.search(r"\b3 The delivery mode “\w+” has no carrier in your shop and 1 more like it", text)
    assert "1 Accepted; the marketplace is checking the payment" in text
    assert "problem=carrier.unmapped" in part


@pytest.mark.parametrize(
    ("schedule", "words"), [("*/15 * * * *", "Ready for the next import"), (None, "Ready to import")]
)
def test_what_is_ready_is_promised_an_import_only_where_one_comes(
    merchant: Browser, main: Account, schedule: str | None, words: str
) -> None:
    settings.load({"account": "main", "schedule": {"import": schedule}})
    seed.order(main)
    assert f"1 {words} oldest" in text_of(merchant.get("/").text)


def test_the_last_import_and_the_nearest_deadline_are_named(merchant: Browser, main: Account) -> None:
    alive()
    seed.order(main, states.TO_ACCEPT, accept_by=now() + timedelta(hours=9, minutes=1))
    seed.order(main, states.TO_ACCEPT, accept_by=now() + timedelta(hours=30))
    seed.shop_order(seed.order(main, states.IMPORTED))
    text = text_of(merchant.get("/").text)
    assert "To accept 2 next deadline in 9 h" in text
    assert "last import 12 min ago" in text
    assert "All is well" in text


def test_a_deadline_within_four_hours_is_said_above_everything(merchant: Browser, main: Account) -> None:
    alive()
    seed.order(main, states.TO_ACCEPT, accept_by=now() + timedelta(hours=3, minutes=30))
    text = text_of(merchant.get("/").text)
    assert "An order has to be accepted in 3 h" in text
    assert "All is well" not in text


def test_a_missing_worker_and_scheduler_are_said_with_what_to_do(merchant: Browser, main: Account) -> None:
    text = text_of(merchant.get("/").text)
    assert "No worker is running." in text
    heartbeats.beat("worker:here:1")
    text = text_of(merchant.get("/").text)
    assert "No worker is running." not in text
    assert "The scheduler is not running." in text
    assert "How to start it" in text


def test_a_run_that_failed_is_explained_until_the_next_one(merchant: Browser, main: Account) -> None:
    alive()
    seed.run(main, "lookup", "failed", error_code="shop.key_refused", error_data={"detail": ""})
    text = text_of(merchant.get("/").text)
    assert "Lookup did not finish. Your shop refused the webservice key" in text
    seed.run(main, "lookup", "finished")
    assert "did not finish" not in text_of(merchant.get("/").text)


def test_each_operation_shows_its_last_and_next_run(merchant: Browser, main: Account) -> None:
    alive()
    settings.load({"account": "main", "schedule": {"import": "*/15 * * * *"}})
    seed.run(main, "import", "finished", orders={seed.order(main).id: "done"}, started_at=now())
    part = merchant.get("/").text.partition('id="operations"')[2].partition("</section>")[0]
    text = text_of(part)
    assert re.search(r"Import today \d\d:\d\d (today|tomorrow) \d\d:\d\d finished 1 imported", text)
    assert "Accept never off" in text


def test_the_first_run_shows_three_steps(merchant: Browser) -> None:
    accounts.ensure("main")
    html = merchant.get("/").text
    assert "Three steps to your first order" in text_of(html)
    assert "/settings#marketplace" in html
    assert "Look up orders now" not in text_of(html), "nothing can be looked up yet"
    assert warning_data(html) == {}, "no row of zeros before anything has happened"


def test_the_steps_go_when_the_first_lookup_is_done(merchant: Browser, main: Account) -> None:
    assert "Three steps" in text_of(merchant.get("/").text)
    seed.run(main, "lookup", "finished")
    text = text_of(merchant.get("/").text)
    assert "Three steps" not in text
    assert "No orders in the last 30 days" in text


def test_the_part_polls_only_while_a_run_is_open(merchant: Browser, main: Account) -> None:
    run = seed.run(main, "import", "running")
    part = merchant.get("/", part=True).text
    assert part.lstrip().startswith('<div id="overview"')
    assert 'hx-trigger="every 2s"' in part
    run.state, run.open, run.finished_at = "finished", False, now()
    db.session.commit()
    assert "every " not in merchant.get("/", part=True).text


def test_orders_of_another_account_are_not_counted(merchant: Browser, main: Account) -> None:
    other = seed.account("other")
    seed.order(other, states.TO_ACCEPT)
    seed.order(main, states.IMPORTED)
    assert warning_data(merchant.get("/").text)["To accept"][0] == "0"


def test_support_sees_the_overview(support: Browser, main: Account) -> None:
    assert support.get("/").status_code == 200


def test_the_chart_counts_in_the_readers_days(main: Account) -> None:
    """23:30 UTC on the 22nd is the 23rd in Paris."""
    from zoneinfo import ZoneInfo

    late = datetime.combine((now() - timedelta(days=3)).date(), datetime.min.time(), UTC).replace(hour=23, minute=30)
    order = seed.order(main, found_at=late, imported_at=late + timedelta(hours=3))
    seed.event(order, "problem.raised", {}, at=late)
    seed.event(order, "problem.raised", {}, at=late + timedelta(minutes=1))
    db.session.commit()
    by_day = {day.day: day for day in overview.days(main.id, 30, ZoneInfo("Europe/Paris"))}
    paris = by_day[late.astimezone(ZoneInfo("Europe/Paris")).date()]
    assert (paris.found, paris.imported, paris.problems) == (1, 1, 1)
    assert sum(day.found for day in by_day.values()) == 1
    assert len(by_day) == 30
    utc = {day.day: day for day in overview.days(main.id, 30, UTC)}
    assert utc[late.date()].found == 1


def test_the_chart_has_a_table_with_the_same_numbers(merchant: Browser, main: Account) -> None:
    for _again in range(3):
        seed.order(main, found_at=now())
    html = merchant.get("/").text
    assert 'role="img"' in html
    assert "<title>" in html
    assert re.search(r"<th scope=\"row\">[^<]+</th><td class=\"right\">3</td>", html)


@pytest.mark.parametrize(("highest", "top"), [(0, 4), (3, 4), (5, 6), (9, 10), (118, 120), (121, 160), (9999, 10000)])
def test_the_charts_axis_ends_at_a_round_even_number(highest: int, top: int) -> None:
    day = overview.Day(day=datetime(2026, 1, 1, tzinfo=UTC).date(), found=highest, imported=0, problems=0)
    chart = chart_of([day])
    assert chart.top == top
    assert all(
        bar.y >= 0 and bar.y + bar.height <= chart.height for bar in (chart.days[0].found, chart.days[0].imported)
    )


def test_one_order_among_thousands_is_still_seen() -> None:
    date = datetime(2026, 1, 1, tzinfo=UTC).date()
    few, many = overview.Day(date, 1, 0, 0), overview.Day(date, 5000, 0, 0)
    assert chart_of([few, many]).days[0].found.height >= 2


def test_a_page_of_many_orders_asks_the_database_a_bounded_number_of_times(
    merchant: Browser, main: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import event

    for _again in range(30):
        seed.problem(seed.order(main), "carrier.unmapped", {"mode": "Relais"})
    asked: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        merchant.get("/")
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert 0 < len([each for each in asked if "orders" in each]) < 15
    assert db.session.query(Order).filter_by(account_id=main.id).count() == 30


def test_a_refused_key_is_one_banner_however_many_runs_it_ended(merchant: Browser, main: Account) -> None:
    alive()
    refused = AccessRefusedError("shop.key_refused", detail="(error 18)")
    for operation in ("import", "ship"):
        seed.run(main, operation, "failed", error_code=refused.code, error_data=refused.data)
    resting.begin(main.id, refused)
    html = merchant.get("/").text
    text = text_of(html)
    assert text.count("refused the webservice key") == 1
    assert text.count("paused: the key is refused") == 2  # of those that need the shop and have a schedule
    assert "Scheduled runs that need it are paused until it works" in text
    assert "did not finish" not in text
    assert "I have read it" not in text
    assert "the key is refused" in text_of(merchant.get("/accounts").text)

"""Automation: what is scheduled and when it comes round, saved by the settings' own rules, and the crontab line."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime

import pytest

from cdsync import accounts, settings
from cdsync.bookkeeping import arrivals
from cdsync.db import db, transaction
from cdsync.models import Account, CachedRead
from cdsync.runs import heartbeats, timetable
from cdsync.web.automation import crontab
from tests.web import seed
from tests.web.conftest import Browser, text_of

pytestmark = pytest.mark.usefixtures("neighbour")


@pytest.fixture
def main(app: object) -> Account:
    return accounts.ensure("main")


def schedule() -> dict[str, str | None]:
    db.session.rollback()
    return dict(settings.show(accounts.find("main"))["schedule"])


def section(html: str, operation: str) -> str:
    return html.partition(f'id="{operation}"')[2].partition("</section>")[0]


def test_each_operation_shows_schedule_next_runs_last_result_and_crontab_line(merchant: Browser, main: Account) -> None:
    settings.load({"account": "main", "schedule": {"import": "*/15 * * * *"}})
    seed.run(main, "import", "failed", error_code="shop.key_refused", error_data={})
    html = merchant.get("/automation").text
    part = section(html, "import")
    text = text_of(part)
    assert '<option value="15min" selected>' in part
    assert re.search(r"Next runs \w+ \d\d:\d\d ?, \w+ \d\d:\d\d ?, \w+ \d\d:\d\d", text)
    assert "Your shop refused the webservice key" in text
    assert "*/15 * * * * cd " in text
    assert "sync import" in text
    assert "none: it is off" in text_of(section(html, "accept"))


@pytest.mark.parametrize(
    ("preset", "custom", "stored"),
    [
        ("off", "*/15 * * * *", None),
        ("5min", "", "*/5 * * * *"),
        ("custom", " 7  3 * * 1-5 ", "7 3 * * 1-5"),
        ("custom", "", None),
    ],
)
def test_a_schedule_is_saved_for_its_operation_alone(
    merchant: Browser, main: Account, preset: str, custom: str, stored: str | None
) -> None:
    before = schedule()
    form = {"schedule.ship.preset": preset, "schedule.ship": custom, "schedule.lookup": "1 1 1 1 1"}
    answer = merchant.post("/automation/ship", form, part=True)
    assert answer.status_code == 303
    assert schedule() == {**before, "ship": stored}


@pytest.mark.parametrize("wrong", ["every day", "61 * * * *", "* * * * * *", "0 0 31 2 *", "<script>alert(1)</script>"])
def test_a_wrong_expression_is_said_and_kept_in_its_field(merchant: Browser, main: Account, wrong: str) -> None:
    before = schedule()
    form = {"schedule.ship.preset": "custom", "schedule.ship": wrong}
    answer = merchant.post("/automation/ship", form, part=True)
    assert answer.status_code == 422
    part = section(answer.text, "ship")
    assert 'aria-invalid="true"' in part
    assert 'id="schedule-ship-error"' in part
    assert wrong in part or "&lt;script&gt;" in part
    assert "<script>alert(1)" not in answer.text
    assert schedule() == before


def test_support_reads_and_changes_nothing(support: Browser, main: Account) -> None:
    before = schedule()
    html = support.get("/automation").text
    assert "Every 15 minutes" in text_of(html)
    assert "/automation/import" not in html
    assert (
        support.post("/automation/import", {"schedule.import.preset": "off", "schedule.import": ""}).status_code == 403
    )
    assert schedule() == before


def test_support_is_offered_only_runs_that_write_nowhere(support: Browser, main: Account) -> None:
    html = support.get("/automation").text
    offered = set(re.findall(r'name="operation" value="(\w+)"', html))
    assert offered == {"lookup", "reconcile"}


def test_saving_needs_the_pages_token(merchant: Browser, main: Account) -> None:
    before = schedule()
    form = {"schedule.ship.preset": "off", "schedule.ship": ""}
    assert merchant.post("/automation/ship", form, token=False).status_code == 400
    assert schedule() == before


def test_an_operation_nobody_knows_has_no_schedule(merchant: Browser, main: Account) -> None:
    assert merchant.post("/automation/pay", {"schedule.pay.preset": "off", "schedule.pay": ""}).status_code == 404


def test_who_is_alive_is_said_with_what_to_do_when_nobody_is(merchant: Browser, main: Account) -> None:
    text = text_of(merchant.get("/automation").text)
    assert "No worker is running" in text
    assert "python -m rq_jobs.workers" in text
    assert "python -m rq_jobs.schedule" in text
    heartbeats.beat("worker:here:1")
    heartbeats.beat("scheduler:here:2")
    text = text_of(merchant.get("/automation").text)
    assert "1 worker is running" in text
    assert "The scheduler is running" in text
    assert "rq_jobs" not in text


def test_the_page_polls_only_while_something_runs(merchant: Browser, main: Account) -> None:
    run = seed.run(main, "lookup", "running")
    part = merchant.get("/automation", part=True).text
    assert "every 2s" in part
    assert f"Watch run {run.id}" in text_of(part)
    run.open, run.state = False, "finished"
    db.session.commit()
    assert "every " not in merchant.get("/automation", part=True).text


def test_the_crontab_line_runs_this_installation(main: Account) -> None:
    words = shlex.split(crontab.line("import", "*/5 * * * *"))
    assert words[:5] == ["*/5", "*", "*", "*", "*"]
    assert words[5:8] == ["cd", str(crontab.installation()), "&&"]
    assert (crontab.installation() / "app.py").is_file()
    assert words[-4:] == ["--app", "app", "sync", "import"]


def test_the_crontab_line_names_the_account_when_there_are_several(merchant: Browser, main: Account) -> None:
    assert "--account main" in merchant.get("/automation").text
    assert crontab.line("ship", None, "second shop 100%").endswith(r"sync ship --account 'second shop 100\%'")


@pytest.mark.parametrize("name", timetable.PRESETS)
def test_every_preset_is_found_again_by_its_expression(name: str) -> None:
    expression = timetable.PRESETS[name]
    assert timetable.preset_of(expression) == name
    assert timetable.expression_of(name, "anything") == expression
    assert expression is None or timetable.is_cron(expression)


def test_next_times_are_aware_and_in_order() -> None:
    after = datetime(2026, 3, 1, 10, 7, tzinfo=UTC)
    times = timetable.next_times("*/15 * * * *", 3, after)
    assert [time.minute for time in times] == [15, 30, 45]
    assert all(time.utcoffset() is not None and time > after for time in times)
    assert timetable.next_times(None) == timetable.next_times("nonsense") == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Asked for new orders a lookup has come since"),
        ({"asked_at": "2026-11-20T09:30:00+00:00", "told": 0}, "nothing new"),
        ({"asked_at": "2026-11-20T09:30:00+00:00", "told": 2}, "2 orders came: looked up"),
        ({"failed": {"code": "marketplace.timeout", "data": {"host": "x"}}}, "Asked again after the next lookup."),
        ({"mark": ""}, "not asked before a lookup has come to its end"),
    ],
)
def test_when_the_marketplace_was_last_asked_is_shown(
    merchant: Browser, main: Account, changes: dict[str, object], words: str
) -> None:
    with transaction() as session:
        arrivals.listed(session, main.id, "seller", "a mark", anything=True)
        row = session.query(CachedRead).one()
        row.value = {**row.value, **changes}
    html = merchant.get("/automation").text
    text = text_of(section(html, "lookup"))
    assert words in text
    assert ("20 Nov" in text) == ("asked_at" in changes)
    assert "Asked for new orders" not in section(html, "import")


def test_nobody_is_asked_where_that_is_off(merchant: Browser, main: Account) -> None:
    settings.load({"account": "main", "orders": {"ask_between_lookups": False}})
    assert "not asked: that is off" in text_of(section(merchant.get("/automation").text, "lookup"))

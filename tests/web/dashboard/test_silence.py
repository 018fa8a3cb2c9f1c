"""What stands still is said with its time: on the overview, on the pages of runs, by doctor, by a hindered command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from cdsync import accounts, settings
from cdsync.cli import doctor
from cdsync.db import db, now
from cdsync.models import Account, Run
from cdsync.runs import heartbeats, queue
from tests.web import seed
from tests.web.conftest import Browser, text_of

pytestmark = pytest.mark.usefixtures("neighbour")
MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def main(app: object) -> Account:
    return settings.load(
        {
            "account": "main",
            "marketplace": {"client_id": "me", "client_secret": "s", "seller_id": "98979"},
            "shop": {"url": "http://127.0.0.1:1", "key": "K" * 32},
            "orders": {"imported_status": "2", "shipped_status": "4"},
            "schedule": {"lookup": "*/15 * * * *"},
        }
    )


def hangs(main: Account, since: timedelta = 2 * MINUTES) -> Run:
    return seed.run(main, "import", "running", progressed_at=now() - since)


def waits(main: Account) -> Run:
    return seed.run(main, "ship", "queued", started_at=None, queued_at=now() - 12 * MINUTES)


def waits_in_redis(main: Account) -> None:
    since = (now() - 12 * MINUTES).isoformat()
    heartbeats.beat("scheduler:here:1", waits={queue.name_of(main.id, "ship"): since})


def never_succeeds(main: Account) -> None:
    seed.run(main, "lookup", "finished", finished_at=now() - 5 * HOURS)
    seed.run(main, "lookup", "failed", error_code="marketplace.timeout", error_data={"host": "x"})


def nothing(main: Account) -> None:
    seed.run(main, "import", "running", progressed_at=now() - MINUTES)
    seed.run(main, "ship", "queued", started_at=None)
    seed.run(main, "lookup", "finished", finished_at=now() - HOURS)


CASES: list[tuple[Callable[[Account], object], str, str]] = [
    (hangs, "Import: no answer since ", "is under way and has had no answer since"),
    (waits, "Ship has waited for a worker for 12 min.", "ship has waited for a worker since"),
    (waits_in_redis, "Ship has waited for a worker for 12 min.", "ship has waited for a worker since"),
    (never_succeeds, "No successful lookup for 5 h.", "No lookup has succeeded since"),
    (nothing, "", ""),
]
SIGNS = ("no answer since", "has waited", "No successful lookup", "No lookup has succeeded")


@pytest.mark.parametrize(("what", "said", "by_doctor"), CASES, ids=[case[0].__name__ for case in CASES])
def test_the_overview_and_doctor_say_what_stands_still(
    merchant: Browser, main: Account, what: Callable[[Account], object], said: str, by_doctor: str
) -> None:
    what(main)
    db.session.remove()
    attention = text_of(merchant.get("/").text.partition('id="attention"')[2].partition('id="figures"')[0])
    found = list(doctor._runs("main", ""))
    if said:
        assert said in attention
        assert [(each.well, by_doctor in each.text, bool(each.remedy)) for each in found] == [(False, True, True)]
    else:
        assert not [sign for sign in SIGNS if sign in attention]
        assert [(each.well, each.text) for each in found] == [(True, "nothing stands still")]


def test_a_run_that_hangs_says_since_when_where_runs_are_listed_and_on_its_page(
    merchant: Browser, main: Account
) -> None:
    run = hangs(main)
    for address in ("/runs", f"/runs/{run.id}"):
        assert "no answer since " in text_of(merchant.get(address).text)
    lives = seed.run(main, "ship", "running", progressed_at=now() - 1.4 * MINUTES)
    assert "no answer since " not in text_of(merchant.get(f"/runs/{lives.id}").text)


def test_a_longer_time_limit_is_waited_for(merchant: Browser, main: Account) -> None:
    settings.load({"shop": {"timeout_seconds": 300}})
    run = hangs(accounts.find("main"), 5 * MINUTES)
    assert "no answer since " not in text_of(merchant.get(f"/runs/{run.id}").text)


def test_a_run_that_ended_without_an_answer_says_when_there_was_one(merchant: Browser, main: Account) -> None:
    row = seed.order(main)
    seed.exchange(row, at=now() - 3 * HOURS)
    seed.exchange(row, at=now() - HOURS, status=None)
    run = seed.run(main, "import", "failed", error_code="shop.timeout", error_data={"host": "x"})
    page = text_of(merchant.get(f"/runs/{run.id}").text)
    assert "No answer since " in page
    assert "No answer since " in text_of(merchant.get("/").text)


def test_a_run_that_goes_on_from_a_lost_one_says_from_which(merchant: Browser, main: Account) -> None:
    lost = seed.run(main, "import", "lost")
    run = seed.run(main, "import", "finished", options={"goes_on_from": [lost.id]})
    assert f"Continues run {lost.id}" in text_of(merchant.get(f"/runs/{run.id}").text)


def test_a_command_in_whose_way_a_silent_run_is_says_so_and_ends_with_2(app: Flask, main: Account) -> None:
    run_id = hangs(main).id
    db.session.remove()
    refused = app.test_cli_runner().invoke(args=["sync", "import", "--inline"])
    assert refused.exit_code == 2
    assert f"Run {run_id}, import, is under way and has had no answer since" in refused.stderr
    assert "(run.no_answer)" in refused.stderr

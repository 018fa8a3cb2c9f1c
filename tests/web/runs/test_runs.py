"""Runs: the list and its filters, one run and its orders, starting and stopping, and who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from cdsync import accounts
from cdsync.connectors.base import MOVES_STOCK
from cdsync.db import db, now
from cdsync.errors import ConfigError
from cdsync.models import Account, ImportStep, Run
from cdsync.runs import queue
from tests.web import seed
from tests.web.conftest import Browser, text_of

pytestmark = pytest.mark.usefixtures("neighbour")


@pytest.fixture
def main(app: object) -> Account:
    return accounts.ensure("main")


def test_every_run_is_listed_with_who_what_and_how_long(merchant: Browser, main: Account) -> None:
    order = seed.order(main)
    at = now() - timedelta(hours=2)
    first = seed.run(
        main, "import", "finished", orders={order.id: "done"}, started_at=at, finished_at=at + timedelta(seconds=7)
    )
    seed.run(main, "lookup", "failed", trigger="cron", actor="cron", error_code="shop.key_refused", error_data={})
    text = text_of(merchant.get("/runs").text)
    assert f"Import {first.id} merchant" in text
    assert "7 s finished 1 imported" in text
    assert "cron" in text
    assert "Your shop refused the webservice key" in text
    assert "2 runs" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"1", "2", "3", "4", "5"}),
        ({"operation": "lookup"}, {"1"}),
        ({"outcome": "open"}, {"5"}),
        ({"outcome": "well"}, {"1"}),
        ({"outcome": "problems"}, {"2"}),
        ({"outcome": "failed"}, {"3"}),
        ({"outcome": "stopped"}, {"4"}),
        ({"operation": "import", "outcome": "problems"}, {"2"}),
        ({"operation": "'; drop table runs", "outcome": "<x>", "page": "-1"}, {"1", "2", "3", "4", "5"}),
    ],
)
def test_runs_are_filtered_by_operation_and_outcome(
    merchant: Browser, main: Account, query: dict[str, str], shown: set[str]
) -> None:
    order = seed.order(main)
    before = seed.run(main, "lookup", "finished").id - 1
    seed.run(main, "import", "finished", orders={order.id: "problem"})
    seed.run(main, "import", "lost")
    seed.run(main, "import", "stopped")
    seed.run(main, "ship", "running")
    html = merchant.get("/runs", query_string=query).text
    listed = {int(number) for number in re.findall(r'href="/runs/(\d+)"', html)}
    assert listed == {before + int(number) for number in shown}, "and no run of the account beside"


def test_pages_of_fifty_and_a_page_past_the_end_is_the_last(merchant: Browser, main: Account) -> None:
    for _again in range(51):
        seed.run(main, "lookup", "finished")
    assert merchant.get("/runs").text.count('href="/runs/') == 50
    assert "Page 2 of 2" in text_of(merchant.get("/runs", query_string={"page": "99"}).text)


def test_the_list_polls_only_while_a_run_is_open(merchant: Browser, main: Account) -> None:
    run = seed.run(main, "lookup", "running")
    part = merchant.get("/runs", part=True).text
    assert part.lstrip().startswith('<section id="runs"')
    assert "every 2s" in part
    run.open, run.state = False, "finished"
    db.session.commit()
    assert "every " not in merchant.get("/runs", part=True).text


def test_a_run_shows_what_became_of_each_order(merchant: Browser, main: Account) -> None:
    good, bad = seed.order(main), seed.problem(seed.order(main), "carrier.unmapped", {"mode": "Relais"})
    run = seed.run(main, "import", "finished", orders={good.id: "done", bad.id: "problem"})
    run.orders[1].code = "carrier.unmapped"
    db.session.commit()
    html = merchant.get(f"/runs/{run.id}").text
    text = text_of(html)
    assert f"/orders/{good.marketplace_ref}" in html
    assert "The delivery mode “Relais” has no carrier in your shop carrier.unmapped" in text
    only = merchant.get(f"/runs/{run.id}", query_string={"outcome": "problem"}).text
    assert bad.reference in only
    assert good.reference not in only


def test_problems_of_a_lookup_are_among_the_orders_it_read(merchant: Browser, main: Account) -> None:
    run = seed.run(main, "lookup", "finished", counts={"new": 4, "done": 96, "problem": 25})
    assert "4 new · 96 read · 25 with a problem" in text_of(merchant.get(f"/runs/{run.id}").text)
    run = seed.run(main, "import", "finished", counts={"done": 96, "problem": 25})
    assert "96 imported · 25 problems" in text_of(merchant.get(f"/runs/{run.id}").text)


def test_what_ended_a_run_is_explained_with_steps(merchant: Browser, main: Account) -> None:
    run = seed.run(main, "import", "failed", error_code="shop.key_refused", error_data={"detail": "x"})
    html = merchant.get(f"/runs/{run.id}").text
    assert "Who can fix it: you" in text_of(html)
    assert "/settings#shop" in html


def test_a_run_that_fails_like_those_before_it_stops_saying_that_it_will_pass(merchant: Browser, main: Account) -> None:
    away = {"error_code": "shop.unreachable", "error_data": {"host": "x"}}
    at = now() - timedelta(hours=5)
    first = seed.run(main, "import", "failed", queued_at=at, finished_at=at + timedelta(minutes=1), **away)
    html = merchant.get(f"/runs/{seed.run(main, 'import', 'failed', **away).id}").text
    assert "Do nothing" not in html
    assert 'class="problem"' in html
    assert "Do nothing" in merchant.get(f"/runs/{first.id}").text

    seed.run(main, "import", "finished")
    again = seed.run(main, "import", "failed", **away)
    assert 'class="problem wait"' in merchant.get(f"/runs/{again.id}").text


def test_an_open_run_shows_progress_and_asks_again_until_it_ends(merchant: Browser, main: Account) -> None:
    orders = {seed.order(main).id: "done", seed.order(main).id: "working", seed.order(main).id: "pending"}
    run = seed.run(main, "import", "running", orders=orders)
    part = merchant.get(f"/runs/{run.id}", part=True).text
    assert part.lstrip().startswith('<div id="run"')
    assert f'hx-get="/runs/{run.id}"' in part
    assert 'value="1" max="3"' in part
    assert "1 of 3 · 1 imported · 1 in hand<" in part
    assert "Stop after the orders in hand" in part
    run.open, run.state, run.finished_at = False, "finished", now()
    db.session.commit()
    part = merchant.get(f"/runs/{run.id}", part=True).text
    assert "every " not in part
    assert "in hand" not in part


def test_an_import_says_how_many_of_the_orders_in_hand_the_shop_has(merchant: Browser, main: Account) -> None:
    ids = [seed.order(main).id for _ in range(3)]
    run = seed.run(main, "import", "running", orders=dict.fromkeys(ids, "working"))
    facts = {"name": "order", "run_id": run.id, "data": {MOVES_STOCK: True}}
    db.session.add_all([ImportStep(order_id=ids[0], done_at=now(), **facts), ImportStep(order_id=ids[1], **facts)])
    db.session.commit()
    text = text_of(merchant.get(f"/runs/{run.id}", part=True).text)
    assert "0 of 3 · 3 in hand, 1 of them written to the shop" in text


@pytest.mark.parametrize(
    ("operation", "what"), [("lookup", "page"), ("accept", "order"), ("ship", "order"), ("reconcile", "page")]
)
def test_other_operations_stop_after_one_order_or_page(
    merchant: Browser, main: Account, operation: str, what: str
) -> None:
    run = seed.run(main, operation, "running", orders={seed.order(main).id: "working"})
    part = merchant.get(f"/runs/{run.id}", part=True).text
    assert f"Stop after this {what}" in part
    assert "in hand" not in part


def test_stop_asks_the_run_to_end_between_two_orders(merchant: Browser, main: Account) -> None:
    run = seed.run(main, "import", "running")
    answer = merchant.post(f"/runs/{run.id}/stop", part=True)
    assert answer.status_code == 303
    db.session.rollback()
    assert db.session.get_one(Run, run.id).stop_requested
    assert "Stops after the orders in hand" in text_of(merchant.get(f"/runs/{run.id}", part=True).text)


def test_a_queued_run_is_stopped_at_once_and_an_ended_one_stays(merchant: Browser, main: Account) -> None:
    queued, ended = seed.run(main, "import", "queued"), seed.run(main, "lookup", "finished")
    merchant.post(f"/runs/{queued.id}/stop")
    merchant.post(f"/runs/{ended.id}/stop")
    db.session.rollback()
    assert db.session.get_one(Run, queued.id).state == "stopped"
    assert db.session.get_one(Run, ended.id).state == "finished"


def test_support_stops_only_its_own_runs(support: Browser, main: Account) -> None:
    theirs, own = seed.run(main, "import", "running"), seed.run(main, "lookup", "running", actor="Sam")
    assert support.post(f"/runs/{theirs.id}/stop").status_code == 403
    assert support.post(f"/runs/{own.id}/stop").status_code == 303
    db.session.rollback()
    assert not db.session.get_one(Run, theirs.id).stop_requested
    assert db.session.get_one(Run, own.id).stop_requested


def test_a_start_is_recorded_with_the_persons_name_and_enqueued(
    merchant: Browser, main: Account, last_run: Callable[[], Run]
) -> None:
    answer = merchant.post("/runs/start", {"operation": "import", "next": "/automation"})
    assert answer.headers["Location"] == "/automation"
    run = last_run()
    assert (run.operation, run.trigger, run.actor, run.wanted) == ("import", "button", "Mona", None)
    assert f"/runs/{run.id}" in merchant.get("/automation").text


def test_a_second_start_of_the_same_operation_says_so(merchant: Browser, main: Account, queued: list[int]) -> None:
    seed.run(main, "import", "running")
    merchant.post("/runs/start", {"operation": "import"}, headers={"Referer": "http://localhost/runs"})
    assert queued == []
    assert db.session.query(Run).filter_by(account_id=main.id).count() == 1
    assert "already" in text_of(merchant.get("/runs").text)


@pytest.mark.parametrize(
    ("operation", "status"), [("lookup", 303), ("reconcile", 303), ("import", 403), ("accept", 403), ("ship", 403)]
)
def test_support_starts_only_what_writes_nowhere(
    support: Browser, main: Account, queued: list[int], operation: str, status: int
) -> None:
    assert support.post("/runs/start", {"operation": operation}).status_code == status
    assert len(queued) == (status == 303)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_start_never_leads_to_another_site(merchant: Browser, main: Account, queued: list[int], target: str) -> None:
    answer = merchant.post("/runs/start", {"operation": "lookup", "next": target})
    assert "evil" not in answer.headers["Location"]
    assert answer.headers["Location"].startswith("/")


def test_an_unknown_operation_is_refused(merchant: Browser, main: Account, queued: list[int]) -> None:
    assert merchant.post("/runs/start", {"operation": "pay"}).status_code == 400
    assert merchant.post("/runs/start", {}).status_code == 400
    assert queued == []


def test_starting_needs_the_pages_token(merchant: Browser, main: Account, queued: list[int]) -> None:
    assert merchant.post("/runs/start", {"operation": "lookup"}, token=False).status_code == 400
    assert queued == []


def test_a_redis_that_is_away_is_said_and_the_run_is_closed(
    merchant: Browser, main: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(run: Run) -> None:
        raise ConfigError("redis.away", host="localhost:6379")

    monkeypatch.setattr(queue, "enqueue", away)
    answer = merchant.post("/runs/start", {"operation": "lookup"}, part=True)
    assert answer.status_code == 409
    assert "localhost:6379" in text_of(answer.text)
    db.session.rollback()
    run = db.session.query(Run).filter_by(account_id=main.id).one()
    assert (run.state, run.open, run.error_code) == ("failed", False, "redis.away")


def test_a_run_of_another_account_is_opened_there_and_not_stopped_from_here(merchant: Browser, main: Account) -> None:
    other = seed.run(seed.account("other"), "lookup", "running")
    assert merchant.post(f"/runs/{other.id}/stop", part=True).status_code == 409
    db.session.rollback()
    assert not db.session.get_one(Run, other.id).stop_requested
    assert "belongs to the account “other”" in text_of(merchant.get(f"/runs/{other.id}").text)
    assert merchant.get("/runs/999").status_code == 404
    assert merchant.get(f"/runs/{10**20}").status_code == 404  # more than a database can look for

"""Between two lookups the marketplace is asked whether orders came; those that did are in the shop a moment later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cdsync import accounts, resting, settings
from cdsync.bookkeeping import arrivals
from cdsync.db import db, now, transaction
from cdsync.models import Account, CachedRead, Exchange, Order, Run
from cdsync.operations.running import starting
from cdsync.operations.running.asking import accounts_to_ask, ask
from cdsync.operations.running.going_on import start_what_follows
from cdsync.runs import find
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from cdsync.sandbox.prestashop import PrestaShopSandbox
from rq_jobs import run_operation
from rq_jobs.run_operation import run_scheduled
from tests.worlds import Running, order_of

COUNT, LIST = "/seller/v2/orders/count", "/seller/v2/orders"


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs that were handed to the queue, in place of a Redis."""
    found: list[int] = []
    monkeypatch.setattr(starting.queue, "enqueue", lambda run: found.append(run.id))
    monkeypatch.setattr(starting.queue, "waiting_runs", lambda: set(found))
    return found


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now()) as travelling:
        yield travelling


@pytest.fixture
def looked_up(
    app: Flask, account: Account, enqueued: list[int], clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> Account:
    """Imports run by themselves too; the schedule looked up a moment ago."""
    monkeypatch.setattr(run_operation, "application", lambda: app)
    chosen = {"lookup": settings.OFTEN, "import": settings.OFTEN}
    settings.load({"account": "main", "schedule": chosen})
    scheduled("lookup")
    return account


def scheduled(operation: str) -> dict[str, Any] | None:
    db.session.rollback()
    return run_scheduled("main", operation)


def later(clock: time_machine.Traveller, minutes: float = 2.1) -> None:
    db.session.rollback()
    clock.shift(timedelta(minutes=minutes))


def add(market: OctopiaSandbox, status: str = "InPreparation", **more: Any) -> str:
    line = line_json(sku="MUG-ARDOISE", quantity=1, unit_price="9.99", shipping="4.99")
    return market.add(order_json(status=status, lines=[line], updated_at=now(), **more))


def asked() -> list[int | None]:
    """What the accounts whose time has come were answered: the lookups that began."""
    due = accounts_to_ask()
    db.session.rollback()
    found = [ask(each) for each in due]
    db.session.rollback()
    return found


def carry_out(enqueued: list[int]) -> list[tuple[str, str, str]]:
    """Takes what is queued, as a worker does, and what follows from it."""
    done = []
    while enqueued:
        run = find(enqueued.pop(0))
        db.session.rollback()
        run_operation.run_operation(run.id)
        db.session.rollback()
        done.append((run.operation, run.trigger, find(run.id).state))
    return done


def questions(market: OctopiaSandbox) -> int:
    return len(market.server.requests("GET", COUNT))


def test_what_came_is_looked_up_and_in_the_shop_at_once(
    looked_up: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, enqueued: list[int], clock: Any
) -> None:
    ref = add(market)
    later(clock)
    (lookup,) = asked()
    assert enqueued == [lookup]
    assert carry_out(enqueued) == [("lookup", "arrival", "finished"), ("import", "arrival", "finished")]
    (made,) = shop.rows("orders")
    assert made["payment"] == f"Cdiscount {ref}"
    later(clock)
    assert asked() == [None]  # it is known now


def test_nothing_that_came_makes_no_run_and_keeps_no_exchange_but_when_it_was_asked_is_known(
    looked_up: Account, market: OctopiaSandbox, enqueued: list[int], clock: Any
) -> None:
    runs, exchanges = db.session.query(Run).count(), db.session.query(Exchange).count()
    later(clock)
    assert asked() == [None]
    assert (db.session.query(Run).count(), db.session.query(Exchange).count()) == (runs, exchanges)
    assert enqueued == []
    found = arrivals.of(looked_up.id)
    assert found is not None
    assert (found.told, found.failed) == (0, {})
    assert found.asked_at == now().isoformat() or found.asked_at > (now() - timedelta(seconds=10)).isoformat()


def test_each_request_of_a_question_pays_for_two_minutes(
    looked_up: Account, market: OctopiaSandbox, enqueued: list[int], clock: Any
) -> None:
    settings.load({"account": "main", "schedule": {"accept": settings.OFTEN}})
    later(clock)
    asked()
    assert questions(market) == 2  # to accept, and to import
    later(clock)
    assert accounts_to_ask() == []
    later(clock)
    asked()
    assert questions(market) == 4


def test_two_who_ask_at_once_ask_once(looked_up: Account, market: OctopiaSandbox, clock: Any) -> None:
    later(clock)
    due = accounts_to_ask()
    assert [accounts_to_ask() for _ in range(2)] == [due, due]
    db.session.rollback()
    ask(looked_up.id)
    ask(looked_up.id)
    assert questions(market) == 1


def test_what_waits_for_acceptance_is_accepted_at_once_where_that_runs_by_itself(
    looked_up: Account, market: OctopiaSandbox, enqueued: list[int], clock: Any
) -> None:
    settings.load({"account": "main", "schedule": {"accept": settings.OFTEN}})
    ref = add(market, "WaitingAcceptance")
    later(clock)
    asked()
    assert carry_out(enqueued) == [("lookup", "arrival", "finished"), ("accept", "arrival", "finished")]
    assert market.approvals == [(ref, "Accepted")]


def test_what_waits_for_a_person_to_accept_it_starts_nothing(
    looked_up: Account, market: OctopiaSandbox, enqueued: list[int], clock: Any
) -> None:
    settings.load(
        {"account": "main", "schedule": {"accept": settings.OFTEN}, "orders": {"acceptance": "manual"}},
    )
    add(market, "WaitingAcceptance")
    later(clock)
    assert asked() == [None]
    assert (questions(market), enqueued) == (1, [])


@pytest.mark.parametrize(
    "changed",
    [
        {"schedule": {"lookup": None}},
        {"schedule": {"lookup": "0 4 * * *"}},
        {"orders": {"ask_between_lookups": False}},
    ],
)
def test_nobody_is_asked_where_lookups_do_not_run_by_themselves(
    looked_up: Account, market: OctopiaSandbox, clock: Any, changed: dict[str, Any]
) -> None:
    settings.load({"account": "main", **changed})
    add(market)
    later(clock)
    assert asked() == []
    assert questions(market) == 0


def test_a_paused_account_is_not_asked(looked_up: Account, market: OctopiaSandbox, clock: Any) -> None:
    accounts.find(None).active = False
    db.session.commit()
    later(clock)
    assert asked() == []


def test_an_import_at_a_chosen_time_of_the_day_is_waited_for(
    looked_up: Account, market: OctopiaSandbox, enqueued: list[int], clock: Any
) -> None:
    settings.load({"account": "main", "schedule": {"import": "0 6 * * *"}})
    add(market)
    later(clock)
    asked()
    assert carry_out(enqueued) == [("lookup", "arrival", "finished")]


def test_a_refused_key_rests_and_nobody_knocks(looked_up: Account, market: OctopiaSandbox, clock: Any) -> None:
    market.tokens.client_secret = "another one"
    market.tokens.alive.clear()
    later(clock)
    assert asked() == [None]
    assert set(resting.of(looked_up.id)) == {"marketplace"}
    sent = len(market.server.log)
    later(clock, 10)
    assert asked() == []
    assert len(market.server.log) == sent


def test_a_silent_marketplace_is_asked_once_until_a_lookup_gets_through(
    looked_up: Account, market: OctopiaSandbox, enqueued: list[int], clock: Any
) -> None:
    market.faults.add(Fault("status_503_before", "GET", "/orders/count", times=3))
    add(market)
    later(clock)
    assert asked() == [None]
    found = arrivals.of(looked_up.id)
    assert found is not None
    assert found.failed["code"] == "marketplace.server_error"
    assert db.session.query(Run).count() == 1  # no run failed because of it
    market.faults.clear()
    later(clock, 5)
    assert asked() == []
    scheduled("lookup")
    assert carry_out(enqueued) == [("import", "arrival", "finished")]
    later(clock)
    assert asked() == [None]
    assert arrivals.of(looked_up.id).failed == {}  # type: ignore[union-attr]


def test_a_marketplace_that_counts_what_it_does_not_list_starts_one_lookup(
    looked_up: Account, market: OctopiaSandbox, enqueued: list[int], clock: Any
) -> None:
    """It ignores the date: everything in preparation counts, however long it is known."""
    add(market)
    scheduled("lookup")
    carry_out(enqueued)
    count = market.api._matching

    def dateless(request: Any) -> Any:
        query = tuple(each for each in request.query if each[0] != "updatedAtMin")
        return count(type(request)(request.method, request.path, query, request.headers, request.body))

    market.api._matching = dateless  # type: ignore[method-assign]
    market.api.routes[1] = (*market.api.routes[1][:2], market.api._count)
    began = []
    for _ in range(4):
        later(clock)
        began += asked()
        carry_out(enqueued)
    assert [run is not None for run in began] == [True, False, False, False]
    add(market)
    later(clock)
    assert asked() != [None]


def test_another_seller_is_not_asked_with_this_one_s_mark(
    looked_up: Account, market: OctopiaSandbox, clock: Any
) -> None:
    with transaction() as session:
        row = session.scalars(select(CachedRead).where(CachedRead.name == arrivals.NAME)).one()
        row.value = {**row.value, "seller": "somebody else"}
    later(clock)
    assert asked() == [None]
    assert questions(market) == 0


def test_a_lookup_that_ends_meanwhile_knows_better(looked_up: Account, clock: Any) -> None:
    later(clock)
    before = arrivals.of(looked_up.id)
    assert before is not None
    with transaction() as session:
        arrivals.listed(session, looked_up.id, before.seller, "a newer mark", anything=True)
    assert not arrivals.answered(looked_up.id, before.mark, 5, 1)
    assert arrivals.of(looked_up.id).told is None  # type: ignore[union-attr]


def test_a_short_lookup_reads_what_changed_lately_and_counts_as_no_whole_one(
    looked_up: Account, market: OctopiaSandbox, enqueued: list[int], clock: Any
) -> None:
    """Nor does it read open orders one by one that its list does not name."""
    old = add(market)
    scheduled("lookup")
    enqueued.clear()
    later(clock, 24 * 60)
    scheduled("lookup")
    enqueued.clear()
    began = now()
    add(market)
    later(clock)
    asked()
    market.server.log.clear()
    carry_out(enqueued)
    (listed,) = market.server.requests("GET", LIST)
    assert f"updatedAtMin={began - timedelta(hours=2):%Y-%m-%dT%H}" in listed.query.replace("%3A", ":")
    assert market.server.requests("GET", f"{LIST}/{old}") == []
    later(clock, 13)
    market.server.log.clear()
    scheduled("lookup")
    (listed,) = market.server.requests("GET", LIST)
    assert f"updatedAtMin={began - timedelta(days=7, hours=2):%Y-%m-%dT%H}" in listed.query.replace("%3A", ":")


def test_orders_that_came_during_an_import_follow_it(
    looked_up: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, enqueued: list[int], run: Running, clock: Any
) -> None:
    """Whose lookup could start none, since that one was open."""
    add(market)
    scheduled("lookup")
    (first,) = enqueued
    later(clock, 0.2)
    second = add(market)
    assert run(looked_up, "lookup", trigger="arrival")["state"] == "finished"
    enqueued.clear()
    with transaction() as session:  # found while the import was at work
        order = session.scalars(select(Order).where(Order.marketplace_ref == second)).one()
        order.problem_code = "shop.timeout"
    run_operation.run_operation(first)
    with transaction() as session:
        session.scalars(select(Order).where(Order.marketplace_ref == second)).one().problem_code = None
        session.scalars(select(Order).where(Order.marketplace_ref == second)).one().state_since = now()
    assert len(start_what_follows(find(first))) == 1
    assert carry_out(enqueued) == [("import", "arrival", "finished")]
    assert order_of(second).state == "imported"
    assert len(shop.rows("orders")) == 2


def test_a_lookup_of_a_person_starts_nothing(
    looked_up: Account, market: OctopiaSandbox, enqueued: list[int], run: Running
) -> None:
    add(market)
    made = run(looked_up, "lookup", trigger="button")
    assert start_what_follows(find(made["run"])) == []
    assert enqueued == []

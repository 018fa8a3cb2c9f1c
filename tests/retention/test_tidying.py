"""What is old enough goes, in portions; what an import, an open order or a person may still need stays for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cdsync import settings
from cdsync.bookkeeping.run_recorder import RunRecorder
from cdsync.connectors.base import Exchange as Sent
from cdsync.db import db, now, transaction
from cdsync.models import (
    Account,
    Exchange,
    ExchangeOrder,
    Heartbeat,
    ImportStep,
    Order,
    OrderEvent,
    OrderRaw,
    Run,
    RunOrder,
    ShopOrder,
)  # fmt: skip
from cdsync.retention import tidying
from cdsync.retention.kinds import KINDS
from tests.fakes import World, reading
from tests.worlds import Running, order_of

BEGAN = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
YEARS = timedelta(days=500)
ALL = (Exchange, ExchangeOrder, ImportStep, OrderEvent, OrderRaw, Run, RunOrder)
REQUEST = Sent("shop", "GET", "https://shop.example/api/orders", 200, 5, BEGAN, "", "<a/>", order_refs=("A1",))


@pytest.fixture
def shipped(world: World, fake_account: Account, run: Running) -> Order:
    """A1, in the shop and shipped long ago, with a request about it; A2 came that day as well and still waits."""
    with time_machine.travel(BEGAN, tick=True):
        world.add(reading("A1"), reading("A2"))
        run(fake_account, "lookup")
        RunRecorder(fake_account.id, run_id=1).record(REQUEST)
        run(fake_account, "import", order_ids=[order_of("A1").id])
        world.shop_orders = [replace(each, status_ref="4", tracking_number="T1") for each in world.shop_orders]
        run(fake_account, "ship")
        assert order_of("A1").state == "shipped"
    return order_of("A1")


def keep(**days: int) -> None:
    settings.load({"keep": days})


def counts(ref: str | None = None) -> dict[str, int]:
    """How many rows there are, of one order where it is named."""
    db.session.rollback()
    found = {}
    for model in ALL:
        query = select(func.count()).select_from(model)
        if ref is not None and hasattr(model, "order_id"):
            query = query.where(model.order_id == order_of(ref).id)  # type: ignore[attr-defined]
        found[model.__tablename__] = db.session.scalar(query) or 0
    return found


def tidied() -> dict[str, int]:
    with time_machine.travel(BEGAN + YEARS, tick=True):
        return {name: count for name, count in tidying.tidy(rest=0).items() if count}


def test_of_an_order_that_is_over_all_goes_but_the_order_and_what_the_shop_has_of_it(shipped: Order) -> None:
    keep(events_days=400)
    before, gone = counts("A1"), tidied()
    after = counts("A1")
    assert all(before[name] for name in ("order_raws", "import_steps", "order_events", "run_orders"))
    assert {name: after[name] for name in after if name not in ("runs", "exchanges")} == {
        "exchange_orders": 0, "import_steps": 0, "order_events": 0, "order_raws": 0, "run_orders": 0,
    }  # fmt: skip
    assert gone["orders' JSON"] == 1
    assert gone["events"] == before["order_events"]
    order = order_of("A1")
    assert (order.state, len(order.lines), [each.shop_ref for each in order.shop_orders]) == ("shipped", 1, ["1"])


def test_it_never_becomes_a_second_order_in_the_shop(
    world: World, fake_account: Account, run: Running, shipped: Order
) -> None:
    """Also when the marketplace offers it anew, and when a restored database says that it was never imported."""
    keep(events_days=400)
    assert tidied()
    made = list(world.shop_orders)
    world.add(replace(reading("A1"), raw="told once more"))
    run(fake_account, "lookup")
    run(fake_account, "import", order_ids=[order_of("A1").id])
    assert world.shop_orders == made
    with transaction() as session:
        session.execute(update(Order).where(Order.id == shipped.id).values(state="to_import", problem_code=None))
        for each in session.scalars(select(ShopOrder).where(ShopOrder.order_id == shipped.id)):
            session.delete(each)
    run(fake_account, "import", order_ids=[shipped.id])
    assert world.shop_orders == made
    assert order_of("A1").state == "imported"


def test_an_order_that_is_taken_up_in_between_keeps_everything(shipped: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(events_days=400)
    before = counts("A1")

    @contextmanager
    def taken_up() -> Iterator[Session]:
        with transaction() as session:
            session.execute(update(Order).where(Order.id == shipped.id).values(claim_owner="somebody"))
            yield session

    monkeypatch.setattr(tidying, "transaction", taken_up)
    tidied()
    assert counts("A1") == before


@pytest.mark.parametrize(
    "standing",
    [
        {"state": "imported"},
        {"state": "to_import"},
        {"problem_code": "order.cancelled_after_import"},
        {"next_try_at": BEGAN},
        {"claim_owner": "somebody"},
        {"state_since": BEGAN + YEARS - timedelta(days=3)},  # over only now
    ],
)
def test_nothing_goes_of_an_order_that_is_open_stopped_or_being_worked_on(
    shipped: Order, standing: dict[str, Any]
) -> None:
    keep(events_days=10_000)
    with transaction() as session:
        session.execute(update(Order).where(Order.id == shipped.id).values(**standing))
    before = counts("A1")
    tidied()
    after = counts("A1")
    kept = ["import_steps", "order_raws"]
    kept += [] if "state_since" in standing else ["run_orders", "exchange_orders", "order_events"]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_an_order_with_a_step_without_an_answer_keeps_all(shipped: Order) -> None:
    with transaction() as session:
        step = session.scalars(select(ImportStep).where(ImportStep.order_id == shipped.id).limit(1)).one()
        step.done_at = None
        doubted = step.run_id
    before = counts("A1")
    tidied()
    assert counts("A1") == {**before, "runs": counts()["runs"], "exchanges": counts()["exchanges"]}
    assert db.session.get(Run, doubted) is not None


@pytest.mark.parametrize("state", ["cancelled", "elsewhere"])
def test_what_an_import_made_of_an_order_that_was_given_up_stays_known(shipped: Order, state: str) -> None:
    """It may be taken back, and what lies in the shop of it has to be found again."""
    with transaction() as session:
        session.execute(update(Order).where(Order.id == shipped.id).values(state=state))
    before = counts("A1")["import_steps"]
    assert tidied()["orders' JSON"] == 1
    assert counts("A1")["import_steps"] == before > 0


def test_what_waits_keeps_its_records_however_old(shipped: Order) -> None:
    before = counts("A2")
    tidied()
    after = counts("A2")
    kept = ("order_raws", "order_events", "run_orders")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_what_is_young_stays_and_0_is_for_ever(shipped: Order) -> None:
    before = counts()
    with time_machine.travel(BEGAN + timedelta(days=89), tick=True):
        assert set(tidying.tidy(rest=0).values()) == {0}
    assert counts() == before
    keep(requests_days=0, json_days=0, steps_days=0, runs_days=0, events_days=0)
    assert tidied() == {}
    assert counts() == before


def test_a_run_goes_when_nothing_names_it_any_more_but_never_the_newest(
    fake_account: Account, run: Running, world: World
) -> None:
    with time_machine.travel(BEGAN, tick=True):
        for _ in range(3):
            run(fake_account, "lookup")
    assert tidied()["runs"] == 2
    db.session.rollback()
    assert db.session.scalars(select(Run.id)).all() == [3]


def test_each_account_keeps_its_own_for_as_long_as_it_says(shipped: Order, fake_account: Account) -> None:
    keep(requests_days=0)
    other = settings.load({"account": "other", "keep": {"requests_days": 30}})
    with transaction() as session:
        session.add(Exchange(account_id=other.id, side="shop", method="GET", url="", at=BEGAN))
        mine = session.scalar(select(func.count()).where(Exchange.account_id == fake_account.id))
    assert tidied()["requests"] == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Exchange.account_id == fake_account.id)) == mine
    assert db.session.scalar(select(func.count()).where(Exchange.account_id == other.id)) == 0


def requests_long_ago(account: Account, number: int) -> None:
    with transaction() as session:
        rows = [Exchange(account_id=account.id, side="shop", method="GET", url="", at=BEGAN) for _ in range(number)]
        session.add_all(rows)


def test_it_goes_portion_by_portion_and_a_stop_ends_it_after_one(
    fake_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "ROWS", 4)
    requests_long_ago(fake_account, 11)
    answers = iter([False, True, *[True] * 99])
    with time_machine.travel(BEGAN + YEARS, tick=True):
        assert tidying.tidy(lambda: next(answers), rest=0)["requests"] == 4
        assert tidying.tidy(rest=0)["requests"] == 7
    db.session.rollback()
    beat = db.session.get_one(Heartbeat, tidying.BEAT)
    assert beat.detail["requests"] == 7


def test_it_reads_no_more_than_what_is_old(fake_account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come in the order of their age: behind the first that are too young nothing is looked at."""
    monkeypatch.setattr(tidying, "ROWS", 4)
    requests_long_ago(fake_account, 3)
    with transaction() as session:
        session.add_all(
            Exchange(account_id=fake_account.id, side="shop", method="GET", url="", at=BEGAN + YEARS) for _ in range(40)
        )
    requests = KINDS[0]
    with time_machine.travel(BEGAN + YEARS, tick=True):
        ages = {fake_account.id: now() - timedelta(days=90)}
        after, gone = tidying._portion(requests, ages, 0)
        assert gone == 3
        assert after is not None
        assert tidying._portion(requests, ages, after) == (None, 0)


@pytest.mark.only_on("sqlite", "PostgreSQL scans tables as small as these")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_portion_goes_through_a_table(app: Any, kind: Any) -> None:
    with db.engine.connect() as connection:
        query = kind.portion(0, {1: BEGAN}, 500).compile(connection, compile_kwargs={"literal_binds": True})
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert any(each.startswith("SEARCH") and "rowid>" in each for each in plan), plan
    assert [each for each in plan if each.startswith("SCAN") and "reconciliations" not in each] == []

"""What the database keeps of itself is what a count says, whatever happens to orders; a recount mends what is not."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from cdsync import accounts, kept_figures, orders, states
from cdsync.db import db, reading, transaction
from cdsync.errors import RejectedError
from cdsync.models import Account, FigureChange, KeptFigure, Order, OrderEvent, OrderLine
from cdsync.models.kept_figure import ORDERS
from tests import fakes
from tests.worlds import committed

MODES = ("TrackedHomeDelivery", "Relay", "")


@pytest.fixture
def two(app: Flask) -> list[int]:
    """Ids of two accounts."""
    db.session.add_all(Account(name=name, settings={}) for name in ("one", "other"))
    db.session.commit()
    ids = list(db.session.scalars(select(Account.id).order_by(Account.id)))
    db.session.rollback()
    return ids


def arrive(account_id: int, ref: str, state: str = "to_import", mode: str = MODES[0]) -> int:
    line = replace(fakes.sold(), delivery_mode=mode)
    return committed(orders.store, account_id, fakes.reading(ref, state, lines=(line,))).order_id


def counted(account_id: int) -> Counter[str]:
    with reading() as session:
        rows = session.execute(select(Order.state, Order.delivery_mode).where(Order.account_id == account_id))
        return Counter(f"{state}/{mode}" for state, mode in rows)


def kept(account_id: int) -> Counter[str]:
    with reading():
        return Counter(kept_figures.counts(account_id, ORDERS))


class History:
    """Things that happen to orders, one after the other, as chance wants it."""

    def __init__(self, two: list[int], seed: int) -> None:
        self.two, self.chance, self.refs = two, random.Random(seed), 0

    def step(self) -> None:
        ways: list[tuple[Callable[[], object], int]] = [
            (self.arrives, 5), (self.moves, 6), (self.is_read_again, 3), (self.is_stopped, 2), (self.is_claimed, 3),
            (self.breaks_off, 2), (self.goes, 1), (self.many_change, 1), (self.all_go, 1), (kept_figures.sum_up, 2),
        ]  # fmt: skip
        self.chance.choices([way for way, _often in ways], [often for _way, often in ways])[0]()

    def arrives(self) -> None:
        self.refs += 1
        state = self.chance.choice(("announced", "to_accept", "to_import"))
        arrive(self.chance.choice(self.two), f"A{self.refs}", state, self.chance.choice(MODES))

    def moves(self) -> None:
        if order := self.some():
            new = self.chance.choice(states.STATES)
            if states.may_move(order.state, new):
                committed(orders.move, order.id, order.state, new)

    def is_read_again(self) -> None:
        if order := self.some():
            state = order.state if order.state in ("announced", "to_accept", "to_import") else "to_import"
            arrive(order.account_id, order.marketplace_ref, state, self.chance.choice(MODES))

    def is_stopped(self) -> None:
        if order := self.some():
            committed(orders.raise_problem, order.id, RejectedError("order.no_address"), "import")

    def is_claimed(self) -> None:
        if order := self.some():
            committed(orders.claim, [order.id], "one", 60)
            committed(orders.release_all, "one")

    def breaks_off(self) -> None:
        """What a transaction changed that was not committed, was not changed."""
        if order := self.some():
            session = db.session()
            session.execute(update(Order).where(Order.account_id == order.account_id).values(state="shipped"))
            session.rollback()

    def goes(self) -> None:
        if order := self.some():
            with transaction() as session:
                session.execute(delete(OrderEvent).where(OrderEvent.order_id == order.id))
                session.execute(delete(OrderLine).where(OrderLine.order_id == order.id))
                session.execute(delete(Order).where(Order.id == order.id))

    def many_change(self) -> None:
        with transaction() as session:
            some = update(Order).where(Order.id % self.chance.randint(2, 4) == 0)
            session.execute(some.values(delivery_mode=self.chance.choice(MODES)))

    def all_go(self) -> None:
        if self.chance.random() < 0.2:
            accounts.empty(self.chance.choice(self.two))

    def some(self) -> Order | None:
        with reading() as session:
            found = list(session.scalars(select(Order).order_by(Order.id)))
            session.expunge_all()
        return self.chance.choice(found) if found else None


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_what_is_kept_is_what_is_counted(
    two: list[int], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_figures, "MANY", 7)
    monkeypatch.setattr(kept_figures, "AT_ONCE", 5)
    history = History(two, seed)
    for _each in range(80):
        history.step()
        assert [kept(each) for each in two] == [counted(each) for each in two]
    assert committed(kept_figures.recount) == []


def test_what_is_summed_up_is_counted_once(two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_figures, "MANY", 1)
    for number in range(3):
        arrive(two[0], f"A{number}")
    before = kept(two[0])
    assert kept_figures.sum_up() > 0
    with reading() as session:
        assert not session.scalars(select(FigureChange)).all()
    assert kept(two[0]) == before == {"to_import/TrackedHomeDelivery": 3}


def test_a_recount_says_what_differs_and_mends_it(two: list[int]) -> None:
    arrive(two[0], "A1")
    arrive(two[1], "B1")
    with transaction() as session:
        session.add(KeptFigure(account_id=two[0], figure="orders", key="shipped/", count=7))
        session.execute(delete(FigureChange).where(FigureChange.account_id == two[1]))
    only_said = committed(kept_figures.recount, mend=False)
    assert [(each.account_id, each.key, each.missing) for each in only_said] == [
        (two[0], "shipped/", -7), (two[1], "to_import/TrackedHomeDelivery", 1)
    ]  # fmt: skip
    assert committed(kept_figures.recount) == only_said
    assert [kept(each) for each in two] == [counted(each) for each in two]
    assert committed(kept_figures.recount) == []


def test_a_claim_changes_no_figure(two: list[int]) -> None:
    order_id = arrive(two[0], "A1")
    committed(orders.raise_problem, order_id, RejectedError("order.no_address"), "import")
    with transaction() as session:
        session.execute(delete(FigureChange))
    committed(orders.claim, [order_id], "one", 60)
    committed(orders.renew, "one", 60)
    committed(orders.raise_problem, order_id, RejectedError("order.no_address"), "import")
    with reading() as session:
        assert not session.scalars(select(FigureChange)).all()


def test_an_account_goes_with_its_figures(two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        session.get_one(Account, two[0]).rehearsal = True
    arrive(two[0], "A1")
    monkeypatch.setattr(kept_figures, "MANY", 1)
    kept_figures.sum_up()
    accounts.remove(two[0])
    with reading() as session:
        assert not session.scalars(select(KeptFigure)).all()
        assert not session.scalars(select(FigureChange)).all()


@pytest.mark.only_on("postgresql", "one writes at a time on SQLite")
def test_runs_that_move_the_same_counts_do_not_wait_for_each_other(app: Flask, two: list[int]) -> None:
    """The first has moved its order and not committed yet; the second moves its own, and what there is is summed up."""
    first, second = arrive(two[0], "A1"), arrive(two[0], "A2")
    done = threading.Event()

    def second_run() -> None:
        with app.app_context():
            committed(orders.move, second, "to_import", "imported")
            kept_figures.sum_up()
            done.set()

    with transaction() as session:
        orders.move(session, first, "to_import", "imported")
        session.flush()
        thread = threading.Thread(target=second_run)
        thread.start()
        assert done.wait(10)
    thread.join()
    assert kept(two[0]) == counted(two[0])

"""What the database keeps of SKUs is what their lines say, whatever happens to lines; a recount mends what is not."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from cdsync import accounts, kept_figures, orders, sku_figures
from cdsync.db import db, reading, transaction
from cdsync.models import Account, Order, OrderEvent, OrderLine, SkuChange, SkuFigure
from cdsync.products import MATCHED, UNMATCHED, lists
from cdsync.sku_figures import Sku
from tests import fakes
from tests.worlds import committed

SKUS = ("MUG", "lamp", "CUP", "Émaux", "_0", "")


@pytest.fixture
def two(app: Flask) -> list[int]:
    """Ids of two accounts."""
    db.session.add_all(Account(name=name, settings={}) for name in ("one", "other"))
    db.session.commit()
    ids = list(db.session.scalars(select(Account.id).order_by(Account.id)))
    db.session.rollback()
    return ids


def arrive(account_id: int, ref: str, *skus: str, live: bool = True) -> int:
    lines = tuple(fakes.sold(sku, line_ref=f"L{number}", live=live) for number, sku in enumerate(skus))
    return committed(orders.store, account_id, fakes.reading(ref, lines=lines)).order_id


def matched(order_id: int, product: str = "15") -> None:
    with transaction() as session:
        session.execute(update(OrderLine).where(OrderLine.order_id == order_id).values(product_ref=product))


def counted(account_id: int) -> dict[str, Sku]:
    with reading() as session:
        lines = list(
            session.execute(
                select(OrderLine.sku, OrderLine.order_id, OrderLine.id, OrderLine.product_ref)
                .join(Order, Order.id == OrderLine.order_id)
                .where(Order.account_id == account_id, OrderLine.live.is_(True), OrderLine.sku != "")
            )
        )
    found = {}
    for sku in {line.sku for line in lines}:
        mine = [line for line in lines if line.sku == sku]
        is_matched, last = max((line.product_ref != "", line.id) for line in mine)
        found[sku] = Sku(len({line.order_id for line in mine}), last, is_matched)
    return found


def kept(account_id: int) -> dict[str, Sku]:
    with reading():
        return dict(lists.of_account(account_id).shown("").some(0, 1_000))


def page_by_page(account_id: int, only: str) -> list[str]:
    """The SKUs of a list as pages of two show them."""
    with reading():
        listed = lists.of_account(account_id).shown(only)
        pages = [listed.some(place, 2) for place in range(0, listed.total, 2)]
    assert [len(page) for page in pages[:-1]] == [2] * len(pages[:-1])
    assert sum(map(len, pages)) == listed.total
    return [sku for page in pages for sku, _figures in page]


def sorted_by_hand(account_id: int, only: str) -> list[str]:
    skus = {sku: each for sku, each in counted(account_id).items() if not only or each.matched == (only == MATCHED)}
    return sorted(skus, key=lambda sku: (-skus[sku].orders, sku))


def changes() -> int:
    with reading() as session:
        return len(session.scalars(select(SkuChange.id)).all())


class History:
    """Things that happen to lines, one after the other, as chance wants it."""

    def __init__(self, two: list[int], seed: int) -> None:
        self.two, self.chance, self.refs = two, random.Random(seed), 0

    def step(self) -> None:
        ways: list[tuple[Callable[[], object], int]] = [
            (self.arrives, 5), (self.arrive_together, 1), (self.is_read_again, 4), (self.is_matched, 5),
            (self.is_matched_no_more, 2), (self.breaks_off, 2), (self.goes, 2), (self.lines_go, 2),
            (self.many_change, 2), (self.changes_hands, 1), (self.all_go, 1), (kept_figures.sum_up, 3),
        ]  # fmt: skip
        self.chance.choices([way for way, _often in ways], [often for _way, often in ways])[0]()

    def skus(self) -> list[str]:
        """Of an order: the same one twice, and none, at times."""
        return self.chance.choices(SKUS, (4, 2, 1, 2, 1, 1), k=self.chance.randint(1, 3))

    def arrives(self) -> None:
        self.refs += 1
        arrive(self.chance.choice(self.two), f"A{self.refs}", *self.skus(), live=self.chance.random() < 0.9)

    def arrive_together(self) -> None:
        """Lines of several orders in one statement, as a page of a list is stored."""
        with transaction() as session:
            ids = list(session.scalars(select(Order.id).order_by(Order.id.desc()).limit(3)))
            self.refs += 1
            rows = [
                {"order_id": each, "line_ref": f"M{self.refs}-{number}", "sku": sku}
                for each in ids
                for number, sku in enumerate(self.skus())
            ]
            if rows:
                session.execute(insert(OrderLine).values(rows))

    def is_read_again(self) -> None:
        if order := self.some():
            arrive(order.account_id, order.marketplace_ref, *self.skus(), live=self.chance.random() < 0.8)

    def is_matched(self) -> None:
        if order := self.some():
            matched(order.id, self.chance.choice(("15", "16")))

    def is_matched_no_more(self) -> None:
        if order := self.some():
            matched(order.id, "")

    def breaks_off(self) -> None:
        session = db.session()
        session.execute(update(OrderLine).values(sku="lamp", product_ref="7"))
        session.rollback()

    def goes(self) -> None:
        """With its lines, by the database, or after them."""
        if order := self.some():
            with transaction() as session:
                session.execute(delete(OrderEvent).where(OrderEvent.order_id == order.id))
                if self.chance.random() < 0.5:
                    session.execute(delete(OrderLine).where(OrderLine.order_id == order.id))
                session.execute(delete(Order).where(Order.id == order.id))

    def lines_go(self) -> None:
        with transaction() as session:
            session.execute(delete(OrderLine).where(OrderLine.id % self.chance.randint(3, 5) == 0))

    def many_change(self) -> None:
        some = update(OrderLine).where(OrderLine.id % self.chance.randint(2, 4) == 0)
        values = [{"sku": self.chance.choice(SKUS)}, {"live": self.chance.random() < 0.6}, {"stock": 7}]
        with transaction() as session:
            session.execute(some.values(self.chance.choice(values)))

    def changes_hands(self) -> None:
        if order := self.some():
            with transaction() as session:
                session.execute(update(Order).where(Order.id == order.id).values(account_id=self.two[1]))

    def all_go(self) -> None:
        if self.chance.random() < 0.2:
            accounts.empty(self.chance.choice(self.two))

    def some(self) -> Order | None:
        with reading() as session:
            found = list(session.scalars(select(Order).order_by(Order.id)))
            session.expunge_all()
        return self.chance.choice(found) if found else None


@pytest.fixture
def summed_up_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_figures, "MANY", 7)
    monkeypatch.setattr(sku_figures, "AT_ONCE", 5)


@pytest.mark.usefixtures("summed_up_often")
@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_what_is_kept_is_what_lines_say(two: list[int], seed: int) -> None:
    history = History(two, seed)
    for step in range(80):
        history.step()
        assert [kept(each) for each in two] == [counted(each) for each in two]
        for each in two if step % 5 == 0 else ():
            for only in ("", MATCHED, UNMATCHED):
                assert page_by_page(each, only) == sorted_by_hand(each, only)
    assert committed(kept_figures.recount) == []


def test_an_order_counts_once_for_a_sku_it_has_twice(two: list[int]) -> None:
    order = arrive(two[0], "A1", "MUG", "MUG", "LAMP")
    assert {sku: each.orders for sku, each in kept(two[0]).items()} == {"MUG": 1, "LAMP": 1}
    with transaction() as session:
        session.execute(delete(OrderLine).where(OrderLine.order_id == order))
    assert kept(two[0]) == {}


def test_a_matched_line_is_the_last_one_though_newer_ones_are_not(two: list[int]) -> None:
    first = arrive(two[0], "A1", "MUG")
    matched(first)
    arrive(two[0], "A2", "MUG")
    assert kept(two[0])["MUG"] == Sku(2, counted(two[0])["MUG"].line_id, True)
    matched(first, "")
    assert kept(two[0])["MUG"].matched is False


def test_what_no_figure_is_made_of_appends_nothing(two: list[int]) -> None:
    order = arrive(two[0], "A1", "MUG")
    matched(order)
    before = changes()
    with transaction() as session:
        session.execute(update(OrderLine).values(product_ref="16", stock=4, title="Cup"))
    arrive(two[0], "A1", "MUG")
    assert changes() == before


@pytest.mark.usefixtures("summed_up_often")
def test_a_recount_says_what_differs_and_mends_it(two: list[int]) -> None:
    for ref in ("A1", "A2"):
        arrive(two[0], ref, "MUG", "LAMP")
    with transaction() as session:
        sku_figures.sum_up_some(session)
        session.add(SkuFigure(account_id=two[1], sku="GONE", orders=3, matched=False))
        session.execute(update(SkuFigure).where(SkuFigure.sku == "MUG").values(orders=1))
        session.execute(update(SkuFigure).where(SkuFigure.sku == "LAMP").values(line_id=1, matched=True))
    only_said = committed(kept_figures.recount, mend=False)
    assert [(each.account_id, each.figure, each.key, each.missing) for each in only_said] == [
        (two[0], "SKU", "LAMP", 0), (two[0], "SKU", "MUG", 1), (two[1], "SKU", "GONE", -3)
    ]  # fmt: skip
    assert committed(kept_figures.recount) == only_said
    assert [kept(each) for each in two] == [counted(each) for each in two]
    assert committed(kept_figures.recount) == []


def test_an_account_goes_with_its_skus(two: list[int]) -> None:
    with transaction() as session:
        session.get_one(Account, two[0]).rehearsal = True
    arrive(two[0], "A1", "MUG")
    committed(sku_figures.sum_up_some)
    arrive(two[0], "A2", "MUG")
    accounts.remove(two[0])
    with reading() as session:
        assert not session.scalars(select(SkuFigure)).all()
        assert not session.scalars(select(SkuChange)).all()


@pytest.mark.only_on("postgresql", "one writes at a time on SQLite")
def test_orders_of_the_same_skus_do_not_wait_for_each_other(app: Flask, two: list[int]) -> None:
    """The first was matched and is not committed yet; the second is, and what there is is summed up."""
    first, second = arrive(two[0], "A1", "MUG", "LAMP"), arrive(two[0], "A2", "LAMP", "MUG")
    done = threading.Event()

    def second_run() -> None:
        with app.app_context():
            matched(second)
            committed(sku_figures.sum_up_some)
            done.set()

    with transaction() as session:
        session.execute(update(OrderLine).where(OrderLine.order_id == first).values(product_ref="15"))
        thread = threading.Thread(target=second_run)
        thread.start()
        assert done.wait(10)
    thread.join()
    assert kept(two[0]) == counted(two[0])

"""Whatever is written in whichever order, the texts a search reads are those of the orders, and the index theirs."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdsync import orders
from cdsync.connectors.base import MarketplaceOrder
from cdsync.db import db, transaction
from cdsync.models import Account, Order, OrderLine, OrderText, ShopOrder
from cdsync.models.order_text import written_once
from cdsync.orders.marketplace_side.changed import Told
from tests.fakes import reading, sold
from tests.worlds import committed, keep_reading

HISTORIES, STEPS = 12, 25
Step = Callable[["History"], None]


def differing() -> list[int]:
    """Orders whose text is not what it has to be, or missing; what is in the index is compared by SQLite itself."""
    db.session.rollback()
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("INSERT INTO order_words (order_words, rank) VALUES ('integrity-check', 1)"))
            assert connection.execute(text("SELECT count(*) FROM order_texts_waiting")).scalar_one() == 0
        rows = "SELECT order_id, account_id, numbers, buyer FROM"
        kept, due = (
            set(connection.execute(text(f"{rows} {each}")).all()) for each in ("order_texts", "order_texts_due")
        )
        return sorted({row[0] for row in kept ^ due})


class History:
    """What may happen to orders, by every way that writes them."""

    def __init__(self, account: Account, seed: int) -> None:
        self.account, self.chosen, self.number = account.id, random.Random(seed), 0
        self.name = f"H{seed}-"

    def read(self) -> MarketplaceOrder:
        self.number += 1
        return self._told(f"{self.name}{self.number}")

    def _told(self, ref: str) -> MarketplaceOrder:
        skus = self.chosen.sample([f"SKU-{number}" for number in range(9)], self.chosen.randrange(4))
        return reading(ref, lines=tuple(map(sold, skus)))

    def an_order(self) -> Order | None:
        every = db.session.scalars(select(Order).order_by(Order.id)).all()
        return self.chosen.choice(every) if every else None

    def page(self) -> None:
        told = [Told(self.read(), "digest") for _ in range(self.chosen.randrange(5))]
        orders.store_new(db.session(), self.account, told, seller="")

    def one(self) -> None:
        orders.store(db.session(), self.account, self.read(), seller="")

    def told_anew(self) -> None:
        if order := self.an_order():
            orders.store(db.session(), self.account, self._told(order.marketplace_ref), seller="")

    def page_taken_back(self) -> None:
        with db.session.begin_nested() as nested:
            self.page()
            nested.rollback()

    def shop_order(self) -> None:
        if order := self.an_order():
            self.number += 1
            made = {"shop_ref": f"{self.name}{self.number}", "reference": f"PS{self.number}", "total_paid": Decimal(1)}
            db.session.add(ShopOrder(account_id=order.account_id, order_id=order.id, **made))
            db.session.flush()

    def line_moved(self) -> None:
        line, order = db.session.scalars(select(OrderLine).limit(1)).first(), self.an_order()
        if line is not None and order is not None:
            values = {"line": line.id, "order": order.id, "ref": f"moved {self.chosen.random()}"}
            db.session.execute(
                text("UPDATE order_lines SET order_id = :order, line_ref = :ref, sku = :ref WHERE id = :line"), values
            )
            db.session.expire_all()

    def lines_gone(self) -> None:
        db.session.execute(text("DELETE FROM order_lines WHERE sku = 'SKU-3'"))
        db.session.expire_all()

    def renamed(self) -> None:
        if order := self.an_order():
            order.buyer_name = f"Buyer {self.chosen.random()}"
            db.session.flush()

    def order_gone(self) -> None:
        if order := self.an_order():
            values = {"order": order.id}
            db.session.execute(text("DELETE FROM shop_orders WHERE order_id = :order"), values)
            db.session.execute(text("DELETE FROM orders WHERE id = :order"), values)
            db.session.expire_all()


STEPS_OF: tuple[Step, ...] = (
    History.page, History.page, History.one, History.told_anew, History.page_taken_back, History.shop_order,
    History.line_moved, History.lines_gone, History.renamed, History.order_gone,
)  # fmt: skip


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_after_any_history_the_texts_are_those_of_the_orders(fake_account: Account, seed: int) -> None:
    history = History(fake_account, seed)
    for _ in range(STEPS):
        kept = history.chosen.random() < 0.8
        with transaction() as session:
            for step in history.chosen.choices(STEPS_OF, k=history.chosen.randint(1, 4)):
                step(history)
            if not kept:
                session.rollback()
        assert differing() == []
    assert db.session.scalars(select(OrderText).limit(1)).first() is not None


NOTING = {
    "sqlite": (
        "CREATE TABLE written (order_id INTEGER)",
        "CREATE TRIGGER added AFTER INSERT ON order_texts BEGIN INSERT INTO written VALUES (NEW.order_id); END",
        "CREATE TRIGGER changed AFTER UPDATE ON order_texts BEGIN INSERT INTO written VALUES (NEW.order_id); END",
    ),
    "postgresql": (
        "CREATE TABLE written (order_id INTEGER)",
        "CREATE FUNCTION noting() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO written VALUES (NEW.order_id); RETURN NULL; END $$",
        "CREATE TRIGGER noted AFTER INSERT OR UPDATE ON order_texts FOR EACH ROW EXECUTE FUNCTION noting()",
    ),
}


def test_an_orders_text_is_written_once_however_many_lines_it_has(fake_account: Account) -> None:
    with db.engine.begin() as connection:
        for statement in NOTING[connection.dialect.name]:
            connection.exec_driver_sql(statement)
    told = [Told(reading(f"A{number}", lines=tuple(map(sold, "XYZ"))), "digest") for number in range(3)]
    stored = committed(orders.store_new, fake_account.id, told, seller="")
    with db.engine.connect() as connection:
        written = connection.execute(text("SELECT order_id FROM written ORDER BY 1")).scalars().all()
    assert written == [each.order_id for each in stored]
    assert differing() == []


def _stored_and_forgotten(session: Session, account: Account) -> None:
    with suppress(ZeroDivisionError), written_once(session.connection()):
        session.add(Order(account_id=account.id, marketplace_ref="A1", state="to_import"))
        session.flush()
        raise ZeroDivisionError


@pytest.mark.only_on("sqlite", "PostgreSQL's triggers wait by themselves")
def test_texts_that_would_wait_for_ever_are_never_committed(fake_account: Account) -> None:
    with pytest.raises(IntegrityError):
        committed(_stored_and_forgotten, fake_account)
    assert db.session.scalars(select(Order)).all() == []
    keep_reading(fake_account, reading("A2"))
    assert differing() == []

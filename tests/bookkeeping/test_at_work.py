"""What an import has in hand is told as its writes are answered, before any order counts as through."""

from __future__ import annotations

from cdsync import orders
from cdsync.bookkeeping.at_work import written_by_now
from cdsync.bookkeeping.journal import OrderJournal
from cdsync.connectors.base import MOVES_STOCK
from cdsync.db import db
from cdsync.models import RunOrder
from tests.fakes import reading
from tests.web import seed
from tests.worlds import committed, keep_reading


def test_orders_count_as_written_once_the_write_that_takes_their_stock_was_answered(fake_account):
    ids = [keep_reading(fake_account, reading(f"A{n}")).order_id for n in (1, 2, 3)]
    run = seed.run(fake_account, "import", orders=dict.fromkeys(ids, "working"), owner="me")
    committed(orders.claim, ids, "me", 60)
    journal = OrderJournal(fake_account.id, run.id, "me", 600)
    journal.begin("cart", {f"A{n}": {} for n in (1, 2, 3)})
    journal.done("cart", {f"A{n}": {"cart": str(n)} for n in (1, 2, 3)})
    assert written_by_now(run.id) == 0
    journal.begin("order", {"A1": {MOVES_STOCK: True}, "A2": {MOVES_STOCK: True}})
    assert written_by_now(run.id) == 0
    journal.done("order", {"A1": {"order": "7"}, "A2": {"order": "8"}})
    assert written_by_now(run.id) == 2
    journal.begin("status", {"A1": {MOVES_STOCK: True}})
    journal.done("status", {"A1": {}})
    assert written_by_now(run.id) == 2, "an order is counted once"

    db.session.get_one(RunOrder, 1).outcome = "done"
    db.session.commit()
    assert written_by_now(run.id) == 1, "what is through counts elsewhere"
    assert written_by_now(run.id + 1) == 0

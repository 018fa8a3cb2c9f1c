"""A disk that takes no more in the middle of an import: said in a sentence, nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.exc import DatabaseError

from cdsync import accounts, database_errors, runs
from cdsync.bookkeeping.run_recorder import RunRecorder
from cdsync.connectors.base import Exchange
from cdsync.db import db
from cdsync.models import Account, Run
from cdsync.models import Exchange as Row
from cdsync.operations.runner import execute
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.full_disk import FULL, grows_no_more
from tests.worlds import order_of

from .test_over_http import add

pytestmark = pytest.mark.only_on("sqlite", "a full disk is played in this process's own file")


def imported(ahead: float = 0.0) -> Run:
    """An import as the command starts it, so many seconds later than now."""
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True):
        return execute(runs.start(accounts.find(None), "import", trigger="cli").id)


@pytest.mark.parametrize(
    ("sent", "code"),
    [("customers", "database.disk_full"), ("carts", "database.read_only"), *(("orders", code) for code in FULL)],
)
def test_what_was_sent_before_is_looked_up_afterwards(
    account: Account,
    market: OctopiaSandbox,
    shop: PrestaShopSandbox,
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    sent: str,
) -> None:
    ref = add(market)
    run(account, "lookup")
    full = FULL[code]()
    record = RunRecorder.record

    def answered(self: RunRecorder, exchange: Exchange) -> None:
        if exchange.method == "POST" and exchange.url.partition("?")[0].endswith(f"/api/{sent}"):
            full.__enter__()
            monkeypatch.setattr(RunRecorder, "record", record)
        record(self, exchange)

    monkeypatch.setattr(RunRecorder, "record", answered)
    try:
        with pytest.raises(DatabaseError) as caught:
            imported()
    finally:
        full.__exit__(None, None, None)
    told = database_errors.meaning(caught.value)
    assert told is not None
    assert told.code == code
    posted = len(shop.server.requests("POST", f"/api/{sent}"))
    assert posted == 1

    order = order_of(ref)
    assert (order.state, order.problem_code) == ("to_import", None), "no order is to blame"
    shop.server.pass_time(600)
    after = imported(ahead=600)
    assert (after.state, after.error_code) == ("finished", None)
    assert order_of(ref).state == "imported"
    assert len(shop.rows("orders")) == 1
    assert len(shop.rows("customers")) == 1
    assert len(shop.server.requests("POST", "/api/orders")) == 1


def test_an_exchange_that_cannot_be_kept_is_no_refusal_of_the_shop(account: Account) -> None:
    exchange = Exchange("shop", "POST", "http://shop/api/orders", 201, 5, datetime.now(UTC), "", "x" * 9000)
    recorder = RunRecorder(account.id)
    db.session.rollback()
    with grows_no_more():
        recorder.record(exchange)
    recorder.record(exchange)
    assert db.session.query(Row).count() == 1

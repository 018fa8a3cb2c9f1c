"""A shop that is still at work when its client has given up is left alone, asked again, and judged once it is through.

Before each row that it writes for a request (rows of an order, its status, history, invoice, payment …) it stops, gives
no answer, shows everybody what is half done, and goes on half a minute later.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.crashes import import_until_done, stocks, wrongs
from tests.connectors.prestashop.shop import connector, draft, drafts, failure, one, rehearsal_shop, run

SECONDS = 30.0
MEASURED = {"orders", "order_details", "order_carriers", "order_invoices", "order_payments", "order_histories",
            "customers", "carts", "specific_prices"}  # fmt: skip


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


def stopping(shop: PrestaShopSandbox, method: str, path: str, row: str) -> Fault:
    """Stops the last such request of an import before it writes a row of a resource: which one is found out first."""
    before = shop.snapshot()
    import_until_done(shop, [draft()])
    asked = [seen.steps for seen in shop.server.log if seen.method == method and seen.path == f"/api/{path}"]
    shop.restore(before)
    shop.server.log.clear()
    step = asked[-1].index(row)
    return Fault("at_work", method, f"/api/{path}$", skip=len(asked) - 1, step=step, seconds=SECONDS)


@pytest.mark.parametrize(
    ("version", "every"),
    [
        ("9.1.4", 5),
        pytest.param("9.1.4", 1, marks=pytest.mark.faults),
        pytest.param("8.2.1", 1, marks=pytest.mark.faults),
        pytest.param("1.7.8.11", 1, marks=pytest.mark.faults),
    ],
)
@pytest.mark.parametrize("shipping", ["5.90", "8.40"], ids=["corrected", "exact at once"])
def test_the_shop_may_stop_before_each_row_it_writes(version: str, every: int, shipping: str) -> None:
    order = draft(shipping=shipping)
    with rehearsal_shop(version) as shop:
        clean, before = shop.snapshot(), stocks(shop)
        import_until_done(shop, [order])
        places = [(n, row, name) for n, s in enumerate(shop.server.log) for row, name in enumerate(s.steps)]
        failed = {}
        for number, row, name in places[every // 2 :: every]:
            shop.restore(clean)
            shop.server.log.clear()
            shop.faults.add(Fault("at_work", skip=number, step=row, seconds=SECONDS))
            outcome = import_until_done(shop, [order])
            shop.server.finish()
            if (found := wrongs(shop, [order], before)) or order.ref not in outcome.imported:
                failed[f"request {number}, {name} ({row})"] = (found, outcome.errors)
    assert {name for _n, _row, name in places} >= MEASURED
    assert failed == {}


def test_an_order_without_its_rows_is_no_half_made_order_while_the_shop_makes_it(shop: PrestaShopSandbox) -> None:
    shop.faults.add(stopping(shop, "POST", "orders", "order_details"))
    clock, before = Clock(), stocks(shop)
    journal = MemoryJournal(clock)
    told = [failure(run(connector(shop, clock), draft(), journal=journal)).error.code]
    assert [row["current_state"] for row in shop.rows("orders")] == ["0"]
    assert shop.rows("order_details") == []
    clock.advance(40)
    told.append(failure(run(connector(shop, clock), draft(), journal=journal)).error.code)
    shop.server.finish()
    clock.advance(21)

    assert told == ["shop.order_unknown"] * 2
    assert one(run(connector(shop, clock), draft(), journal=journal)).adopted
    assert wrongs(shop, [draft()], before) == []
    assert len(shop.server.requests("POST", "/api/orders")) == 1


def test_an_invoice_that_is_not_there_yet_is_no_fault_of_the_order(shop: PrestaShopSandbox) -> None:
    shop.faults.add(stopping(shop, "PATCH", "orders", "order_invoices"))
    clock, before = Clock(), stocks(shop)
    journal = MemoryJournal(clock)
    error = failure(run(connector(shop, clock), draft(), journal=journal)).error
    assert [(row["current_state"], row["invoice_number"]) for row in shop.rows("orders")] == [("2", "0")]
    shop.server.finish()
    clock.advance(61)

    assert error.code == "shop.order_at_work"
    assert one(run(connector(shop, clock), draft(), journal=journal)).adopted
    assert wrongs(shop, [draft()], before) == []


def test_a_status_is_not_set_again_while_the_shop_may_still_be_setting_it(shop: PrestaShopSandbox) -> None:
    """Both requests would load an order in "payment error", and both would take its pieces from stock."""
    shop.faults.add(stopping(shop, "PATCH", "orders", "stock_availables"))
    clock, before = Clock(), stocks(shop)
    journal = MemoryJournal(clock)
    for seconds in (0, 59):
        clock.advance(seconds)
        run(connector(shop, clock), draft(), journal=journal)
    statuses = [s for s in shop.server.requests("PATCH", "/api/orders") if b"current_state" in s.body]
    assert statuses == []  # the log has it once it is over: it still is not
    shop.server.finish()
    clock.advance(2)
    one(run(connector(shop, clock), draft(), journal=journal))
    statuses = [s for s in shop.server.requests("PATCH", "/api/orders") if b"current_state" in s.body]

    assert len(statuses) == 1
    assert wrongs(shop, [draft()], before) == []


def test_no_other_order_is_made_while_one_may_still_be_taking_its_pieces(shop: PrestaShopSandbox) -> None:
    shop.faults.add(stopping(shop, "POST", "orders", "order_details"))
    clock, before, orders = Clock(), stocks(shop), drafts(4)
    journal = MemoryJournal(clock)
    results = run(connector(shop, clock), orders, journal=journal)
    codes = [result.error.code for result in results.values()]  # type: ignore[union-attr]
    assert codes == ["shop.order_unknown"] + ["shop.stock_busy"] * 3
    assert len(shop.rows("orders")) == 1
    shop.server.finish()
    clock.advance(61)

    run(connector(shop, clock), orders, journal=journal)
    assert wrongs(shop, orders, before) == []


def test_the_others_are_made_once_the_unanswered_one_has_its_status(shop: PrestaShopSandbox) -> None:
    """PrestaShop gives an order its status after its pieces were taken from stock."""
    shop.faults.add(stopping(shop, "POST", "orders", "order_histories"))
    clock, before, orders = Clock(), stocks(shop), drafts(3)
    journal = MemoryJournal(clock)
    results = run(connector(shop, clock), orders, journal=journal)
    assert [hasattr(result, "order") for result in results.values()] == [False, True, True]
    shop.server.finish()
    clock.advance(61)

    run(connector(shop, clock), orders, journal=journal)
    assert wrongs(shop, orders, before) == []

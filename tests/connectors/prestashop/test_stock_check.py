"""Stock is read before and after a batch: pieces that moved otherwise are said, unless a sale explains them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from cdsync.connectors.base import Imported
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.shop import connector, draft, drafts, one, rehearsal_shop, run


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


class Meanwhile(MemoryJournal):
    """Something happens in the shop right after a step is done."""

    def __init__(self, happens: Callable[[], object], step: str = "status") -> None:
        super().__init__()
        self.happens, self.step = happens, step

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        super().done(step, results)
        if step == self.step:
            self.happens()


def change_stock(shop: PrestaShopSandbox, by: int, product: str = "1") -> None:
    row = next(r for r in shop.rows("stock_availables") if r["id_product"] == product)
    shop.shop.store.table("stock_availables").update(row["id"], {"quantity": str(int(row["quantity"]) + by)})


def sell(shop: PrestaShopSandbox, pieces: int, *, taken: int, state: str = "2", days_ago: int = 0) -> None:
    """Another buyer's order of mugs, by whose sale the stock moved by `taken`."""
    made = shop.shop.now(timedelta(days=days_ago))
    order = {"payment": "by card", "current_state": state, "date_add": made, "date_upd": shop.shop.now()}
    id_order = shop.shop.insert("orders", order)
    detail = {"id_order": str(id_order), "product_id": "1", "product_attribute_id": "0"}
    shop.shop.insert("order_details", detail | {"product_quantity": str(pieces)})
    change_stock(shop, -taken)


def told(results: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(w.code, dict(w.data)) for r in results.values() if isinstance(r, Imported) for w in r.warnings]


def stock_reads(shop: PrestaShopSandbox) -> int:
    return len(shop.server.requests("GET", "/api/stock_availables"))


@pytest.mark.parametrize("shipping", ["5.90", "8.40"], ids=["corrected", "exact at once"])
def test_stock_that_moved_as_it_must_costs_one_request_for_the_batch(shop: PrestaShopSandbox, shipping: str) -> None:
    assert told(run(connector(shop), drafts(4, shipping=shipping))) == []
    assert stock_reads(shop) == 2
    assert len(shop.server.requests("GET", "/api/order_histories")) == 0


def test_lost_pieces_are_a_warning_with_the_right_number(shop: PrestaShopSandbox) -> None:
    results = run(connector(shop), drafts(2), journal=Meanwhile(lambda: change_stock(shop, +1)))
    assert told(results) == [
        (
            "import.stock_differs",
            {"product": "Mug", "article": "1/0", "moved": 3, "expected": 4, "pieces": 1, "change": "-1", "stock": 297,
             "right": 296},
        )
    ]  # fmt: skip
    assert [bool(r.warnings) for r in results.values() if isinstance(r, Imported)] == [False, True]


def test_pieces_of_a_combination_are_counted_for_it(shop: PrestaShopSandbox) -> None:
    shirts = next(r for r in shop.rows("stock_availables") if r["id_product_attribute"] == "1")

    def lose() -> None:
        now = shop.stock(2, 1)
        shop.shop.store.table("stock_availables").update(shirts["id"], {"quantity": str(now + 3)})

    ((code, data),) = told(run(connector(shop), draft(), journal=Meanwhile(lose)))
    assert (code, data["article"], data["moved"], data["expected"]) == ("import.stock_differs", "2/1", 0, 3)


@pytest.mark.parametrize(
    "sale",
    [
        lambda shop: sell(shop, 5, taken=5),
        lambda shop: sell(shop, 5, taken=0),  # sold just before the first reading
        lambda shop: sell(shop, 3, taken=-3, state="6", days_ago=2),  # an older order was cancelled
        lambda shop: sell(shop, 3, taken=3, state="2", days_ago=2),  # an older one was paid
        lambda shop: (sell(shop, 5, taken=5), sell(shop, 2, taken=2), sell(shop, 1, taken=-1, state="6", days_ago=1)),
    ],
    ids=["another sale", "one before", "a cancellation", "a late payment", "several"],
)
def test_other_orders_explain_what_moved(shop: PrestaShopSandbox, sale: Callable[[PrestaShopSandbox], Any]) -> None:
    assert told(run(connector(shop), draft(), journal=Meanwhile(lambda: sale(shop)))) == []


def test_a_sale_at_the_same_moment_that_swallowed_pieces_is_counted_in(shop: PrestaShopSandbox) -> None:
    """Two mugs of ours and three of another order, of which only one was taken: four are missing."""
    ((_code, data),) = told(
        run(connector(shop), draft(), journal=Meanwhile(lambda: (sell(shop, 3, taken=0), change_stock(shop, +1))))
    )
    assert (data["moved"], data["expected"], data["pieces"], data["right"]) == (1, 5, 4, 295)


def test_a_change_that_no_order_explains_is_said_too(shop: PrestaShopSandbox) -> None:
    ((_code, data),) = told(run(connector(shop), draft(), journal=Meanwhile(lambda: change_stock(shop, -7))))
    assert (data["moved"], data["expected"], data["change"]) == (9, 2, "+7")


def test_an_order_made_by_an_attempt_that_did_not_live_is_counted_from_its_own_reading(shop: PrestaShopSandbox) -> None:
    clock = Clock()
    journal = MemoryJournal(clock)
    shop.faults.add(Fault("answer_lost", "POST", "/api/orders"))
    order = draft(shipping="8.40")  # exact at once: it takes its pieces when it is made
    run(connector(shop, clock), order, journal=journal)
    change_stock(shop, +2)
    clock.advance(61)
    imported = one(run(connector(shop, clock), order, journal=journal))
    assert imported.adopted
    assert [w.data["moved"] for w in imported.warnings] == [0]


def test_pieces_that_went_with_a_status_the_shop_died_over_are_counted_when_it_is_sent_again(
    shop: PrestaShopSandbox,
) -> None:
    """PHP dies once the mugs are written and the status is not: the next attempt takes two mugs again.

    What is told counts in the other order, which took two as it must.
    """
    clock = Clock()
    journal = MemoryJournal(clock)
    orders = drafts(2)  # corrected: in "payment error", they take their pieces with the status
    shop.faults.add(Fault("died", "PATCH", "/api/orders$", skip=1, step=1))
    assert told(run(connector(shop, clock), orders, journal=journal)) == []
    clock.advance(600)
    results = run(connector(shop, clock), orders, journal=journal)
    assert [isinstance(each, Imported) and each.adopted for each in results.values()] == [True, True]
    ((code, data),) = told(results)
    assert (code, data["article"], data["moved"], data["expected"]) == (
        "import.stock_differs",
        "1/0",
        6,
        4,
    )  # two of them the other order's
    assert shop.stock(1) == data["stock"] == 300 - 6
    assert data["right"] == 300 - 4


@pytest.mark.parametrize("step", [0, 4], ids=["before the stock", "after the status"])
def test_a_status_the_shop_died_over_is_no_warning_where_the_pieces_went_once(
    shop: PrestaShopSandbox, step: int
) -> None:
    clock = Clock()
    journal = MemoryJournal(clock)
    shop.faults.add(Fault("died", "PATCH", "/api/orders$", skip=1, step=step))
    orders = drafts(2)
    run(connector(shop, clock), orders, journal=journal)
    clock.advance(600)
    assert told(run(connector(shop, clock), orders, journal=journal)) == []
    assert shop.stock(1) == 300 - 4


def test_a_status_whose_answer_was_lost_is_counted_from_before_it(shop: PrestaShopSandbox) -> None:
    clock = Clock()
    journal = MemoryJournal(clock)
    shop.faults.add(Fault("at_work", "PATCH", "/api/orders$", skip=1, step=2, seconds=30))
    order = draft()
    run(connector(shop, clock), order, journal=journal)
    shop.server.pass_time(31)
    change_stock(shop, +1)  # a sale at the same moment swallowed one
    clock.advance(61)
    (warning,) = one(run(connector(shop, clock), order, journal=journal)).warnings
    assert (warning.data["moved"], warning.data["expected"]) == (1, 2)


def test_an_order_that_was_there_before_asks_nothing_of_the_stock(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    shop.server.log.clear()
    change_stock(shop, +2)
    assert one(run(connector(shop), draft())).warnings == ()
    assert stock_reads(shop) == 1  # the examination's


def test_while_another_order_may_still_be_moving_its_pieces_nothing_is_said(shop: PrestaShopSandbox) -> None:
    shop.faults.add(Fault("answer_lost", "POST", "/api/orders", skip=1))
    results = run(connector(shop), drafts(3), journal=Meanwhile(lambda: change_stock(shop, +1)))
    assert sum(isinstance(r, Imported) for r in results.values()) == 2
    assert told(results) == []


def test_stock_that_could_not_be_read_is_said_and_costs_the_order_nothing(
    shop: PrestaShopSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdsync.connectors.http.read_retry.PAUSES", ())
    shop.faults.add(Fault("status_503_before", "GET", "/api/stock_availables", skip=1))
    assert told(run(connector(shop), draft())) == [("import.stock_unread", {})]


def test_a_shop_that_counts_no_stock_is_not_asked(shop: PrestaShopSandbox) -> None:
    shop.configuration["PS_STOCK_MANAGEMENT"] = "0"
    assert told(run(connector(shop), draft())) == []
    assert stock_reads(shop) == 0

"""Orders that are in the shop already, or may be: adopted, completed, or left for a person; never made twice."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cdsync.connectors.base import Imported, NotImported, Step
from cdsync.errors import ConfigError, RejectedError, TemporaryError, UnknownOutcomeError, WrongStateError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.crashes import KillingRecorder, import_until_done, stocks, wrongs
from tests.connectors.prestashop.shop import POLICY, connector, draft, drafts, failure, line, one, rehearsal_shop, run


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


def orders_posted(shop: PrestaShopSandbox) -> int:
    return len(shop.server.requests("POST", "/api/orders"))


def test_an_order_found_by_its_payment_text_is_adopted_without_any_write(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    shop.server.log.clear()

    imported = one(run(connector(shop), draft()))  # another machine: its journal knows nothing

    assert imported.adopted
    assert imported.order.shop_ref == "1"
    assert {seen.method for seen in shop.server.log} == {"GET"}


def test_an_adopted_order_that_the_merchant_moved_on_keeps_its_status(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    shop.set_state(1, 4)

    assert one(run(connector(shop), draft())).order.status_ref == "4"
    assert shop.rows("orders")[0]["current_state"] == "4"


def test_an_order_made_but_not_finished_is_completed(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    shop.faults.add(Fault("status_503_before", "PATCH"))
    assert isinstance(failure(run(connector(shop), draft())).error, UnknownOutcomeError)
    assert shop.rows("orders")[0]["current_state"] == "8"

    imported = one(run(connector(shop), draft()))

    assert imported.adopted
    assert wrongs(shop, [draft()], before) == []


def test_an_adopted_order_whose_product_is_gone_is_still_adopted(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    shop.shop.store.table("products").update(1, {"active": "0"})

    assert one(run(connector(shop), draft())).adopted


def test_two_orders_for_one_marketplace_order_are_left_to_a_person(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    run(connector(shop), draft("OTHER"))
    shop.shop.store.table("orders").update(2, {"payment": "Cdiscount 26112310140K7QX"})
    shop.server.log.clear()

    error = failure(run(connector(shop), draft())).error

    assert isinstance(error, RejectedError)
    assert (error.code, error.data) == ("import.several_orders", {"shop_orders": ["1", "2"]})
    assert {seen.method for seen in shop.server.log} == {"GET"}


def test_of_two_orders_the_one_that_was_not_cancelled_is_adopted(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    run(connector(shop), draft("OTHER"))
    shop.shop.store.table("orders").update(2, {"payment": "Cdiscount 26112310140K7QX"})
    shop.set_state(1, 6)

    imported = one(run(connector(shop), draft()))

    assert (imported.adopted, imported.order.shop_ref, imported.order.cancelled) == (True, "2", False)
    assert orders_posted(shop) == 2


def test_two_orders_that_are_both_cancelled_are_left_to_a_person(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    run(connector(shop), draft("OTHER"))
    shop.shop.store.table("orders").update(2, {"payment": "Cdiscount 26112310140K7QX"})
    for number in (1, 2):
        shop.set_state(number, 6)

    assert failure(run(connector(shop), draft())).error.code == "import.several_orders"
    assert orders_posted(shop) == 2


def test_a_half_made_order_is_left_to_a_person_once_it_stands_still(shop: PrestaShopSandbox) -> None:
    clock = Clock()
    journal = MemoryJournal(clock)
    row = {"payment": "Cdiscount 26112310140K7QX", "id_cart": "7", "current_state": "0"}
    shop.shop.insert("orders", row)
    told = []
    for seconds in (0, 30, 31):
        clock.advance(seconds)
        told.append(failure(run(connector(shop, clock), draft(), journal=journal)).error)

    assert [error.code for error in told] == ["shop.order_at_work"] * 2 + ["import.half_made"]
    assert [getattr(error, "retry_after", None) for error in told] == [60, 30, None]
    assert told[2].data == {"shop_order": "1"}
    assert orders_posted(shop) == 0


def test_an_order_that_looks_otherwise_each_time_is_left_to_a_person_all_the_same(shop: PrestaShopSandbox) -> None:
    clock = Clock()
    journal = MemoryJournal(clock)
    shop.shop.insert("orders", {"payment": "Cdiscount 26112310140K7QX", "id_cart": "7", "current_state": "0"})
    codes = []
    for number in range(7):
        shop.shop.store.table("orders").update(1, {"date_upd": f"2026-11-23 12:00:0{number}"})
        codes.append(failure(run(connector(shop, clock), draft(), journal=journal)).error.code)
        clock.advance(61)

    assert codes == ["shop.order_at_work"] * 5 + ["import.half_made"] * 2


def test_an_adopted_order_with_other_lines_is_not_touched(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft(shipping="8.40"), replace(POLICY, imported_status="11"))
    shop.server.log.clear()

    other = draft(lines=(line("MUG", 3, "9.99", "1"), line("TSHIRT-S", 3, "16.16", "2")), shipping="8.40")
    error = failure(run(connector(shop), other)).error

    assert error.code == "import.lines_differ"
    assert error.data["shop_order"] == "1"
    assert {seen.method for seen in shop.server.log} == {"GET"}


def test_an_invoiced_order_with_another_total_is_not_corrected(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft(shipping="8.40"))
    error = failure(run(connector(shop), draft(shipping="5.90"))).error

    expected = {"expected": "84.35", "found": "86.85", "difference": "2.50", "shop_order": "1"}
    assert (error.code, error.data) == ("import.total_differs", expected)
    assert Decimal(shop.rows("orders")[0]["total_paid"]) == Decimal("86.85")


def test_an_order_without_an_answer_is_not_touched_before_the_shop_must_be_through(shop: PrestaShopSandbox) -> None:
    clock, before = Clock(), stocks(shop)
    journal = MemoryJournal(clock)
    shop.faults.add(Fault("answer_lost", "POST", "/api/orders"))
    for seconds in (0, 59):
        clock.advance(seconds)
        error = failure(run(connector(shop, clock), draft(), journal=journal)).error
        assert (type(error), error.code) == (UnknownOutcomeError, "shop.order_unknown")
    assert not shop.server.requests("PATCH")

    clock.advance(2)
    assert one(run(connector(shop, clock), draft(), journal=journal)).adopted
    assert orders_posted(shop) == 1
    assert wrongs(shop, [draft()], before) == []


def test_an_order_that_is_not_found_is_not_posted_again_before_the_time_limit(shop: PrestaShopSandbox) -> None:
    clock = Clock()
    journal = MemoryJournal(clock)
    shop.faults.add(Fault("status_500_before", "POST", "/api/orders"))
    first = failure(run(connector(shop, clock), draft(), journal=journal)).error
    clock.advance(59)
    second = failure(run(connector(shop, clock), draft(), journal=journal)).error

    assert (first.code, second.code) == ("shop.order_unknown", "shop.order_unknown")
    assert isinstance(second, UnknownOutcomeError)
    assert second.retry_after == 1
    assert orders_posted(shop) == 1

    clock.advance(2)
    run(connector(shop, clock), draft(), journal=journal)
    assert orders_posted(shop) == 2
    bodies = [seen.body for seen in shop.server.requests("POST", "/api/orders")]
    assert bodies[0] == bodies[1]
    assert [len(shop.rows(r)) for r in ("orders", "carts", "customers", "addresses")] == [1, 1, 1, 2]


def test_an_order_that_appears_while_waiting_is_adopted_after_the_time_limit(shop: PrestaShopSandbox) -> None:
    clock, before = Clock(), stocks(shop)
    journal = MemoryJournal(clock)
    shop.faults.add(Fault("answer_lost", "POST", "/api/orders"))
    shop.faults.add(
        Fault("status_503_before", "GET", "/api/orders", skip=2)
    )  # the look after it; before it are a first look and the day's question
    assert failure(run(connector(shop, clock), draft(), journal=journal)).error.code == "shop.order_unknown"

    assert failure(run(connector(shop, clock), draft(), journal=journal)).error.code == "shop.order_unknown"
    clock.advance(61)
    assert one(run(connector(shop, clock), draft(), journal=journal)).adopted
    assert wrongs(shop, [draft()], before) == []


def test_a_cart_the_shop_crashes_on_twice_becomes_a_problem_and_a_person_may_try_again(
    shop: PrestaShopSandbox,
) -> None:
    clock = Clock()
    journal = MemoryJournal(clock)
    run(connector(shop), draft("EARLIER"))
    shop.faults.add(Fault("status_500_before", "POST", "/api/orders", times=2))
    codes = []
    for _ in range(3):
        codes.append(failure(run(connector(shop, clock), draft(), journal=journal)).error.code)
        clock.advance(61)

    assert codes == ["shop.order_unknown", "shop.order_unknown", "shop.refused"]
    assert isinstance(one(run(connector(shop, clock), draft(), journal=journal)), Imported)
    assert [row["payment"] for row in shop.rows("orders")] == ["Cdiscount EARLIER", "Cdiscount 26112310140K7QX"]


def test_a_payment_module_the_shop_has_never_used_is_named_when_the_shop_crashes(shop: PrestaShopSandbox) -> None:
    clock = Clock()
    journal = MemoryJournal(clock)
    policy = replace(POLICY, payment_module="ps_wirepaiment")
    for _ in range(2):
        run(connector(shop, clock), draft(), policy, journal)
        clock.advance(61)

    with pytest.raises(ConfigError) as caught:
        run(connector(shop, clock), draft(), policy, journal)
    assert (caught.value.code, caught.value.data) == ("shop.payment_module_missing", {"module": "ps_wirepaiment"})


def test_an_order_whose_claim_is_lost_is_dropped_before_any_write(shop: PrestaShopSandbox) -> None:
    journal = MemoryJournal()
    journal.lost = {"2611230002BATCH"}
    results = run(connector(shop), drafts(3), journal=journal)

    lost = results["2611230002BATCH"]
    assert isinstance(lost, NotImported)
    assert isinstance(lost.error, WrongStateError)
    assert [row["payment"] for row in shop.rows("orders")] == ["Cdiscount 2611230001BATCH", "Cdiscount 2611230003BATCH"]
    assert len(shop.rows("customers")) == 2


def test_an_order_whose_claim_is_lost_just_before_the_order_is_not_posted(shop: PrestaShopSandbox) -> None:
    class LosesAtTheEnd(MemoryJournal):
        def done(self, step, results):  # type: ignore[no-untyped-def]
            super().done(step, results)
            if step == "prices":
                self.lost = {"26112310140K7QX"}

    error = failure(run(connector(shop), draft(), journal=LosesAtTheEnd())).error

    assert error.code == "order.claimed"
    assert orders_posted(shop) == 0


def test_every_write_is_begun_before_it_leaves_and_done_before_the_next(shop: PrestaShopSandbox) -> None:
    journal = MemoryJournal()
    run(connector(shop), drafts(2), journal=journal)

    steps = [(what, step) for what, step, _ in journal.written]
    making = [s for name in ("customer", "addresses", "cart", "prices") for s in (("begin", name), ("done", name))]
    assert steps[:8] == making
    assert steps[8:12] == [("begin", "order"), ("done", "order")] * 2
    assert steps[12:] == [s for n in ("shipping", "totals", "status", "payment") for s in (("begin", n), ("done", n))]


def test_a_cart_made_for_other_prices_is_not_used_again(shop: PrestaShopSandbox) -> None:
    clock, before = Clock(), stocks(shop)
    journal = MemoryJournal(clock)
    shop.faults.add(Fault("status_429", "POST", "/api/orders"))
    first = failure(run(connector(shop, clock), draft(), journal=journal)).error
    changed = draft(lines=(line("MUG", 2, "8.99", "1"), line("TSHIRT-S", 3, "19.49", "2")))

    assert isinstance(first, TemporaryError)
    assert isinstance(one(run(connector(shop, clock), changed, journal=journal)), Imported)
    assert wrongs(shop, [changed], before) == []
    assert (len(shop.rows("carts")), len(shop.rows("customers"))) == (2, 1)


def test_a_cart_that_the_shop_has_cleared_away_is_made_again(shop: PrestaShopSandbox) -> None:
    clock, before = Clock(), stocks(shop)
    journal = MemoryJournal(clock)
    shop.faults.add(Fault("status_429", "POST", "/api/orders"))
    run(connector(shop, clock), draft(), journal=journal)
    shop.shop.store.table("carts").delete(1)

    one(run(connector(shop, clock), draft(), journal=journal))
    assert wrongs(shop, [draft()], before) == []


def test_the_journal_of_a_step_begun_long_ago_does_not_stop_a_new_attempt(shop: PrestaShopSandbox) -> None:
    clock = Clock()
    journal = MemoryJournal(clock)
    journal.kept["26112310140K7QX"] = {
        "order": Step("order", {"cart": "77"}, clock.now - timedelta(days=1), done=False)
    }

    assert isinstance(one(run(connector(shop, clock), draft(), journal=journal)), Imported)
    asked = [seen.query for seen in shop.server.requests("GET", "/api/orders")]
    assert any("id_cart" in query and "77" in query for query in asked)


class ClaimingJournal(MemoryJournal):
    """One worker's view of a journal that all share: a step is begun only by the owner of the order's claim.

    together: where all meet before the first of them begins anything, so that none finds another one in its middle.
    """

    def __init__(
        self,
        shared: MemoryJournal,
        claims: dict[str, str],
        lock: threading.Lock,
        owner: str,
        together: threading.Barrier,
    ) -> None:
        super().__init__(shared.clock)
        self.kept, self.claims, self.lock, self.owner = shared.kept, claims, lock, owner
        self.together: threading.Barrier | None = together

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        if self.together is not None:
            self.together.wait(timeout=30)
            self.together = None
        with self.lock:
            self.lost = {ref for ref in intents if self.claims.setdefault(ref, self.owner) != self.owner}
            return super().begin(step, intents)


def test_workers_on_the_same_orders_make_each_of_them_once(shop: PrestaShopSandbox) -> None:
    orders, before = drafts(6), stocks(shop)
    shared, claims, lock, together = MemoryJournal(), dict[str, str](), threading.Lock(), threading.Barrier(4)
    shop.order_seconds = 0.02

    def work(owner: str) -> list[str]:
        results = run(connector(shop), orders, journal=ClaimingJournal(shared, claims, lock, owner, together))
        return [r.error.code if isinstance(r, NotImported) else "imported" for r in results.values()]

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(work, "ABCD"))

    assert wrongs(shop, orders, before) == []
    assert {code for each in said for code in each} <= {"imported", "order.claimed"}
    assert sum(each.count("imported") for each in said) >= 6


def test_machines_that_share_nothing_see_that_there_are_two_orders(shop: PrestaShopSandbox) -> None:
    shop.order_seconds = 0.1
    together = threading.Barrier(2)

    class Meets(MemoryJournal):
        def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
            if step == "order":
                together.wait(timeout=10)
            return super().begin(step, intents)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: run(connector(shop), draft(), journal=Meets()), range(2)))

    assert failure(run(connector(shop), draft())).error.code == "import.several_orders"


LEFT_TO_A_PERSON = replace(POLICY, put_away_spoiled=False)


def spoil(shop: PrestaShopSandbox, journal: MemoryJournal) -> None:
    """A shop order that never was the marketplace's: its lines cost something else."""
    begin = journal.begin

    def without_prices(step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        if step == "order":
            for row in shop.rows("specific_prices"):
                shop.shop.store.table("specific_prices").delete(row["id"])
        return begin(step, intents)

    journal.begin = without_prices  # type: ignore[method-assign]
    assert failure(run(connector(shop), draft(), LEFT_TO_A_PERSON, journal)).error.code == "import.lines_differ"
    journal.begin = begin  # type: ignore[method-assign]


def test_a_spoiled_order_is_made_anew_once_it_is_cancelled(shop: PrestaShopSandbox) -> None:
    before, journal = stocks(shop), MemoryJournal()
    spoil(shop, journal)
    assert failure(run(connector(shop), draft(), LEFT_TO_A_PERSON, journal)).error.code == "import.lines_differ"
    assert orders_posted(shop) == 1
    shop.set_state(1, 6)

    imported = one(run(connector(shop), draft(), journal=journal))

    assert (imported.order.shop_ref, imported.adopted) == ("2", False)
    assert [o["current_state"] for o in shop.rows("orders")] == ["6", "2"]
    shop.shop.store.table("orders").delete("1")
    assert wrongs(shop, [draft()], before) == []


def test_a_right_order_that_somebody_cancelled_is_not_made_anew(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    shop.set_state(1, 6)

    assert one(run(connector(shop), draft())).order.cancelled
    assert orders_posted(shop) == 1


def test_what_is_made_anew_is_made_once_wherever_it_is_killed(shop: PrestaShopSandbox) -> None:
    journal = MemoryJournal()
    spoil(shop, journal)
    shop.set_state(1, 6)
    clean, kept = shop.snapshot(), copy.deepcopy(journal.kept)
    shop.server.log.clear()
    run(connector(shop), draft(), journal=journal)
    first = [seen.method for seen in shop.server.log].index("POST")
    found = []
    for number in range(first, len(shop.server.log)):
        shop.restore(clean)
        clock = Clock()
        clock.advance(600)
        journal = MemoryJournal(clock)
        journal.kept = copy.deepcopy(kept)
        import_until_done(shop, [draft()], KillingRecorder(after=number), journal, clock)
        found.append([o["current_state"] for o in shop.rows("orders")])

    assert len(found) > 8
    assert found == [["6", "2"]] * len(found)

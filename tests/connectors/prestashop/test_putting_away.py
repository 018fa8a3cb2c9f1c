"""A shop order that came out otherwise than ordered: cdsync cancels it itself, and nothing that ever counted."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from cdsync.connectors.base import NotImported
from cdsync.errors import CdsyncError, UnknownOutcomeError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.crashes import Killed, KillingJournal, KillingRecorder, stocks, wrongs
from tests.connectors.prestashop.shop import (
    POLICY,
    VERSIONS,
    connector,
    draft,
    drafts,
    failure,
    one,
    rehearsal_shop,
    run,
)

OWN = 20
KEPT = replace(POLICY, put_away_spoiled=False)


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    """A cart rule without a code takes a tenth off every cart."""
    with rehearsal_shop(request.param) as running:
        running.shop.automatic_discount = Decimal(10)
        quiet = dict.fromkeys(("logable", "invoice", "paid", "shipped", "delivery", "send_email", "deleted"), "0")
        running.shop.insert("order_states", quiet | {"name": "Annulé par Cdiscount", "color": "#2C3E50"}, OWN)
        yield running


def table(shop: PrestaShopSandbox, name: str):  # type: ignore[no-untyped-def]
    return shop.shop.store.table(name)


def import_once(shop: PrestaShopSandbox, journal: MemoryJournal | None = None, policy=POLICY, **values) -> CdsyncError:  # type: ignore[no-untyped-def]
    return failure(run(connector(shop, **values), draft(), policy, journal)).error


def test_it_is_cancelled_with_the_reason_on_it_and_its_stock_untouched(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    error = import_once(shop)
    (order,) = shop.rows("orders")

    assert error.code == "import.put_away"
    assert (error.data["shop_order"], error.data["was"]) == ("1", "import.lines_differ")
    assert error.data["what"].startswith("discounts ")
    assert (order["current_state"], order["valid"], order["invoice_number"]) == ("6", "0", "0")
    assert error.data["what"] in order["note"]
    assert [h["id_order_state"] for h in shop.rows("order_histories")] == ["8", "6"]
    assert stocks(shop) == before


def test_once_its_cause_is_mended_the_order_is_made_anew(shop: PrestaShopSandbox) -> None:
    before, journal = stocks(shop), MemoryJournal()
    for times in (1, 2):
        assert import_once(shop, journal).code == "import.put_away"
        assert [o["current_state"] for o in shop.rows("orders")] == ["6"] * times
    shop.shop.automatic_discount = Decimal(0)

    imported = one(run(connector(shop), draft(), journal=journal))

    assert (imported.order.shop_ref, imported.adopted) == ("3", False)
    for spoiled in ("1", "2"):
        table(shop, "orders").delete(spoiled)
    assert wrongs(shop, [draft()], before) == []


@pytest.mark.parametrize("whose", [6, OWN])
def test_it_gets_the_merchants_cancelled_status_where_that_moves_no_stock(shop: PrestaShopSandbox, whose: int) -> None:
    """9 lowers stock on the way from "payment error" to a status that is no sale: there the shop's own is given."""
    before = stocks(shop)
    import_once(shop, cancelled_status=str(whose))

    expected = "6" if shop.version.startswith("9") else str(whose)
    assert (shop.rows("orders")[0]["current_state"], stocks(shop)) == (expected, before)


def test_the_merchant_may_have_it_left_as_it_is(shop: PrestaShopSandbox) -> None:
    assert import_once(shop, policy=KEPT).code == "import.lines_differ"
    assert shop.rows("orders")[0]["current_state"] == "8"
    assert not shop.server.requests("PATCH") + shop.server.requests("PUT")


def spoiled_and_left(shop: PrestaShopSandbox) -> MemoryJournal:
    """The shop order stands in "payment error" since an earlier attempt."""
    journal = MemoryJournal()
    import_once(shop, journal, KEPT)
    shop.server.log.clear()
    return journal


def not_touched(shop: PrestaShopSandbox) -> bool:
    return {seen.method for seen in shop.server.log} == {"GET"}


def test_one_of_an_earlier_attempt_is_put_away_too(shop: PrestaShopSandbox) -> None:
    assert import_once(shop, spoiled_and_left(shop)).code == "import.put_away"


def test_one_that_cdsync_did_not_make_is_never_touched(shop: PrestaShopSandbox) -> None:
    spoiled_and_left(shop)
    assert import_once(shop, MemoryJournal()).code == "import.lines_differ"
    assert not_touched(shop)


@pytest.mark.parametrize("status", [2, 4, 10])
def test_one_that_a_person_moved_is_never_touched(shop: PrestaShopSandbox, status: int) -> None:
    journal = spoiled_and_left(shop)
    shop.set_state(1, status)
    assert import_once(shop, journal).code == "import.lines_differ"
    assert not_touched(shop)


@pytest.mark.parametrize("status", [2, 10])
def test_one_that_a_person_moved_and_moved_back_is_never_touched(shop: PrestaShopSandbox, status: int) -> None:
    journal = spoiled_and_left(shop)
    shop.set_state(1, status)
    shop.set_state(1, 8)
    assert import_once(shop, journal).code == "import.lines_differ"
    assert not_touched(shop)


def test_one_with_a_second_payment_is_never_touched(shop: PrestaShopSandbox) -> None:
    journal = spoiled_and_left(shop)
    table(shop, "orders").update(1, {"total_paid_real": "168.70"})
    assert import_once(shop, journal).code == "import.lines_differ"
    assert not_touched(shop)


def test_without_the_right_to_read_histories_only_what_was_just_made_is_put_away(shop: PrestaShopSandbox) -> None:
    resources = {name for name in shop.shop.resources if name != "order_histories"}
    shop.add_key("K" * 32, {name: {"GET", "POST", "PUT", "PATCH"} for name in resources})
    journal = MemoryJournal()
    assert import_once(shop, journal, KEPT, key="K" * 32).code == "import.lines_differ"
    assert import_once(shop, journal, key="K" * 32).code == "import.lines_differ"
    shop.set_state(1, 6)
    assert import_once(shop, journal, key="K" * 32).code == "import.put_away"


def test_a_spoiled_order_costs_the_others_of_its_batch_nothing(shop: PrestaShopSandbox) -> None:
    """Only the first was ordered while the cart rule was on."""
    shop.shop.automatic_discount = Decimal(0)

    class Rule(MemoryJournal):
        def begin(self, step, intents):  # type: ignore[no-untyped-def]
            if step == "order":
                shop.shop.automatic_discount = Decimal(10 if "2611230001BATCH" in intents else 0)
            return super().begin(step, intents)

    results = run(connector(shop), drafts(3), journal=Rule())
    assert [isinstance(each, NotImported) for _ref, each in sorted(results.items())] == [True, False, False]
    assert [o["current_state"] for o in shop.rows("orders")] == ["6", "2", "2"]


@pytest.mark.parametrize("kind", ["answer_lost", "status_500_after", "html_after", "php_warning_after", "cut_short"])
def test_an_answer_that_says_nothing_is_looked_up(shop: PrestaShopSandbox, kind: str) -> None:
    method = "PUT" if shop.version.startswith("1") else "PATCH"
    shop.faults.add(Fault(kind, method, "/api/orders"))
    assert import_once(shop).code == "import.put_away"
    assert len(shop.server.requests(method, "/api/orders")) == 1


def test_while_it_is_not_known_whether_it_was_cancelled_the_order_waits(shop: PrestaShopSandbox) -> None:
    method = "PUT" if shop.version.startswith("1") else "PATCH"
    journal = MemoryJournal()
    shop.faults.add(Fault("status_500_before", method, "/api/orders"))
    assert isinstance(import_once(shop, journal), UnknownOutcomeError)
    assert import_once(shop, journal).code == "import.put_away"
    assert [h["id_order_state"] for h in shop.rows("order_histories")] == ["8", "6"]


@pytest.mark.parametrize("shop", VERSIONS[:1], indirect=True)
def test_wherever_it_is_killed_no_live_order_and_no_stock_movement_is_left(shop: PrestaShopSandbox) -> None:
    before, clean = stocks(shop), shop.snapshot()
    run(connector(shop), draft(), journal=(journal := MemoryJournal()))
    requests, commits = len(shop.server.log), len(journal.written)
    found = []
    places = [(KillingRecorder(after=n), -1) for n in range(requests)] + [
        (KillingRecorder(), n) for n in range(commits)
    ]
    for recorder, commit in places:
        shop.restore(clean)
        clock = Clock()
        kept = KillingJournal(clock, after=commit)
        with pytest.raises(Killed):
            list(connector(shop, clock, recorder).import_orders([draft()], POLICY, kept))  # type: ignore[arg-type]
        again = MemoryJournal(clock)
        again.kept = copy.deepcopy(kept.kept)
        clock.advance(61)
        code = failure(run(connector(shop, clock), draft(), journal=again)).error.code
        found.append((code, {o["current_state"] for o in shop.rows("orders")}, stocks(shop) == before))

    assert found == [("import.put_away", {"6"}, True)] * len(places)

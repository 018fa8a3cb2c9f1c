"""Lists of orders: which order stands in which tab, what a search finds, how pages are cut."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from cdsync import states
from cdsync.db import now
from cdsync.models import Account, Order
from cdsync.order_lists import exporting, listing, selection, selection_counts
from cdsync.order_lists.order_filter import OrderFilter
from cdsync.order_lists.standing import standing
from tests.web import seed

pytestmark = pytest.mark.usefixtures("neighbour")


def found(account: Account, **asked: object) -> list[Order]:
    return listing.page(account.id, OrderFilter(**asked)).items  # type: ignore[arg-type]


def test_each_state_stands_in_its_tab_and_a_problem_also_among_the_problems(seller: Account) -> None:
    for state in states.STATES:
        seed.order(seller, state)
    seed.problem(seed.order(seller, states.TO_IMPORT), "order.no_address")
    assert listing.counts(seller.id, OrderFilter()) == {
        "to_accept": 1, "to_import": 2, "waiting": 2, "problems": 1, "imported": 1, "shipped": 1, "all": 10,
    }  # fmt: skip
    assert [order.problem_code for order in found(seller, tab="problems")] == ["order.no_address"]


def test_another_accounts_orders_are_in_no_list(seller: Account) -> None:
    seed.order(seed.account("other"))
    assert listing.counts(seller.id, OrderFilter())["all"] == 0
    assert found(seller) == []


FINDING = (
    "2611ABCD",
    "2611abcd",
    "5fabc",
    "XKBK77",
    "4711",
    "sku-red-42",
    "SKU-RED",
    "Lefebvre",
    "lefebvre saint-denis",
    "colibri",
    "nobody 2611ABCD",
    "no,such;2611ABCD\nnumber",
)


@pytest.mark.parametrize("text", FINDING)
def test_a_search_finds_numbers_of_both_sides_names_places_skus_and_titles(seller: Account, text: str) -> None:
    wanted = seed.order(
        seller,
        states.IMPORTED,
        marketplace_ref="5fabc",
        reference="2611ABCD",
        buyer_name="Jean Lefebvre",
        buyer_place="97400 Saint-Denis",
        lines=[seed.line("SKU-RED-42", title="T-shirt colibri")],
    )
    seed.shop_order(wanted, reference="XKBK77", shop_ref="4711")
    seed.order(seller)
    assert found(seller, search=text) == [wanted]


def test_several_pasted_numbers_find_each_of_their_orders(seller: Account) -> None:
    orders = [seed.order(seller) for _ in range(12)]
    pasted = ", ".join(order.reference for order in orders[:10])
    assert {order.id for order in found(seller, search=pasted)} == {order.id for order in orders[:10]}


@pytest.mark.parametrize("text", ["100%", "q_q", "'; drop table orders; --", "\\"])
def test_signs_that_mean_something_to_the_database_are_searched_as_they_are(seller: Account, text: str) -> None:
    seed.order(seller, buyer_name="Nadia qzq 1000")
    wanted = seed.order(seller, buyer_name=f"A {text} B")
    assert found(seller, search=text) == [wanted]


def test_counts_of_all_tabs_follow_the_search(seller: Account) -> None:
    seed.order(seller, states.SHIPPED, buyer_name="Nadia")
    seed.order(seller, states.TO_IMPORT)
    counts = listing.counts(seller.id, OrderFilter(tab="to_import", search="nadia"))
    assert (counts["to_import"], counts["shipped"], counts["all"]) == (0, 1, 1)


def test_a_problem_is_filtered_by_code_by_any_and_by_none(seller: Account) -> None:
    stopped = seed.problem(seed.order(seller), "carrier.unmapped", {"mode": "x"})
    other = seed.problem(seed.order(seller), "order.no_address")
    free = seed.order(seller)
    assert found(seller, problem="carrier.unmapped") == [stopped]
    assert set(found(seller, problem="any")) == {stopped, other}
    assert found(seller, problem="none") == [free]
    assert standing(seller.id).codes == [("carrier.unmapped", 1), ("order.no_address", 1)]


def test_a_date_means_the_import_among_the_imported_and_the_purchase_elsewhere(seller: Account) -> None:
    order = seed.order(
        seller, states.IMPORTED, purchased_at=now() - timedelta(days=9), imported_at=now() - timedelta(days=1)
    )
    since = now() - timedelta(days=2)
    assert found(seller, tab="imported", since=since) == [order]
    assert found(seller, tab="all", since=since) == []
    assert found(seller, tab="all", until=since) == [order]


def test_work_is_sorted_by_its_deadline_and_orders_without_one_come_last(seller: Account) -> None:
    late = seed.order(seller, ship_by=now() + timedelta(days=3))
    none = seed.order(seller, ship_by=None)
    soon = seed.order(seller, ship_by=now() + timedelta(hours=1))
    assert found(seller, tab="to_import") == [soon, late, none]


def test_other_sortings(seller: Account) -> None:
    cheap = seed.order(seller, buyer_name="Zoe", total=Decimal("1.10"), purchased_at=now() - timedelta(days=1))
    dear = seed.order(seller, buyer_name="adam", total=Decimal("900.00"), purchased_at=now() - timedelta(days=2))
    unknown = seed.order(seller, buyer_name="", total=None, purchased_at=now() - timedelta(days=3))
    assert found(seller, sort="newest") == [cheap, dear, unknown]
    assert found(seller, sort="oldest") == [unknown, dear, cheap]
    assert found(seller, sort="dearest") == [dear, cheap, unknown]
    assert found(seller, sort="cheapest") == [cheap, dear, unknown]
    assert found(seller, sort="buyer") == [dear, cheap, unknown]


def test_a_page_holds_fifty_and_one_past_the_end_is_the_last(seller: Account) -> None:
    for _ in range(52):
        seed.order(seller)
    first, last = (listing.page(seller.id, OrderFilter(page=number)) for number in (1, 99))
    assert (len(first.items), first.first, first.last, first.pages) == (50, 1, 50, 2)
    assert (len(last.items), last.page, last.first, last.last) == (2, 2, 51, 52)
    assert not {order.id for order in first.items} & {order.id for order in last.items}


def test_the_orders_of_a_watched_run_stay_in_the_list_whatever_became_of_them(seller: Account) -> None:
    waiting, done, unrelated = (seed.order(seller, state) for state in ("to_import", "imported", "imported"))
    run = seed.run(seller, state="running", orders={done.id: "done"}, wanted=[done.id, waiting.id])
    page = listing.page(seller.id, OrderFilter(tab="to_import", run=run.id))
    assert {order.id for order in page.items} == {waiting.id, done.id}
    every = [each.id for each in (waiting, done, unrelated)]
    assert listing.doing(seller.id, every, run.id) == {
        done.id: ("import", "done"), waiting.id: ("import", "pending"),
    }  # fmt: skip


def test_an_export_reads_every_match(seller: Account) -> None:
    for _ in range(3):
        seed.order(seller)
    assert len(list(exporting.each(seller.id, OrderFilter(tab="to_import")))) == 3
    assert list(exporting.each(seller.id, OrderFilter(tab="shipped"))) == []


def test_orders_with_the_same_cause_are_those_with_the_same_code_and_data(seller: Account) -> None:
    one, same, other = (seed.order(seller) for _ in range(3))
    for order, mode in ((one, "Relais"), (same, "Relais"), (other, "Express")):
        seed.problem(order, "carrier.unmapped", {"mode": mode})
    assert listing.with_same_problem(one) == [same.id]


def test_each_action_takes_the_orders_in_its_state_in_the_lists_order(seller: Account) -> None:
    accept = seed.order(seller, states.TO_ACCEPT)
    late = seed.order(seller, ship_by=now() + timedelta(days=2))
    soon = seed.problem(seed.order(seller, ship_by=now() + timedelta(hours=2)), "order.no_address", attempts=0)
    stuck = seed.problem(seed.order(seller, states.IMPORTED), "ship.refused", operation="ship")
    chosen = selection.Selection(OrderFilter(sort="deadline"))
    counted = selection_counts.count(seller.id, chosen)
    assert counted == selection_counts.SelectionCounts(
        count=4, to_accept=1, to_import=2, stopped=1, retry=2, to_take_back=0
    )
    assert selection.ids_by_operation(seller.id, chosen, "import") == {"import": [soon.id, late.id]}
    assert selection.ids_by_operation(seller.id, chosen, "refuse") == {"accept": [accept.id]}
    assert selection.ids_by_operation(seller.id, chosen, "leave_out") == {"leave_out": [soon.id, late.id]}
    assert selection.ids_by_operation(seller.id, chosen, "retry") == {"import": [soon.id], "ship": [stuck.id]}


def test_ids_of_another_account_are_never_chosen(seller: Account) -> None:
    foreign = seed.order(seed.account("other"))
    chosen = selection.of_ids([foreign.id], OrderFilter())
    assert selection_counts.count(seller.id, chosen).count == 0
    assert selection.ids_by_operation(seller.id, chosen, "import") == {}


def test_an_order_is_found_by_id_or_reference(seller: Account) -> None:
    order = seed.order(seller, marketplace_ref="5fxyz", reference="2611REF")
    assert listing.find(seller.id, "5fxyz") == listing.find(seller.id, "2611REF") == order
    assert listing.find(seller.id, "2611") is None

"""What a list of orders and an order's page offer to do, as values: which buttons, in which words, for how many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from cdsync import states
from cdsync.models import Account, Order
from cdsync.order_lists import tabs
from cdsync.order_lists.selection_counts import SelectionCounts
from cdsync.web.order_list import offers
from cdsync.web.order_list import words as list_words
from cdsync.web.order_list.bulk_buttons import Bar, bar
from cdsync.web.order_list.offers import Offer
from cdsync.web.order_list.query import read_query
from tests.web import seed

NONE = {"count": 0, "to_accept": 0, "to_import": 0, "stopped": 0, "retry": 0, "to_take_back": 0}


@pytest.fixture(autouse=True)
def _asked(app: Flask) -> Iterator[None]:
    with app.test_request_context("/orders"):
        yield


def bar_of(scope: str = "none", *, tab: str = tabs.TO_IMPORT, total: int = 9, busy: tuple[str, ...] = (),
           merchant: bool = True, **counts: int) -> Bar:  # fmt: skip
    selection = SelectionCounts(**(NONE | counts))
    return bar(scope, selection, tab=tab, total=total, busy=busy, merchant=merchant)


def said(bar: Bar) -> list[tuple[str, str, str]]:
    return [(each.words, each.do or each.url, each.look) for each in bar.offers]


def test_a_list_of_work_offers_all_of_it_with_nothing_ticked() -> None:
    bar = bar_of(count=4, to_accept=3, to_import=1)
    assert said(bar) == [
        ("Accept all 3 orders", "all:accept", "main"),
        ("Import 1 order", "all:import_ready", ""),
    ]
    assert all(each.by_script for each in bar.offers)
    assert (bar.said, bar.is_calm, bar.can_clear, bar.select_all) == ("9 orders", True, False, "")


def test_any_other_list_waits_for_ticks() -> None:
    bar = bar_of(tab=tabs.ALL, count=1200, total=1200, to_import=40, retry=5)
    assert bar.offers == []
    assert bar.said == "1,200 orders · tick the ones to act on"


@pytest.mark.parametrize(
    ("stopped", "expected"),
    [
        (0, [("Import all 21 orders", "main")]),
        (20, [("Import 1 order", "main"), ("Retry 20 with a problem", "")]),
        (21, [("See what stops them", "main"), ("Retry 21 with a problem", "")]),
    ],
)
def test_an_import_of_all_is_for_what_no_problem_stops(stopped: int, expected: list[tuple[str, str]]) -> None:
    bar = bar_of(count=21, to_import=21, stopped=stopped, retry=stopped)
    assert [(each.words, each.look) for each in bar.offers] == expected


def test_ticked_orders_are_decided_on_and_what_failed_before_is_said() -> None:
    bar = bar_of("some", tab=tabs.ALL, count=6, to_accept=2, to_import=3, stopped=1, retry=1, to_take_back=1)
    assert said(bar) == [
        ("Accept 2 orders", "accept", "main"),
        ("Import 3 orders", "import", ""),
        ("Leave out 3 entered by hand", "leave_out", ""),
        ("Take back 1 left out", "take_back", ""),
        ("Refuse 2…", "refuse", "danger"),
    ]
    assert bar.note == "1 of them could not be imported before"
    assert (bar.said, bar.select_all, bar.can_clear, bar.is_calm) == ("6 selected", "Select all 9", True, False)
    assert bar.without_script == []


def test_all_that_match_cannot_be_selected_once_more() -> None:
    bar = bar_of("all", count=9, to_import=9)
    assert (bar.said, bar.select_all, bar.can_clear, bar.is_calm) == ("All 9 that match", "", True, False)
    assert bar_of("all", count=1).said == "The one order that matches"
    assert bar_of("some", count=9, to_import=9).select_all == "", "the whole list is ticked"


def test_among_the_problems_the_retry_is_the_blue_one_and_nothing_is_accepted_unseen() -> None:
    bar = bar_of(tab=tabs.PROBLEMS, count=3, to_accept=1, to_import=2, stopped=2, retry=3)
    assert said(bar) == [("Retry 3 with a problem", "all:retry", "main")]
    ticked = bar_of("some", tab=tabs.PROBLEMS, count=1, to_accept=1, retry=1)
    assert [each.words for each in ticked.offers] == ["Accept 1 order", "Refuse 1…", "Retry 1 with a problem"]


@pytest.mark.parametrize(
    ("busy", "expected"),
    [
        ((), ["Accept all 2 orders", "Import all 2 orders"]),
        (("import",), ["Accept all 2 orders"]),
        (("accept", "import"), []),
        (("lookup",), ["Accept all 2 orders", "Import all 2 orders"]),
    ],
)
def test_what_runs_already_is_not_offered_for_all_once_more(busy: tuple[str, ...], expected: list[str]) -> None:
    bar = bar_of(busy=busy, count=4, to_accept=2, to_import=2)
    assert [each.words for each in bar.offers] == expected


@pytest.mark.parametrize("busy", ["import", "lookup"])
def test_nothing_is_retried_for_all_beside_any_run(busy: str) -> None:
    assert [each.words for each in bar_of(count=1, retry=1).offers] == ["Retry 1 with a problem"]
    assert bar_of(busy=(busy,), count=1, retry=1).offers == []


@pytest.mark.parametrize("scope", ["none", "some", "all"])
@pytest.mark.parametrize("tab", tabs.TABS)
def test_support_only_retries(scope: str, tab: str) -> None:
    bar = bar_of(scope, tab=tab, merchant=False, count=9, to_accept=3, to_import=3, stopped=1, retry=2, to_take_back=1)
    assert {each.do.removeprefix("all:") for each in [*bar.offers, *bar.without_script]} <= {"retry"}
    assert bar.note == ""


def test_without_javascript_the_ticked_orders_are_meant() -> None:
    bar = bar_of(count=4, to_accept=1, to_import=2, retry=1)
    assert [(each.words, each.do) for each in bar.without_script] == [
        ("Accept the ticked orders", "accept"),
        ("Refuse the ticked orders…", "refuse"),
        ("Import the ticked orders", "import"),
        ("Retry the ticked orders", "retry"),
    ]


HEAD: list[tuple[str, dict[str, Any], list[tuple[str, str, str]]]] = [
    (states.TO_ACCEPT, {}, [("Refuse…", "", "danger"), ("Accept this order", "accept", "main")]),
    (states.TO_IMPORT, {}, [("Leave out: entered by hand", "leave_out", ""), ("Import this order", "import", "main")]),
    (states.ELSEWHERE, {"marketplace_state": states.TO_IMPORT}, [("Take back: ready to import", "take_back", "")]),
    (states.ELSEWHERE, {"marketplace_state": states.ELSEWHERE}, []),
    (states.ACCEPTED, {}, []),
]


@pytest.mark.parametrize(("state", "values", "expected"), HEAD)
def test_the_head_of_an_order_offers_its_next_step(
    seller: Account, state: str, values: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    order = seed.order(seller, state, **values)
    found = offers.for_one(order, merchant=True)
    assert [(each.words, each.do, each.look) for each in found] == expected
    assert offers.for_one(order, merchant=False) == []
    assert [each.url for each in found if each.asks] == (
        [f"/orders/{order.marketplace_ref}/refusal"] if state == states.TO_ACCEPT else []
    )


def test_the_head_offers_the_way_to_the_shop_order_and_a_retry_of_what_stopped_it(seller: Account) -> None:
    order = seed.order(seller, states.IMPORTED)
    made = seed.shop_order(order)
    assert offers.for_one(order, merchant=False) == [Offer("Open in the shop", url=made.url, look="main")]
    seed.problem(order, "ship.no_tracking", operation="ship")
    assert offers.for_one(order, merchant=False) == [Offer("Try again", "retry", look="main")]


def test_an_import_that_failed_is_called_again(seller: Account) -> None:
    def words(order: Order) -> str:
        return offers.for_one(order, merchant=True)[-1].words

    assert words(seed.problem(seed.order(seller), "shop.refused", attempts=0)) == "Import this order"
    assert words(seed.problem(seed.order(seller), "shop.refused", attempts=1)) == "Import again"


def test_an_empty_list_says_what_to_do_next() -> None:
    wanted = read_query({"tab": "to_import", "q": "nadia"})
    found = list_words.nothing_matches(wanted, 2, buyers=True)
    assert found.text == "2 orders in other lists do."
    assert [(each.words, each.url) for each in found.ways] == [
        ("Show in all orders", "/orders?tab=all&q=nadia"),
        ("Clear the filter", "/orders?tab=to_import"),
    ]
    assert "names" in list_words.nothing_matches(wanted, 0, buyers=True).text
    assert "names" not in list_words.nothing_matches(wanted, 0, buyers=False).text
    assert list_words.nothing_yet(being_read=False).looks_up
    assert not list_words.nothing_yet(being_read=True).looks_up
    assert {list_words.nothing_left(tab).title for tab in tabs.TABS} >= {"Everything is imported", "No problems"}


def test_what_the_list_does_by_itself_is_no_choice_to_keep() -> None:
    assert dict(list_words.sort_choices(tabs.TO_ACCEPT, buyers=True))[""] == "Accept by, soonest first"
    assert dict(list_words.sort_choices(tabs.SHIPPED, buyers=True))[""] == "Newest first"
    assert tabs.BUYER not in dict(list_words.sort_choices(tabs.ALL, buyers=False))
    chosen = list_words.problem_choices([("carrier.unmapped", 3)], "shop.timeout")
    assert chosen[-2:] == [("carrier.unmapped", "carrier.unmapped (3)"), ("shop.timeout", "shop.timeout")]
    assert [value for value, _words in list_words.problem_choices([], "")] == ["", "none"]

"""The list of orders as a person sees it: rows, reasons, buttons that say how many, and what an empty list says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cdsync import states
from cdsync.db import now
from cdsync.models import Account
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import Element, parse

pytestmark = pytest.mark.usefixtures("neighbour")

Started = Callable[[], list[tuple[str, list[int] | None, str, dict[str, Any]]]]


def buttons(element: Element) -> list[str]:
    return [each.text for each in element.all("button")]


def test_a_row_says_number_buyer_items_total_deadline_and_state(merchant: Browser, seller: Account) -> None:
    order = seed.order(
        seller,
        reference="2611ABC",
        ship_by=now() + timedelta(hours=5, minutes=1),
        lines=[seed.line(quantity=2, price="40.00")],
    )
    row = merchant.page("/orders?tab=to_import").id(f"order-{order.id}")
    for words in ("2611ABC", "Camille Durand", "69003 Lyon", "2 × Mug", "83.78 €", "in 5 h", "to import"):
        assert words in row.text.replace("\u00a0", " ")


def test_a_row_says_why_it_cannot_be_imported_before_anyone_tries(merchant: Browser, seller: Account) -> None:
    order = seed.problem(seed.order(seller), "carrier.unmapped", {"mode": "Relais Colis"}, attempts=0)
    row = merchant.page("/orders?tab=to_import").id(f"order-{order.id}")
    assert "cannot import" in row.text
    assert row.all(class_="why")[0].text == "The delivery mode “Relais Colis” has no carrier in your shop"


def test_a_row_that_waits_says_for_what_and_how_long(merchant: Browser, seller: Account) -> None:
    accepted = seed.order(seller, states.ACCEPTED, state_since=now() - timedelta(minutes=40))
    retried = seed.problem(
        seed.order(seller),
        "shop.timeout",
        {"host": "shop.example"},
        kind="temporary",
        next_try_at=now() + timedelta(minutes=5),
    )
    tracking = seed.order(seller, states.IMPORTED, waiting_for_tracking_since=now() - timedelta(hours=9))
    page = merchant.page("/orders?tab=all")
    assert "for 40 min" in page.id(f"order-{accepted.id}").text
    assert "will retry" in page.id(f"order-{retried.id}").text
    assert "next try" in page.id(f"order-{retried.id}").text
    assert "no tracking number for 9 h" in page.id(f"order-{tracking.id}").text


def test_a_problem_after_import_is_not_called_an_import_that_failed(merchant: Browser, seller: Account) -> None:
    order = seed.problem(
        seed.order(seller, states.IMPORTED), "order.cancelled_after_import", {"shop_order": "X"}, attempts=0
    )
    row = merchant.page("/orders?tab=imported").id(f"order-{order.id}")
    assert row.all(class_="badge")[0].text == "problem"


def test_without_a_tab_the_first_list_with_work_is_shown(merchant: Browser, seller: Account) -> None:
    assert merchant.page("/orders").all("a", **{"aria-current": "page"})[1].get("id") == "tab-all"
    seed.order(seller, states.TO_IMPORT)
    assert merchant.page("/orders").all("a", **{"aria-current": "page"})[1].get("id") == "tab-to_import"
    seed.order(seller, states.TO_ACCEPT)
    assert merchant.page("/orders").all("a", **{"aria-current": "page"})[1].get("id") == "tab-to_accept"


def test_nothing_looked_up_yet_offers_the_first_lookup(merchant: Browser, seller: Account) -> None:
    empty = merchant.page("/orders").id("orders-nothing")
    assert buttons(empty) == ["Look up orders now"]
    assert empty.all("form")[0].get("action") == "/orders/lookup"


def test_a_search_without_match_points_to_the_lists_that_have_one(merchant: Browser, seller: Account) -> None:
    seed.order(seller, states.SHIPPED, buyer_name="Nadia")
    empty = merchant.page("/orders?tab=to_import&q=nadia").id("orders-nothing")
    assert "1 order in another list does" in empty.text
    assert "/orders?tab=all&q=nadia" in [each.get("href") for each in empty.all("a")]


def test_a_finished_list_says_that_all_is_done(merchant: Browser, seller: Account) -> None:
    seed.run(seller, "lookup", "finished")
    assert "Everything is imported" in merchant.page("/orders?tab=to_import").id("orders-nothing").text


def test_while_the_first_lookup_runs_the_empty_list_does_not_offer_another(merchant: Browser, seller: Account) -> None:
    assert "Look up orders now" in merchant.page("/orders").id("orders-nothing").text
    seed.run(seller, "lookup", "running")
    nothing = merchant.page("/orders").id("orders-nothing")
    assert "The first orders are being read" in nothing.text
    assert buttons(nothing) == []


def test_the_problems_offer_a_retry_and_no_acceptance_of_what_cannot_be_accepted(
    merchant: Browser, seller: Account
) -> None:
    stopped = seed.problem(seed.order(seller, "to_accept"), "product.unknown", operation="accept")
    said = buttons(merchant.page("/orders?tab=problems").id("orders-bar"))
    assert [each for each in said if "ticked" not in each] == ["Retry 1 with a problem"]
    chosen = parse(merchant.get(f"/orders/selection?tab=problems&id={stopped.id}", part=True).text)
    assert "Accept 1 order" in buttons(chosen)


def test_with_nothing_ticked_the_buttons_offer_all_that_match(merchant: Browser, seller: Account) -> None:
    for _ in range(3):
        seed.order(seller)
    bar = merchant.page("/orders?tab=to_import").id("orders-bar")
    assert "Import all 3 orders" in buttons(bar)
    assert not any("Refuse" in words and "ticked" not in words for words in buttons(bar))


def offered(bar: Element) -> list[tuple[str, bool]]:
    """The buttons and links for what is done with orders, and which of them is the blue one."""
    every = [each for name in ("button", "a") for each in bar.all(name) if "ticked" not in each.text]
    words = [(each.text.strip(), "main" in (each.get("class") or "").split()) for each in every]
    return [each for each in words if each[0] not in ("Export CSV", "Clear")]


def test_an_import_is_offered_for_what_it_can_help(merchant: Browser, seller: Account, started: Started) -> None:
    """After a finished run: of 21 orders all have a problem; then one that is new comes."""
    stopped = [seed.problem(seed.order(seller), "import.put_away") for _ in range(21)]
    bar = merchant.page("/orders?tab=to_import").id("orders-bar")
    assert offered(bar) == [("Retry 21 with a problem", False), ("See what stops them", True)]
    new = seed.order(seller)
    bar = merchant.page("/orders?tab=to_import").id("orders-bar")
    assert offered(bar) == [("Import 1 order", True), ("Retry 21 with a problem", False)]
    button = next(each for each in bar.all("button") if each.text.strip() == "Import 1 order")
    merchant.post("/orders/act", {"do": button.get("value"), "tab": "to_import"})
    assert [(operation, wanted) for operation, wanted, _who, _options in started()] == [("import", [new.id])]
    ticked = f"/orders/selection?tab=to_import&id={stopped[0].id}"
    assert ("Import 1 order", False) in offered(parse(merchant.get(ticked, part=True).text).id("orders-bar"))


def test_ticking_orders_makes_the_buttons_say_how_many(merchant: Browser, seller: Account) -> None:
    one, two, _three = (seed.order(seller) for _ in range(3))
    seed.problem(two, "order.no_address")
    bar = parse(merchant.get(f"/orders/selection?tab=to_import&id={one.id}&id={two.id}", part=True).text).id(
        "orders-bar"
    )
    assert "2 selected" in bar.text
    assert buttons(bar) == ["Import 2 orders", "Leave out 2 entered by hand"]
    assert "1 of them could not be imported before" in bar.text
    assert "Select all 3" in bar.text


def test_a_mixed_choice_counts_each_action_for_itself(merchant: Browser, seller: Account) -> None:
    chosen = [seed.order(seller, state) for state in ("to_accept", "to_accept", "to_import", "shipped")]
    query = "&".join(f"id={order.id}" for order in chosen)
    bar = parse(merchant.get(f"/orders/selection?tab=all&{query}", part=True).text)
    assert buttons(bar) == ["Accept 2 orders", "Import 1 order", "Leave out 1 entered by hand", "Refuse 2…"]


def test_selecting_all_counts_every_match_not_only_the_page(merchant: Browser, seller: Account) -> None:
    for _ in range(51):
        seed.order(seller)
    bar = parse(merchant.get("/orders/selection?tab=to_import&scope=all", part=True).text)
    assert "All 51 that match" in bar.text
    assert buttons(bar) == ["Import 51 orders", "Leave out 51 entered by hand"]
    assert bar.all("input", name="scope")[0].get("value") == "all"


def test_support_sees_no_button_that_decides(support: Browser, seller: Account) -> None:
    seed.of_every_kind(seller)
    for tab in ("to_accept", "to_import", "problems", "all"):
        offered = buttons(support.page(f"/orders?tab={tab}"))
        assert not any(word in " ".join(offered) for word in ("Accept", "Import", "Refuse", "Leave", "Take back")), tab
    assert any("Retry" in words for words in buttons(support.page("/orders?tab=problems").id("orders-bar")))


def test_while_a_run_is_open_the_list_asks_for_itself_and_shows_its_progress(
    merchant: Browser, seller: Account
) -> None:
    working, waiting, done = (seed.order(seller) for _ in range(3))
    run = seed.run(seller, orders={working.id: "working", waiting.id: "pending", done.id: "done"})
    page = merchant.page(f"/orders?tab=to_import&run={run.id}")
    listed = page.id("orders-list")
    assert listed.get("hx-trigger") == "every 1500ms"
    assert listed.get("hx-get") == f"/orders?tab=to_import&run={run.id}"
    bar = page.id(f"running-{run.id}")
    assert (bar.all("progress")[0].get("value"), bar.all("progress")[0].get("max")) == ("1", "3")
    assert "1 of 3" in bar.text
    assert "importing" in page.id(f"order-{working.id}").text
    assert "in line" in page.id(f"order-{waiting.id}").text


def test_the_last_answer_carries_no_trigger_and_says_what_was_done(merchant: Browser, seller: Account) -> None:
    done, stopped = seed.order(seller, states.IMPORTED), seed.order(seller)
    seed.shop_order(done, reference="XKBKNAB1")
    seed.problem(stopped, "order.no_address")
    run = seed.run(seller, state="finished", orders={done.id: "done", stopped.id: "problem"})
    part = parse(merchant.get(f"/orders?tab=to_import&run={run.id}", part=True).text)
    assert part.id("orders-list").get("hx-trigger") == ""
    said = part.id("orders-runs")
    assert "1 imported, 1 problem" in said.text
    assert f"/runs/{run.id}" in [each.get("href") for each in said.all("a")]
    assert "XKBKNAB1" in part.id(f"order-{done.id}").text


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ("failed", "shop.key_refused", "refused the webservice key"),
        ("lost", None, "Its worker went away"),
        ("stopped", None, "Stopped"),
    ],
)
def test_a_run_that_did_not_get_to_its_end_says_why(
    merchant: Browser, seller: Account, state: str, error: str | None, words: str
) -> None:
    run = seed.run(seller, state=state, error_code=error, error_data={"detail": ""})
    assert words in merchant.page(f"/orders?tab=to_import&run={run.id}").id("orders-runs").text


def test_another_accounts_run_is_not_shown(merchant: Browser, seller: Account) -> None:
    run = seed.run(seed.account("other"), state="finished")
    assert merchant.page(f"/orders?run={run.id}").id("orders-runs").text == ""


def test_values_that_make_no_sense_count_as_not_asked(merchant: Browser, seller: Account) -> None:
    seed.order(seller)
    odd = "/orders?tab=nope&page=-3&run=x&from=2026-99-99&to=yesterday&date=never&sort=;drop&problem=%00"
    assert merchant.get(odd).status_code == 200
    assert merchant.get("/orders?tab=to_import&page=9999999999").status_code == 200
    assert merchant.get("/orders/selection?id=x&id=99999999999999999999", part=True).status_code == 200


def test_a_day_of_a_chart_is_a_list_that_can_be_left_again(merchant: Browser, seller: Account) -> None:
    today = seed.order(seller, purchased_at=now())
    page = merchant.page(f"/orders?tab=all&from={now():%Y-%m-%d}&to={now() + timedelta(days=1):%Y-%m-%d}")
    assert page.has_id(f"order-{today.id}")
    assert page.all("a", class_="chip")[0].get("href") == "/orders?tab=all"
    assert not merchant.page("/orders?tab=all&to=2020-01-01").has_id(f"order-{today.id}")


def test_while_orders_are_imported_the_button_to_import_all_is_gone(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller)
    seed.run(seller, orders={order.id: "working"})
    assert not any(
        "Import" in words
        for words in buttons(merchant.page("/orders?tab=to_import").id("orders-bar"))
        if "ticked" not in words
    )


def test_the_time_of_the_last_lookup_goes_along_with_the_list(merchant: Browser, seller: Account) -> None:
    assert "Nothing has been looked up yet" in merchant.page("/orders").id("orders-last-lookup").text
    seed.run(seller, "lookup", "failed", error_code="marketplace.timeout", error_data={"host": "x"})
    said = parse(merchant.get("/orders", part=True).text).id("orders-last-lookup")
    assert said.get("hx-swap-oob") == "true"
    assert "it did not finish" in said.text

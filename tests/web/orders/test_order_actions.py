"""Buttons of the orders' pages: which run each starts, with which orders, for whom, and what is said when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cdsync import states
from cdsync.db import db, now
from cdsync.errors import ConfigError
from cdsync.models import Account, Order, OrderEvent, Run
from cdsync.runs import queue
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import parse

Started = Callable[[], list[tuple[str, list[int] | None, str, dict[str, Any]]]]


def test_lookup_starts_a_lookup_and_the_list_follows_it(merchant: Browser, seller: Account, started: Started) -> None:
    answer = merchant.post("/orders/lookup", {"tab": "waiting"})
    assert answer.status_code == 303
    assert answer.location.startswith("/orders?tab=waiting&run=")
    assert started() == [("lookup", None, "Mona", {})]


def test_ticked_orders_are_imported_and_only_they(merchant: Browser, seller: Account, started: Started) -> None:
    one, two, _three = (seed.order(seller) for _ in range(3))
    merchant.post("/orders/act", {"do": "import", "id": [one.id, two.id], "tab": "to_import"})
    [(operation, wanted, actor, options)] = started()
    assert (operation, sorted(wanted or []), actor, options) == ("import", [one.id, two.id], "Mona", {})


def test_all_that_match_are_chosen_by_the_filter_on_the_server(
    merchant: Browser, seller: Account, started: Started
) -> None:
    chosen = {seed.order(seller, buyer_name="Nadia").id for _ in range(51)}
    seed.order(seller, buyer_name="Somebody else")
    merchant.post("/orders/act", {"do": "import", "scope": "all", "tab": "to_import", "q": "nadia"})
    assert set(started()[0][1] or []) == chosen


def test_the_button_for_all_takes_the_ticked_ones_when_there_are_any(
    merchant: Browser, seller: Account, started: Started
) -> None:
    one, _two = seed.order(seller), seed.order(seller)
    merchant.post("/orders/act", {"do": "all:import", "id": [one.id], "tab": "to_import"})
    merchant.post("/orders/act", {"do": "import", "tab": "to_import"})
    assert [wanted for _op, wanted, _who, _opt in started()] == [[one.id]]


def test_orders_entered_by_hand_are_left_out_at_once_and_taken_back(
    merchant: Browser, seller: Account, queued: list[int]
) -> None:
    one, two, other = (seed.order(seller, marketplace_state="to_import") for _ in range(3))
    ids = [one.id, two.id]
    answer = merchant.post("/orders/act", {"do": "leave_out", "id": ids, "tab": "to_import"}, follow_redirects=True)
    assert "2 orders are left out of the import." in answer.text
    assert states_of(one, two, other) == ["elsewhere", "elsewhere", "to_import"]

    page = merchant.get(f"/orders/{one.marketplace_ref}").text
    assert "Left out: dealt with by hand" in page
    assert "Take back: ready to import" in page
    merchant.post(f"/orders/{one.marketplace_ref}/act", {"do": "take_back"})
    assert states_of(one, two) == ["to_import", "elsewhere"]
    assert queued == []


def test_the_bar_offers_to_leave_out_ticked_orders_and_to_take_them_back(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller, marketplace_state="to_import")
    ticked = {"id": [order.id], "tab": "all"}
    assert "Leave out 1 entered by hand" in merchant.get("/orders/selection", query_string=ticked, part=True).text
    merchant.post("/orders/act", {"do": "leave_out", **ticked})
    assert "Take back 1 left out" in merchant.get("/orders/selection", query_string=ticked, part=True).text


def test_an_order_whose_import_was_begun_is_not_left_out_and_that_is_said(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller, claim_owner="worker", claim_until=now() + timedelta(minutes=1))
    answer = merchant.post(f"/orders/{order.marketplace_ref}/act", {"do": "leave_out"}, follow_redirects=True)
    assert "it may already be in the shop" in answer.text
    assert states_of(order) == ["to_import"]


def test_an_order_that_moved_meanwhile_is_not_left_out_and_that_is_said(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller, states.IMPORTED)
    answer = merchant.post(f"/orders/{order.marketplace_ref}/act", {"do": "leave_out"}, follow_redirects=True)
    assert "no longer possible for this order" in answer.text
    assert states_of(order) == ["imported"]


def test_leaving_out_is_the_merchants(support: Browser, seller: Account) -> None:
    order = seed.order(seller)
    assert support.post(f"/orders/{order.marketplace_ref}/act", {"do": "leave_out"}).status_code == 403
    assert states_of(order) == ["to_import"]


def states_of(*orders: Order) -> list[str]:
    db.session.rollback()
    return [db.session.get_one(Order, order.id).state for order in orders]


def test_nothing_ticked_says_so_and_starts_nothing(merchant: Browser, seller: Account, queued: list[int]) -> None:
    seed.order(seller)
    answer = merchant.post("/orders/act", {"do": "import", "tab": "to_import"}, follow_redirects=True)
    assert "Tick at least one order first." in answer.text
    assert queued == []


def test_accepting_starts_an_accept_run(merchant: Browser, seller: Account, started: Started) -> None:
    order = seed.order(seller, states.TO_ACCEPT)
    merchant.post("/orders/act", {"do": "accept", "id": order.id})
    assert started() == [("accept", [order.id], "Mona", {})]


def test_refusing_asks_once_more_and_names_what_follows(merchant: Browser, seller: Account, started: Started) -> None:
    order = seed.order(seller, states.TO_ACCEPT)
    asked = merchant.post(
        "/orders/act", {"do": "refuse", "id": order.id, "tab": "to_accept"}, part=True, follow_redirects=True
    )
    assert (asked.headers["HX-Retarget"], asked.headers["HX-Reswap"]) == ("#orders-actions", "innerHTML")
    bar = parse(asked.text).id("orders-bar")
    assert "Refuse 1 order for good?" in bar.text
    assert "cannot be undone" in bar.text
    assert started() == []
    merchant.post("/orders/act", {"do": "refuse", "confirmed": "1", "id": order.id, "tab": "to_accept"})
    assert started() == [("accept", [order.id], "Mona", {"refuse": True})]


def test_refusing_more_orders_than_were_confirmed_asks_again(
    merchant: Browser, seller: Account, queued: list[int]
) -> None:
    for _ in range(3):
        seed.order(seller, states.TO_ACCEPT)
    answer = merchant.post("/orders/act", {"do": "refuse", "confirmed": "2", "scope": "all", "tab": "to_accept"})
    assert answer.location == "/orders/refusal?scope=all&tab=to_accept"
    assert queued == []


@pytest.mark.parametrize("state", sorted(set(states.STATES) - {states.TO_ACCEPT}))
def test_only_orders_that_wait_to_be_accepted_can_be_refused(
    merchant: Browser, seller: Account, queued: list[int], state: str
) -> None:
    order = seed.order(seller, state)
    merchant.post("/orders/act", {"do": "refuse", "confirmed": "0", "id": order.id})
    merchant.post(f"/orders/{order.marketplace_ref}/act", {"do": "refuse", "confirmed": "1"})
    assert queued == []
    assert "None of these orders can be refused" in merchant.get(f"/orders/refusal?id={order.id}").text
    assert "can no longer be refused" in merchant.get(f"/orders/{order.marketplace_ref}/refusal").text


def test_a_retry_repeats_the_operation_that_stopped(merchant: Browser, seller: Account, started: Started) -> None:
    stuck = seed.problem(seed.order(seller, states.IMPORTED), "ship.refused", operation="ship")
    again = seed.problem(seed.order(seller), "shop.refused", operation="import")
    merchant.post("/orders/act", {"do": "retry", "id": [stuck.id, again.id]})
    assert sorted((operation, wanted) for operation, wanted, _who, _opt in started()) == [
        ("import", [again.id]),
        ("ship", [stuck.id]),
    ]


def test_no_retry_accepts_an_order_that_the_checks_stopped(support: Browser, seller: Account, started: Started) -> None:
    checked = seed.problem(seed.order(seller, states.TO_ACCEPT), "product.unknown", {"sku": "X"}, operation="accept")
    refused = seed.problem(seed.order(seller, states.TO_ACCEPT), "marketplace.refused", operation="accept")
    support.post("/orders/act", {"do": "retry", "id": [checked.id, refused.id]})
    assert sorted((operation, wanted) for operation, wanted, _who, _opt in started()) == [
        ("accept", [refused.id]),
        ("lookup", [checked.id]),
    ]


def test_a_retry_of_several_operations_is_followed_where_most_orders_are(
    merchant: Browser, seller: Account, started: Started
) -> None:
    seed.problem(seed.order(seller), "order.unreadable", operation="lookup")
    imported = [seed.problem(seed.order(seller), "shop.refused").id for _ in range(2)]
    seed.problem(seed.order(seller, states.IMPORTED), "ship.refused", operation="ship")
    answer = merchant.post("/orders/act", {"do": "all:retry", "tab": "problems"})
    watched = db.session.get_one(Run, int(answer.location.rpartition("run=")[2]))
    assert (len(started()), sorted(watched.wanted or [])) == (3, sorted(imported))


def test_support_may_retry_what_has_a_problem_and_look_up(support: Browser, seller: Account, started: Started) -> None:
    order = seed.problem(seed.order(seller), "shop.refused")
    support.post(f"/orders/{order.marketplace_ref}/act", {"do": "retry"})
    support.post("/orders/lookup")
    assert [(operation, who) for operation, _wanted, who, _opt in started()] == [("import", "Sam"), ("lookup", "Sam")]


@pytest.mark.parametrize("confirmed", [{"confirmed": "1"}, {}])
@pytest.mark.parametrize("action", ["accept", "import", "refuse"])
def test_support_may_not_decide_on_orders(
    support: Browser, seller: Account, queued: list[int], action: str, confirmed: dict[str, str]
) -> None:
    order = seed.order(seller, states.TO_ACCEPT if action != "import" else states.TO_IMPORT)
    assert support.post("/orders/act", {"do": action, "id": order.id, **confirmed}).status_code == 403
    assert support.post(f"/orders/{order.marketplace_ref}/act", {"do": action, **confirmed}).status_code == 403
    assert queued == []


@pytest.mark.parametrize("action", ["import_anyway", "dismiss"])
def test_support_may_not_decide_past_a_problem(
    support: Browser, seller: Account, queued: list[int], action: str
) -> None:
    order = seed.problem(seed.order(seller), "order.cancel_requested", {"lines": ["L1"]})
    assert support.post(f"/orders/{order.marketplace_ref}/act", {"do": action}).status_code == 403
    assert queued == []
    assert db.session.get_one(Order, order.id).problem_code == "order.cancel_requested"


def test_import_anyway_is_kept_on_the_order_and_in_its_story(
    merchant: Browser, seller: Account, started: Started
) -> None:
    order = seed.problem(seed.order(seller), "order.cancel_requested", {"lines": ["L1"]})
    merchant.post(f"/orders/{order.marketplace_ref}/act", {"do": "import_anyway"})
    assert db.session.get_one(Order, order.id).import_anyway
    event = db.session.query(OrderEvent).filter_by(order_id=order.id, kind="import.anyway").one()
    assert event.actor == "Mona"
    assert started() == [("import", [order.id], "Mona", {})]


def test_a_settled_problem_goes_with_its_reason(merchant: Browser, seller: Account) -> None:
    order = seed.problem(seed.order(seller, states.IMPORTED), "order.cancelled_after_import", {"shop_order": "X"})
    merchant.post(f"/orders/{order.marketplace_ref}/act", {"do": "dismiss", "reason": "Refunded by hand"})
    fresh = db.session.get_one(Order, order.id)
    assert fresh.problem_code is None
    assert fresh.dismissed == ["order.cancelled_after_import"]
    assert "Refunded by hand" in merchant.get(f"/orders/{order.marketplace_ref}").text


def test_one_order_is_read_again_and_all_of_one_cause_are_retried(
    merchant: Browser, seller: Account, started: Started
) -> None:
    one, two = (seed.problem(seed.order(seller), "shop.refused", {"field": "phone"}) for _ in range(2))
    merchant.post(f"/orders/{one.marketplace_ref}/act", {"do": "reread"})
    merchant.post(f"/orders/{one.marketplace_ref}/act", {"do": "retry_alike"})
    assert [(operation, sorted(wanted or [])) for operation, wanted, _w, _o in started()] == [
        ("lookup", [one.id]),
        ("import", [one.id, two.id]),
    ]


def test_a_run_that_is_open_already_is_said_where_the_person_is(
    merchant: Browser, seller: Account, queued: list[int]
) -> None:
    run = seed.run(seller, "lookup", "running")
    answer = merchant.post("/orders/lookup", part=True)
    assert (answer.status_code, answer.headers["HX-Retarget"], answer.headers["HX-Push-Url"]) == (
        409,
        "#flash",
        "false",
    )
    assert f"running already (run {run.id})" in parse(answer.text).id("flash").text
    assert queued == []


def test_redis_away_is_a_sentence_on_the_page_the_person_came_from(
    merchant: Browser, seller: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(run: Run) -> None:
        raise ConfigError("redis.away", host="127.0.0.1:6379")

    monkeypatch.setattr(queue, "enqueue", away)
    headers = {"Referer": "http://localhost/orders?tab=all"}
    answer = merchant.post("/orders/lookup", headers=headers)
    assert answer.location == "/orders?tab=all"
    assert "cannot be reached" in merchant.page("/orders?tab=all").id("flash").text
    assert db.session.query(Run).one().open is False


def test_an_unknown_action_or_order_is_refused(merchant: Browser, seller: Account, queued: list[int]) -> None:
    order = seed.order(seller)
    assert merchant.post("/orders/act", {"do": "explode", "id": order.id}).status_code == 400
    assert merchant.post("/orders/5f-nobody/act", {"do": "import"}).status_code == 404
    foreign = seed.order(seed.account("other"), marketplace_ref="5f-foreign")
    answer = merchant.post(f"/orders/{foreign.marketplace_ref}/act", {"do": "import"})
    assert answer.status_code == 409
    assert "belongs to the account “other”" in answer.text
    assert queued == []


def test_an_order_that_moved_meanwhile_says_so(merchant: Browser, seller: Account, queued: list[int]) -> None:
    order = seed.order(seller, states.SHIPPED)
    answer = merchant.post(f"/orders/{order.marketplace_ref}/act", {"do": "import"}, follow_redirects=True)
    assert "no longer possible for this order" in answer.text
    assert queued == []


def test_a_run_is_stopped_by_a_merchant_or_by_who_started_it(
    merchant: Browser, support: Browser, seller: Account
) -> None:
    theirs, own = seed.run(seller, "import", actor="Mona"), seed.run(seller, "lookup", actor="Sam")
    assert support.post(f"/orders/runs/{theirs.id}/stop").status_code == 403
    assert support.post(f"/orders/runs/{own.id}/stop").status_code == 303
    assert merchant.post(f"/orders/runs/{theirs.id}/stop").status_code == 303
    assert db.session.get_one(Run, theirs.id).stop_requested
    assert db.session.get_one(Run, own.id).stop_requested
    foreign = seed.run(seed.account("other"))
    assert merchant.post(f"/orders/runs/{foreign.id}/stop").status_code == 409
    assert not db.session.get_one(Run, foreign.id).stop_requested

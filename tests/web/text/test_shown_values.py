"""What pages show, as the values that templates only lay out: cards, reasons, first steps, causes, rows to settle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup

from cdsync import states
from cdsync.db import db, now
from cdsync.models import Account, ReconcileRow, Run
from cdsync.overview.causes import Cause, Variant
from cdsync.overview.figures import Figures, HeldBack
from cdsync.overview.reconciled import Kind
from cdsync.reconciliations import Verdict, keep, latest
from cdsync.web.dashboard import cards, first_steps, reasons
from cdsync.web.dashboard.attention import all_well
from cdsync.web.one_order.words import deadline_of
from cdsync.web.problems import view as causes
from cdsync.web.reconcile.view import RowShown, kind_note
from cdsync.web.rehearsal.banner import Looked
from cdsync.web.runs import words as run_words
from tests.web import seed


@pytest.fixture(autouse=True)
def _asked(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


@pytest.fixture
def of(app: Flask) -> Account:
    return seed.account()


def figures(**values: Any) -> Figures:
    nothing = dict.fromkeys(
        ("total", "to_accept", "to_import", "stopped", "waiting", "problems", "retrying", "imported", "shipped",
         "not_imported"), 0,
    )  # fmt: skip
    none = dict.fromkeys(("accept_by", "import_by", "ship_by", "waiting_since", "last_import_at"))
    return Figures(**(nothing | none | {"reasons": ()} | values))


def notes(**values: Any) -> dict[str, str]:
    return {each.title: Markup(each.note).striptags() for each in cards.cards(figures(**values), 30)}


def test_a_card_says_what_presses_among_its_orders() -> None:
    assert list(notes().values()) == [
        "nothing to decide", "nothing waits", "for the marketplace", "none", "no import yet", "in 30 days",
    ]  # fmt: skip
    soon, ago = now() + timedelta(hours=5, minutes=1), now() - timedelta(hours=2)
    assert notes(to_accept=2, accept_by=soon)["To accept"] == "next deadline in 5 h"
    assert notes(to_accept=2)["To accept"] == "no deadline known"
    assert notes(to_import=3)["To import"] == "ready to go"
    assert notes(to_import=3, stopped=1, import_by=soon)["To import"] == "1 with a problem · next deadline in 5 h"
    assert notes(to_import=3, stopped=3)["To import"] == "3 with a problem"
    assert notes(waiting=1, waiting_since=ago)["Waiting"] == "oldest 2 h ago"
    assert notes(problems=2)["Problems"] == "each says what to do"
    assert notes(problems=2, retrying=2)["Problems"] == "2 will be retried automatically"


@pytest.mark.parametrize(("problems", "retrying", "red"), [(0, 0, False), (2, 2, False), (2, 1, True)])
def test_problems_are_red_when_somebody_has_to_look(problems: int, retrying: int, red: bool) -> None:
    card = cards.cards(figures(problems=problems, retrying=retrying), 30)[3]
    assert (card.title, card.needs_somebody) == ("Problems", red)
    said = all_well(figures(problems=problems)).hint
    assert said == (
        "Everything runs and nothing is late. 2 problems are waiting."
        if problems
        else "Nothing is late, nothing is stuck, and everything runs."
    )


def test_a_reason_leads_to_the_list_of_its_orders() -> None:
    waits = HeldBack(None, states.ACCEPTED, 4, now(), None, 0)
    shown = reasons.reason(waits, imported_by_itself=True)
    assert (shown.url, shown.tone, shown.oldest is not None) == ("/orders?tab=waiting&problem=none", "", True)
    ready = HeldBack(None, states.TO_IMPORT, 4, now(), None, 0)
    assert reasons.reason(ready, imported_by_itself=True).text == "Ready for the next import"
    assert reasons.reason(ready, imported_by_itself=False).text == "Ready to import"
    stopped = HeldBack("carrier.unmapped", states.TO_IMPORT, 4, now(), {"mode": "Relais"}, 3)
    shown = reasons.reason(stopped, imported_by_itself=True)
    assert (shown.url, shown.tone, shown.others) == (
        "/orders?tab=problems&problem=carrier.unmapped", "text-bad", 2,
    )  # fmt: skip
    assert "Relais" in shown.text


@pytest.mark.parametrize(
    ("missing", "done", "next_one"),
    [
        (["marketplace.client_id", "shop.url", "orders.imported_status"], [], "Connect the marketplace"),
        (["shop.url"], ["Connect the marketplace"], "Connect the shop"),
        (["orders.imported_status"], ["Connect the marketplace"], "Choose the statuses"),
        ([], ["Connect the marketplace", "Connect the shop"], None),
    ],
)
def test_the_first_steps_show_the_one_to_do_now(missing: list[str], done: list[str], next_one: str | None) -> None:
    steps = first_steps.to_the_first_order(missing, looked_up=False)
    assert [each.title for each in steps if each.done] == done
    assert next((each.link for each in steps if each.is_next and not each.done), None) == next_one
    assert steps[-1].looks_up is (not missing), "nothing is looked up before both sides are connected"
    assert bool(steps[1].urgent) is (missing == ["orders.imported_status"])


def test_the_steps_of_a_rehearsal_end_once_all_were_tried() -> None:
    def of(looked_up: bool, runs: bool = True, merchant: bool = True, **values: Any) -> list[first_steps.Step]:
        return first_steps.of_a_rehearsal(
            figures(**values), Looked(runs, "http://127.0.0.1:1/desk", True),
            looked_up=looked_up, connect_url="/connect", merchant=merchant,
        )  # fmt: skip

    assert [each.looks_up for each in of(False)] == [True, False, False, False]
    assert [each.done for each in of(True, last_import_at=now())] == [True, True, False, False]
    assert of(True, last_import_at=now(), shipped=1) == []
    assert [each.url for each in of(False, runs=False)][2] == "", "its desk does not answer while it is stopped"
    assert [each.url for each in of(False)][3] == "/connect"
    assert [each.url for each in of(False, merchant=False)][3] == ""


def test_a_cause_names_some_of_its_orders_and_counts_the_others() -> None:
    variants = [Variant(json.dumps({"mode": f"M{n}"}), 8, ["A", "B"]) for n in range(10)]
    cause = Cause("carrier.unmapped", "import", "rejected", count=80, needs_a_person=True, variants=variants)
    shown = causes.described(cause)
    assert (shown.id, shown.is_amber, shown.others, shown.more_reasons) == ("carrier-unmapped-import", False, 9, 2)
    assert (len(shown.variants), shown.variants[0].rest) == (8, "and 6 more")
    assert (shown.retry_words, shown.see_words) == ("Try all 80 orders again", "See the 80 orders")
    alone = causes.described(Cause("shop.timeout", "import", "temporary", count=1, variants=[Variant("{}", 1, [])]))
    assert (alone.variants[0].title, alone.variants[0].rest, alone.is_amber) == ("", "1 order", True)
    assert alone.retry_words == "Try 1 order again"


def row(of: Account, kind: str, why: str = "", **values: Any) -> ReconcileRow:
    order = seed.order(of, values.pop("state", states.IMPORTED))
    keep(of.id, None, now(), [Verdict(kind, why, order.id, order.marketplace_ref, **values)])
    found = latest(db.session(), of.id)
    assert found is not None
    return found.rows[0]


def test_a_row_that_does_not_match_says_what_to_do_and_who_may(of: Account) -> None:
    missing = row(of, "missing", "not_looked_up", state=states.TO_IMPORT)
    shown = RowShown(missing, merchant=True, may_cancel=True)
    assert (shown.badge, shown.why, shown.can_repair, shown.is_settled_here) == (("bad", "missing"), "", True, True)
    assert shown.advice
    assert not RowShown(missing, merchant=False, may_cancel=True).is_settled_here
    equal = RowShown(row(of, "imported_equal", states.IMPORTED), merchant=True, may_cancel=True)
    assert (equal.advice, equal.why, equal.is_settled_here) == ("", "imported", False)


def test_the_difference_of_two_totals_is_the_shop_s_less_the_marketplace_s(of: Account) -> None:
    differs = row(of, "total_differs", marketplace_total=Decimal("10.00"), shop_total=Decimal("9.99"))
    assert RowShown(differs, merchant=True, may_cancel=True).difference == Decimal("-0.01")
    equal = row(of, "imported_equal", marketplace_total=Decimal("10.00"), shop_total=Decimal("10.00"))
    assert RowShown(equal, merchant=True, may_cancel=True).difference is None
    unknown = row(of, "total_differs", marketplace_total=Decimal("10.00"))
    assert RowShown(unknown, merchant=True, may_cancel=True).difference is None


def test_one_of_two_shop_orders_is_cancelled_only_where_the_status_for_it_is_known(of: Account) -> None:
    data = {"live": ["7", "8"], "numbers": ["AAA"]}
    twice = row(of, "twice", shop_refs=("7", "8"), data=data)
    shown = RowShown(twice, merchant=True, may_cancel=True)
    assert (shown.cancellable, shown.wants_status) == ({"7": "AAA", "8": "#8"}, False)
    assert shown.shop_orders == [("AAA", "7"), ("", "8")]
    blind = RowShown(twice, merchant=True, may_cancel=False)
    assert (blind.cancellable, blind.wants_status) == ({}, True)


def test_a_kind_of_rows_says_whether_it_should_be_there() -> None:
    assert kind_note(Kind("missing", 2, 0)) == "must be zero"
    assert kind_note(Kind("missing", 0, 0)) == "✓"
    assert kind_note(Kind("missing", 2, 1)) == "and 1 dismissed"
    assert kind_note(Kind("waiting", 2, 0)) == ""


def test_the_deadline_of_an_order_is_that_of_its_next_step(of: Account) -> None:
    accept = seed.order(of, states.TO_ACCEPT)
    assert (deadline_of(accept).title, deadline_of(accept).at) == ("Deadline to accept", accept.accept_by)
    ship = seed.order(of, states.TO_IMPORT)
    assert (deadline_of(ship).title, deadline_of(ship).at) == ("Deadline to ship", ship.ship_by)
    assert deadline_of(seed.order(of, states.SHIPPED)).at is None
    tracking = seed.order(of, states.IMPORTED, waiting_for_tracking_since=now() - timedelta(hours=9))
    assert ("9 h" in deadline_of(tracking).waits, deadline_of(tracking).tone) == (True, "text-wait")
    assert "3 h" in deadline_of(seed.order(of, states.ACCEPTED, state_since=now() - timedelta(hours=3))).waits


@pytest.mark.parametrize(
    ("state", "values", "look"),
    [
        ("finished", {}, "good"),
        ("finished", {"counts": {"problem": 1}}, "bad"),
        ("failed", {"error_code": "shop.timeout"}, "bad"),
        ("stopped", {}, "calm"),
        ("lost", {}, "calm"),
    ],
)
def test_a_result_looks_as_well_as_it_is(of: Account, state: str, values: dict[str, Any], look: str) -> None:
    assert run_words.result_look(seed.run(of, state=state, **values)) == look


def test_a_run_tells_of_an_order_what_still_stops_it(of: Account) -> None:
    stopped = seed.problem(seed.order(of), "carrier.unmapped", {"mode": "Relais"})
    mended = seed.order(of)
    run = seed.run(of, state="finished", orders={stopped.id: "problem", mended.id: "problem"})
    for done in run.orders:
        done.code = "carrier.unmapped"
    db.session.commit()
    assert ["Relais" in run_words.still_because(done) for done in run.orders] == [True, False]


def test_a_run_without_orders_says_why() -> None:
    waiting, ended = Run(open=True, operation="import"), Run(open=False, operation="lookup")
    assert run_words.nothing_touched(waiting) == ("No orders yet", "")
    assert run_words.nothing_touched(ended) == (
        "No order was touched", "A lookup lists only the orders that changed.",
    )  # fmt: skip

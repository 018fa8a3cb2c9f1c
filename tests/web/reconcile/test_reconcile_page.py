"""Reconcile: the last comparison by kind, what to do about each row, dismissing with a reason, repairing, CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cdsync import accounts, reconciliations, settings
from cdsync.db import db, now
from cdsync.models import Account, Order, ReconcileRow, Run
from cdsync.reconciliations import Verdict
from cdsync.web.runs import figures
from cdsync.web.text import reconcile_words, words
from tests.web import seed
from tests.web.conftest import Browser, text_of

pytestmark = pytest.mark.usefixtures("neighbour")


@pytest.fixture
def main(app: object) -> Account:
    return accounts.ensure("main")


def verdict(kind: str, why: str, order: Order | None = None, **values: Any) -> Verdict:
    facts: dict[str, Any] = {"marketplace_total": Decimal("22.68"), "shop_total": Decimal("22.68")}
    if order is not None:
        facts |= {"order_id": order.id, "ref": order.marketplace_ref, "reference": order.reference}
    return Verdict(kind, why, **{**facts, **values})


def compare(account: Account, *verdicts: Verdict) -> list[ReconcileRow]:
    reconciliations.keep(account.id, None, now() - timedelta(days=7), verdicts)
    db.session.rollback()
    latest = reconciliations.latest(db.session(), account.id)
    assert latest is not None
    return list(latest.rows)


def differing(account: Account) -> ReconcileRow:
    """One row whose totals differ by a cent."""
    order = seed.order(account, "imported")
    found = verdict(
        "total_differs", "import.total_differs", order, shop_refs=("12",), shop_total=Decimal("22.69"),
        data={"numbers": ["XKBKNAB"]},
    )  # fmt: skip
    return compare(account, found)[0]


def row(row_id: int) -> ReconcileRow:
    db.session.rollback()
    return db.session.get_one(ReconcileRow, row_id)


def test_what_does_not_match_is_listed_with_what_to_do(merchant: Browser, main: Account) -> None:
    late, gone, twice = seed.order(main), seed.order(main, "imported"), seed.order(main, "imported")
    compare(
        main,
        verdict("missing", "not_looked_up", late, shop_total=None),
        verdict("missing", "shop_order_gone", gone, shop_total=None),
        verdict("twice", "import.several_orders", twice, shop_refs=("4", "5"), data={"numbers": ["AAA", "BBB"]}),
        verdict("unknown_to_marketplace", "order.gone", shop_refs=("9",), data={"payment": "Cdiscount 77"}),
        verdict("imported_equal", "imported", seed.order(main, "imported")),
    )
    text = text_of(merchant.get("/reconcile").text)
    assert "4 orders do not match." in text
    assert "No lookup had found it; now it is known." in text
    assert "the shop no longer has it" in text
    assert "AAA #4" in text
    assert "BBB #5" in text
    assert "Cdiscount 77" in text
    assert text.count("Repair") == 3, "a button for each of the two that are missing, and one sentence that names it"
    assert "Missing in the shop 2 must be zero" in text
    assert "Imported and equal 1" in text


def test_a_difference_is_shown_in_money(merchant: Browser, main: Account) -> None:
    differing(main)
    text = text_of(merchant.get("/reconcile").text)
    assert "22.68 € 22.69 € difference 0.01 €" in text


def test_when_all_is_equal_it_says_so(merchant: Browser, main: Account) -> None:
    compare(main, verdict("imported_equal", "imported", seed.order(main, "imported")))
    text = text_of(merchant.get("/reconcile").text)
    assert "Nothing is missing, nothing is doubled, every total is equal." in text
    assert "Every order is accounted for" in text


def test_each_kind_has_its_list(merchant: Browser, main: Account) -> None:
    waiting, stopped = seed.order(main, "accepted"), seed.problem(seed.order(main), "carrier.unmapped", {"mode": "A"})
    compare(
        main,
        verdict("waiting", "accepted", waiting),
        verdict("problem", "carrier.unmapped", stopped, data={"mode": "A"}),
    )
    html = merchant.get("/reconcile", query_string={"kind": "waiting"}).text
    assert waiting.reference in html
    assert stopped.reference not in html
    assert "accepted; the marketplace is checking the payment" in text_of(html)
    html = merchant.get("/reconcile", query_string={"kind": "problem"}).text
    assert stopped.reference in html
    assert merchant.get("/reconcile", query_string={"kind": "' or 1=1"}).status_code == 200


def test_before_the_first_comparison_there_is_a_button(
    merchant: Browser, main: Account, last_run: Callable[[], Run]
) -> None:
    assert "Nothing has been compared yet" in text_of(merchant.get("/reconcile").text)
    merchant.post("/runs/start", {"operation": "reconcile", "next": "/reconcile"})
    assert last_run().operation == "reconcile"


def test_while_a_comparison_is_open_the_rows_ask_again_and_then_show_its_result(
    merchant: Browser, main: Account
) -> None:
    differing(main)
    run = seed.run(main, "reconcile", "running")
    part = merchant.get("/reconcile", part=True, query_string={"kind": "twice"}).text
    assert part.lstrip().startswith('<div id="reconcile"')
    assert 'hx-get="/reconcile?kind=twice" hx-trigger="every 2s"' in part
    assert f"Comparing now … run {run.id} · until then: the result of" in text_of(part)
    run.open, run.state, run.finished_at = False, "finished", now()
    db.session.commit()
    reconciliations.keep(main.id, run.id, now() - timedelta(days=7), [])
    part = merchant.get("/reconcile", part=True).text
    assert "hx-trigger" not in part
    assert f"· run {run.id}" in text_of(part)
    assert "Nothing is missing, nothing is doubled" in text_of(part)


@pytest.mark.parametrize(
    ("facts", "why"),
    [({"state": "failed", "error_code": "shop.key_refused", "error_data": {"detail": "x"}}, "key"),
     ({"state": "stopped"}, "Stopped"), ({"state": "lost"}, "Its worker went away")],
)  # fmt: skip
def test_a_comparison_that_did_not_get_to_its_end_is_named_above_the_older_result(
    merchant: Browser, main: Account, facts: dict[str, Any], why: str
) -> None:
    differing(main)
    run = seed.run(main, "reconcile", **facts)
    text = text_of(merchant.get("/reconcile").text)
    assert re.search(rf"The newest comparison has no result: .*{why}.* · run {run.id} · Compared", text)
    assert "difference 0.01 €" in text


def test_a_comparison_that_nobody_takes_says_so(merchant: Browser, main: Account) -> None:
    seed.run(main, "reconcile", "queued")
    text = text_of(merchant.get("/reconcile").text)
    assert "Waiting for a worker" in text
    assert "No worker is running, so it waits." in text


def test_comparing_now_says_what_it_did_beside_the_rows(merchant: Browser, main: Account, queued: list[int]) -> None:
    merchant.post("/runs/start", {"operation": "reconcile", "next": "/reconcile"}, part=True)
    part = text_of(merchant.get("/reconcile", part=True).text)
    assert f"Both sides are being compared. Run {queued[0]}" in part
    assert "The first comparison is running" in part


def test_a_row_is_dismissed_with_a_reason_and_no_longer_counts(merchant: Browser, main: Account) -> None:
    found = differing(main)
    answer = merchant.post(f"/reconcile/{found.id}/dismiss", {"reason": " refunded  by hand "}, part=True)
    assert answer.status_code == 303
    kept = row(found.id)
    assert (kept.dismissed_by, kept.dismissed_reason) == ("Mona", "refunded by hand")
    assert kept.dismissed_at is not None
    assert not kept.reconciliation.alarm
    assert "Nothing is missing" in text_of(merchant.get("/reconcile").text)
    listed = text_of(merchant.get("/reconcile", query_string={"kind": "total_differs"}).text)
    assert "refunded by hand · Mona" in listed


@pytest.mark.parametrize("reason", ["", "   ", "x" * 256])
def test_dismissing_needs_a_reason(merchant: Browser, main: Account, reason: str) -> None:
    found = differing(main)
    answer = merchant.post(f"/reconcile/{found.id}/dismiss", {"reason": reason}, part=True)
    assert answer.status_code == 422
    assert f'id="reason-{found.id}"' in answer.text
    assert row(found.id).dismissed_at is None


def test_an_order_no_lookup_had_seen_is_repaired_by_an_import(
    merchant: Browser, main: Account, last_run: Callable[[], Run]
) -> None:
    order = seed.order(main)
    found = compare(main, verdict("missing", "not_looked_up", order))[0]
    assert merchant.post(f"/reconcile/{found.id}/repair", part=True).status_code == 303
    assert (last_run().operation, last_run().wanted) == ("import", [order.id])


def test_a_missing_order_that_was_imported_since_says_so_and_is_not_repaired_again(
    merchant: Browser, main: Account, queued: list[int]
) -> None:
    order = seed.order(main)
    found = compare(main, verdict("missing", "not_looked_up", order))[0]
    order.state, order.imported_at = "imported", now() + timedelta(minutes=1)
    db.session.commit()
    html = merchant.get("/reconcile").text
    assert "Imported since. The next comparison will show it." in html
    assert f"/reconcile/{found.id}/repair" not in html
    assert merchant.post(f"/reconcile/{found.id}/repair").status_code == 400
    assert queued == []


@pytest.mark.parametrize(("kind", "why"), [("twice", "import.several_orders"), ("missing", "shop_order_gone")])
def test_what_only_a_person_can_mend_has_no_repair(
    merchant: Browser, main: Account, queued: list[int], kind: str, why: str
) -> None:
    found = compare(main, verdict(kind, why, seed.order(main, "shipped")))[0]
    assert f"/reconcile/{found.id}/repair" not in merchant.get("/reconcile").text
    assert merchant.post(f"/reconcile/{found.id}/repair").status_code == 400
    assert queued == []


@pytest.fixture
def doubled(main: Account) -> ReconcileRow:
    """One order with two live shop orders, and one that is cancelled already."""
    return compare(main, verdict(
        "twice", "import.several_orders", seed.order(main), shop_refs=("4", "5", "6"),
        data={"numbers": ["AAA", "BBB", "CCC"], "live": ["4", "5"]},
    ))[0]  # fmt: skip


def test_one_of_two_shop_orders_is_cancelled_by_a_comparison_that_begins_with_it(
    merchant: Browser, doubled: ReconcileRow, last_run: Callable[[], Run]
) -> None:
    settings.load({"orders": {"cancelled_status": "6"}})
    text = text_of(merchant.get("/reconcile").text)
    assert "Cancel AAA in the shop" in text
    assert "Cancel BBB in the shop" in text
    assert "Cancel CCC" not in text
    assert merchant.post(f"/reconcile/{doubled.id}/cancel", {"shop_order": "5"}, part=True).status_code == 303
    assert (last_run().operation, last_run().options) == ("reconcile", {"cancel": "5"})


def test_without_a_status_for_cancelled_orders_the_way_there_is_shown(merchant: Browser, doubled: ReconcileRow) -> None:
    html = merchant.get("/reconcile").text
    assert "/settings#statuses" in html
    assert "in the shop</button>" not in html


@pytest.mark.parametrize("shop_order", ["6", "99", ""])
def test_only_a_live_order_of_the_row_can_be_cancelled(
    merchant: Browser, doubled: ReconcileRow, queued: list[int], shop_order: str
) -> None:
    assert merchant.post(f"/reconcile/{doubled.id}/cancel", {"shop_order": shop_order}).status_code == 400
    assert queued == []


@pytest.mark.parametrize("action", ["dismiss", "repair", "cancel"])
def test_only_a_merchant_settles_rows(support: Browser, main: Account, queued: list[int], action: str) -> None:
    found = differing(main)
    assert support.post(f"/reconcile/{found.id}/{action}", {"reason": "fine"}).status_code == 403
    assert row(found.id).dismissed_at is None
    html = support.get("/reconcile").text
    assert f"/reconcile/{found.id}/" not in html


@pytest.mark.parametrize("action", ["dismiss", "repair", "cancel"])
def test_settling_needs_the_pages_token(merchant: Browser, main: Account, queued: list[int], action: str) -> None:
    found = differing(main)
    assert merchant.post(f"/reconcile/{found.id}/{action}", {"reason": "fine"}, token=False).status_code == 400
    assert row(found.id).dismissed_at is None
    assert queued == []


def test_rows_of_another_account_are_neither_shown_nor_settled_here(merchant: Browser, main: Account) -> None:
    theirs = differing(seed.account("other"))
    assert "difference" not in merchant.get("/reconcile").text
    answer = merchant.post(f"/reconcile/{theirs.id}/dismiss", {"reason": "fine"}, part=True)
    assert answer.status_code == 409
    assert "belongs to the account “other”" in answer.text
    assert row(theirs.id).dismissed_at is None


def test_the_csv_holds_every_row_with_its_difference(merchant: Browser, main: Account) -> None:
    differing(main)
    answer = merchant.get("/reconcile/reconcile.csv")
    (line,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (line["kind"], line["shop_orders"], line["difference"]) == ("total_differs", "12", "0.01")
    assert merchant.get("/reconcile/reconcile.csv").headers["Content-Disposition"].endswith('"reconcile-main.csv"')


@pytest.mark.parametrize("kind", reconciliations.KINDS)
def test_every_kind_has_its_words_and_is_counted_wherever_a_comparison_is_told_of(main: Account, kind: str) -> None:
    run = Run(operation="reconcile", state="finished", counts={kind: 2}, open=False, options={})
    with_problems = words.run_badge(run)[0] != "good"
    assert with_problems == (kind in reconciliations.ALARMING)
    assert figures.counts(run).startswith("2 ")
    assert reconcile_words.kind_word(kind) != kind
    assert bool(reconcile_words.advice(kind, "")) == (kind in (*reconciliations.ALARMING, "problem"))


def test_fifty_rows_a_page(merchant: Browser, main: Account) -> None:
    compare(main, *(verdict("imported_equal", "imported", ref=f"R{number}") for number in range(51)))
    text = text_of(merchant.get("/reconcile", query_string={"kind": "imported_equal", "page": "2"}).text)
    assert "Page 2 of 2" in text
    assert "R50" in text

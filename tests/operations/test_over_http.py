"""The main job against both rehearsal systems over HTTP: what the other sides hold afterwards is what counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from cdsync.bookkeeping import recorded_requests
from cdsync.db import db
from cdsync.models import Exchange, Order
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import line_json, order_json
from cdsync.sandbox.scenarios import KINDS, add_orders
from tests.worlds import last_run, order_of

pytestmark = pytest.mark.sockets


def add(market, status="InPreparation", **changes) -> str:
    """An order of two slate mugs and a cotton T-shirt's worth of shipping; answers its id."""
    lines = changes.pop("lines", [line_json(sku="MUG-ARDOISE", quantity=2, unit_price="9.99", shipping="5.90")])
    return str(market.add(order_json(status=status, lines=lines, **changes)))


def test_an_order_goes_all_the_way_from_waiting_to_shipped(account, market, shop, run):
    ref = add(market, "WaitingAcceptance")
    assert run(account, "lookup")["counts"]["new"] == 1
    run(account, "accept")
    assert market.approvals == [(ref, "Accepted")]
    assert order_of(ref).state == "accepted"
    assert shop.rows("customers") == shop.rows("orders") == []  # nothing reaches the shop at acceptance

    run(account, "lookup")
    assert order_of(ref).state == "to_import"
    run(account, "import")
    (made,) = shop.rows("orders")
    assert (Decimal(made["total_paid"]), made["current_state"]) == (Decimal("25.88"), "2")
    assert made["payment"] == f"Cdiscount {ref}"
    kept = order_of(ref).shop_orders[0]
    assert (kept.shop_ref, kept.reference, kept.total_paid) == (made["id"], made["reference"], Decimal("25.88"))

    shop.set_state(int(made["id"]), 4)
    shop.set_tracking(int(made["id"]), "6A12345678901")
    run(account, "ship")
    ((shipped, parcels),) = market.shipments
    assert shipped == ref
    assert "6A12345678901" in str(parcels)
    assert order_of(ref).state == "shipped"

    run(account, "reconcile")
    run(account, "lookup")
    assert order_of(ref).problem_code is None


@pytest.mark.faults
def test_running_everything_again_changes_nothing_anywhere(account, market, shop, run):
    for name in ("simple", "several_vat_rates", "to_accept", "dearer_shipping", "company"):
        add_orders(market, name)
    for operation in ("lookup", "accept", "lookup", "import"):
        run(account, operation)
    before = (len(shop.rows("orders")), list(market.approvals), len(shop.rows("customers")))
    for operation in ("lookup", "accept", "import", "ship", "reconcile"):
        run(account, operation)
    assert (len(shop.rows("orders")), list(market.approvals), len(shop.rows("customers"))) == before


def test_every_exchange_of_an_order_is_kept_without_secrets(account, market, shop, run):
    ref = add(market)
    run(account, "lookup")
    run(account, "import")
    kept = recorded_requests.of_order(order_of(ref).id)
    assert {"POST"} <= {exchange.method for exchange in kept}
    assert any("/orders" in exchange.url and exchange.status == 201 for exchange in kept)
    every = db.session.query(Exchange).all()
    text = " ".join(f"{e.url} {e.request_body} {e.response_body}" for e in every)
    assert [secret for secret in (shop.key, market.client_secret, 'access_token": "ey') if secret in text] == []


def test_a_cancellation_after_import_reaches_the_shop_and_the_order(account, market, shop, run):
    ref = add(market)
    run(account, "lookup")
    run(account, "import")
    market.cancel(ref)
    run(account, "lookup")
    assert order_of(ref).problem_code == "order.cancelled_after_import"
    assert shop.rows("orders")[0]["current_state"] == "6"


def test_a_refusal_reaches_the_marketplace(account, market, shop, run):
    ref = add(market, "WaitingAcceptance")
    run(account, "lookup")
    run(account, "accept", order_ids=[order_of(ref).id], options={"refuse": True})
    assert market.approvals == [(ref, "Refused")]
    assert order_of(ref).state == "refused"


def test_an_answer_lost_after_the_shop_made_the_order_makes_no_second_one(account, market, shop, run):
    ref = add(market)
    run(account, "lookup")
    shop.faults.add(Fault("answer_lost", method="POST", path="/orders"))
    run(account, "import")
    run(account, "import", order_ids=[order_of(ref).id])
    assert len(shop.rows("orders")) == 1
    assert order_of(ref).problem_code == "shop.order_unknown"
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):  # the shop must be through with it by now
        run(account, "import")
    assert len(shop.rows("orders")) == 1
    assert order_of(ref).state == "imported"


@pytest.mark.parametrize("kind", ["status_503_before", "html_before", "cut_short", "redirect", "xml_entity"])
def test_a_shop_in_trouble_is_said_clearly_and_the_next_run_goes_on(account, market, shop, run, kind):
    ref = add(market)
    run(account, "lookup")
    shop.faults.add(Fault(kind, times=200))
    report = run(account, "import")
    code = report.get("error", {}).get("code") or order_of(ref).problem_code
    assert code is not None
    assert code.startswith("shop.")
    shop.faults.clear()
    run(account, "import", order_ids=[order_of(ref).id])
    assert (order_of(ref).state, len(shop.rows("orders"))) == ("imported", 1)


@pytest.mark.parametrize("kind", ["status_503_before", "status_429", "cut_short", "reset_before"])
def test_a_marketplace_in_trouble_is_said_clearly_and_the_next_lookup_goes_on(account, market, shop, run, kind):
    ref = add(market)
    market.faults.add(Fault(kind, path="/orders", times=50))
    report = run(account, "lookup")
    assert report["state"] == "failed"
    assert report["error"]["code"].startswith("marketplace.")
    market.faults.clear()
    assert run(account, "lookup")["counts"]["new"] == 1
    assert order_of(ref).state == "to_import"


def test_all_kinds_of_the_rehearsal_end_in_a_state_or_a_problem_that_says_why(account, market, shop, run):
    for kind in KINDS.values():
        add_orders(market, kind.name)
    for operation in ("lookup", "accept", "lookup", "import", "lookup"):
        report = run(account, operation)
        assert (report["state"], report.get("error")) == ("finished", None)
    db.session.rollback()
    everything = db.session.query(Order).all()
    assert len(everything) == len(KINDS)
    unexplained = [o.marketplace_ref for o in everything if o.state == "to_import" and o.problem_code is None]
    assert unexplained == []
    assert [o for o in everything if o.problem_code == "internal"] == []
    run(account, "reconcile")
    counts = last_run().counts
    assert {kind: counts.get(kind, 0) for kind in ("missing", "twice", "total_differs", "unknown_to_marketplace")} == {
        "missing": 0,
        "twice": 0,
        "total_differs": 0,
        "unknown_to_marketplace": 0,
    }

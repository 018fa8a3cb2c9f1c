"""The rehearsal desk: what a person's forms and a script's JSON do to both systems, and whom it refuses."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
import requests
from flask.testing import FlaskClient

from cdsync.sandbox.faults import KINDS
from cdsync.sandbox.octopia import Variants
from cdsync.sandbox.rehearsal import Rehearsal, create_desk, fault_choices, view
from cdsync.sandbox.rehearsal.behaviour_form import WORDS, variant_fields
from cdsync.sandbox.server import Seen

PAGES = ("/", "/market", "/shop", "/faults", "/behaviour", "/requests")
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def running() -> Iterator[Rehearsal]:
    world = Rehearsal().start()
    yield world
    world.stop()


@pytest.fixture
def world(running: Rehearsal) -> Rehearsal:
    running.reset()
    running.market.variants = Variants()
    return running


@pytest.fixture
def desk(world: Rehearsal) -> FlaskClient:
    return create_desk(world).test_client()


def test_every_page_shows_both_systems_without_scripts(desk):
    for page in PAGES:
        answer = desk.get(page, headers=BROWSER)
        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "One article at the shop’s price" in desk.get("/market", headers=BROWSER).text
    assert "Payment by check" in desk.get("/shop", headers=BROWSER).text


def test_text_from_orders_is_escaped(desk):
    page = desk.get("/market?status=InPreparation", headers=BROWSER).text
    assert "&lt;b&gt;Paul&lt;/b&gt;" in page
    assert "<b>Paul</b>" not in page


def test_a_form_adds_orders_and_leads_back_with_a_sentence(desk, world):
    before = len(world.market.ledger.records)
    answer = desk.post(
        "/orders", data={"kind": "company", "count": "3"}, headers=BROWSER | {"Referer": "http://localhost/"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert len(world.market.ledger.records) == before + 3
    assert "3 × “Company with VAT number” arrived" in desk.get("/", headers=BROWSER).text
    assert "arrived" not in desk.get("/", headers=BROWSER).text


def test_a_redirect_never_leaves_the_desk(desk):
    answer = desk.post("/faults/clear", headers=BROWSER | {"Referer": "http://evil.example/page"})
    assert answer.headers["Location"] == "/page"


@pytest.mark.parametrize(
    "body", [{"kind": "nonsense"}, {}, {"kind": "simple", "count": 0}, {"kind": "simple", "count": "x"}]
)
def test_a_wrong_wish_is_400_for_a_script_and_changes_nothing(desk, world, body):
    before = len(world.market.ledger.records)
    answer = desk.post("/orders", json=body)
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Not ")
    assert len(world.market.ledger.records) == before


def test_marketplace_orders_are_cancelled_released_and_asked_to_cancel(desk, world):
    waiting = [o["orderId"] for o in world.market.orders() if o.get("status") == "Accepted"]
    assert desk.post(f"/market-orders/{waiting[0]}/pass", json={}).json["status"] == "InPreparation"
    assert desk.post(f"/market-orders/{waiting[0]}/pass", json={}).status_code == 400
    assert desk.post(f"/market-orders/{waiting[0]}", json={"action": "ask-seller"}).status_code == 200
    assert world.market.order(waiting[0])["lines"][0]["status"] == "CancelRequest"
    assert desk.post(f"/market-orders/{waiting[0]}", data={"action": "cancel"}).json["status"] == "Cancelled"
    assert desk.post(f"/market-orders/{waiting[0]}/status-Delivered").json["status"] == "Delivered"
    assert desk.post(f"/market-orders/{waiting[0]}/explode").status_code == 400
    assert desk.post("/market-orders/NONE/cancel").status_code == 400
    assert desk.post("/market/pass").json["passed"] == len(waiting) - 1


def test_a_shop_order_is_shipped_with_tracking(desk, world):
    assert desk.post("/shop-orders/5", data={"state": "4", "tracking": "6A123"}).status_code == 200
    order = next(row for row in view.shop_rows(world) if row["id"] == "5")
    assert (order["state"], order["tracking"]) == ("4", "6A123")
    assert desk.post("/shop-orders/5", data={"state": "999"}).status_code == 400
    assert desk.post("/shop-orders/5", data={}).status_code == 400
    assert desk.post("/shop-orders/99999", data={"state": "4"}).status_code == 400


def test_a_planned_fault_strikes_and_is_gone(desk, world):
    body = {"target": "octopia-token", "kind": "status_503_before", "times": 1}
    assert desk.post("/faults", json=body).status_code == 200
    assert desk.get("/faults").json[0]["system"] == "octopia"
    assert "503, not handled" in desk.get("/faults", headers=BROWSER).text
    assert requests.post(world.market.token_url, timeout=5).status_code == 503
    assert desk.get("/faults").json == []


def test_faults_can_be_aimed_by_pattern_and_cleared(desk, world):
    body = {"system": "prestashop", "kind": "late", "path": "/api/carts", "seconds": 9, "skip": 2}
    assert desk.post("/faults", json=body).status_code == 200
    (fault,) = world.shop.server.faults.pending()
    assert (fault.kind, fault.path, fault.seconds, fault.skip) == ("late", "/api/carts", 9.0, 2)
    desk.post("/faults/clear")
    assert world.shop.server.faults.pending() == []


@pytest.mark.parametrize(
    "body",
    [
        {"target": "moon", "kind": "late"},
        {"system": "octopia", "kind": "earthquake"},
        {"system": "octopia", "kind": "late", "path": "("},
        {"kind": "late"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(desk, world, body):
    assert desk.post("/faults", json=body).status_code == 400
    assert view.faults(world) == []


def test_every_fault_has_plain_words_and_every_knob_too():
    assert set(fault_choices.FAULTS) == KINDS
    assert {field.name for field in variant_fields()} == set(WORDS)


def test_behaviour_is_set_as_a_whole_by_form_and_in_part_by_json(desk, world):
    assert desk.post("/behaviour", json={"accept_delay": 3, "delivery_mode": "code"}).status_code == 200
    assert (world.market.accept_delay, world.market.variants.delivery_mode) == (3.0, "code")
    assert world.market.variants.retry_after is True
    desk.post("/behaviour", data={"accept_delay": "", "shift_between_pages": "on", "webservice_on": "on"})
    assert world.market.accept_delay == float("inf")
    assert (world.market.shift_between_pages, world.market.variants.retry_after) == (True, False)
    assert desk.get("/behaviour").json["delays"]["accept_delay"] is None


def test_what_a_host_puts_before_the_shop_is_chosen_in_words(desk, world):
    words = "a challenge page for every request"
    assert desk.post("/behaviour", json={"front": words}).status_code == 200
    assert world.shop.front.challenge
    assert desk.get("/behaviour").json["front"] == words
    desk.post("/behaviour", json={"front": "nothing"})
    assert not world.shop.front.challenge


@pytest.mark.parametrize(
    "body",
    [
        {"front": "a dragon"},
        {"delivery_mode": "morse"},
        {"accept_delay": "soon"},
        {"colour": "red"},
        {"page_size": "x"},
    ],
)
def test_behaviour_that_does_not_exist_is_refused(desk, world, body):
    before = view.behaviour(world)
    assert desk.post("/behaviour", json=body).status_code == 400
    assert view.behaviour(world) == before


def test_state_holds_everything_for_scripts(desk, world):
    state = desk.get("/state").json
    assert len(state["octopia"]["orders"]) == len(world.market.ledger.records)
    assert state["figures"]["by_status"]["WaitingAcceptance"] >= 8
    assert state["prestashop"]["orders"][0]["total_paid"] == "18.900000"


def test_requests_are_shown_newest_first(desk, world):
    key = base64.b64encode(f"{world.shop.key}:".encode()).decode()
    for resource in ("carriers", "countries"):
        requests.get(f"{world.shop.url}/api/{resource}", headers={"Authorization": f"Basic {key}"}, timeout=5)
    shown = desk.get("/requests?limit=1").json["prestashop"]
    assert [(row["method"], row["path"], row["status"]) for row in shown] == [("GET", "/api/countries", 200)]


def test_requests_are_counted_for_the_shop_order_they_name(world):
    def seen(method: str, path: str, query: str = "", body: str = "") -> Seen:
        return Seen(method, path, query, 200, None, 0.0, body.encode())

    world.shop.server.log[:] = [
        seen("POST", "/api/orders", body="<id_cart><![CDATA[5]]></id_cart>"),
        seen("GET", "/api/orders", "filter[id_cart]=[4|5]"),
        seen("PATCH", "/api/orders", body="<orders><order><id>5</id></order></orders>"),
        seen("GET", "/api/order_carriers", "filter[id_order]=[15]"),
        seen("POST", "/api/specific_prices", body="<id_cart>55</id_cart>"),
    ]
    counts = {row["id"]: row["requests"] for row in view.shop_rows(world)}
    assert counts["5"] == 3
    assert counts["4"] == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
    ],
)
def test_a_page_of_another_site_cannot_play(desk, world, headers):
    before = len(world.market.ledger.records)
    assert desk.post("/orders", data={"kind": "simple"}, headers=headers).status_code == 403
    assert len(world.market.ledger.records) == before


def test_the_desk_answers_only_under_its_own_name(desk):
    assert desk.get("/state", headers={"Host": "evil.example"}).status_code == 403
    own = desk.post("/faults/clear", headers={"Origin": "http://127.0.0.1:5", "Host": "127.0.0.1:5"})
    assert own.status_code == 200


def test_reset_brings_the_opening_back(desk, world):
    opening = sorted(world.market.notes.values())
    desk.post("/orders", json={"kind": "simple", "count": 9})
    desk.post("/shop-orders/5", json={"state": "4"})
    desk.post("/faults", json={"target": "octopia-any", "kind": "redirect"})
    assert desk.post("/reset", json={}).status_code == 200
    assert sorted(world.market.notes.values()) == opening
    assert view.shop_rows(world)[0]["state"] == "10"
    assert view.figures(world)["faults_waiting"] == 0

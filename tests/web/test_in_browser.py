"""The lists and the order's page in a real browser: what HTMX and the little script do, without a policy broken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect, sync_playwright
from werkzeug.serving import make_server

from cdsync import reconciliations, users
from cdsync.db import db, now
from cdsync.models import Account, Order, Run, RunOrder, User
from cdsync.web.assets import vendor
from cdsync.web.settings import choices as settings_choices
from cdsync.web.shell import outside
from tests.browser_setup import find_browser
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.shell.test_slow_sides import slow

__all__ = ["slow"]  # the fixture
HARMLESS = "Failed to load resource"  # the browser's own word on an answer of 409 or 422, which we mean

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine"),
]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The pages over real HTTP, on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """One browser for all tests here; each gets a window of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(app: Flask, address: str, chromium: Chromium, merchant: Browser, seller: Account) -> Iterator[Page]:
    """The merchant's window; at the end nothing may have gone wrong in it, nor against the content policy."""
    assert app.jinja_env.globals["has_htmx"], f"run python -m {vendor.__name__} first"
    said: list[str] = []
    context = chromium.new_context(base_url=address, timezone_id="Europe/Paris")
    context.add_cookies([{"name": "cdsync_session", "value": merchant.session, "url": address}])
    window = context.new_page()
    window.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: said.append(str(error)))
    window.set_default_timeout(15_000)
    yield window
    context.close()
    assert [words for words in said if HARMLESS not in words] == []


def open_page(page: Page, path: str) -> None:
    """Ends the test's own transaction first: its write lock would keep the server waiting."""
    db.session.rollback()
    page.goto(path)


def test_ticking_rows_changes_the_buttons_and_importing_keeps_the_rows_in_place(
    page: Page, seller: Account, queued: list[int]
) -> None:
    ids = [seed.order(seller).id for _ in range(4)]
    open_page(page, "/orders?tab=to_import")
    expect(page.locator("#orders-bar")).to_contain_text("Import all 4 orders")
    page.check(f"#pick-{ids[0]}")
    page.check(f"#pick-{ids[1]}")
    expect(page.locator("#orders-bar")).to_contain_text("Import 2 orders")
    page.check("thead input")
    expect(page.locator("#orders-bar")).to_contain_text("Import 4 orders")
    page.uncheck(f"#pick-{ids[3]}")
    page.get_by_role("button", name="Import 3 orders").click()
    expect(page.locator("#flash")).to_contain_text("3 orders are being imported.")
    expect(page.locator(f"#order-{ids[0]}")).to_contain_text("in line")
    run = db.session.query(Run).one()
    assert queued == [run.id]
    assert sorted(run.wanted or []) == sorted(ids[:3])
    assert page.url.endswith(f"/orders?tab=to_import&run={run.id}")


def test_rows_follow_the_run_until_it_has_ended_and_a_choice_made_meanwhile_stays(page: Page, seller: Account) -> None:
    first, second, other = (seed.order(seller).id for _ in range(3))
    run_id = seed.run(seller, orders={first: "working", second: "pending"}, total=2).id
    open_page(page, f"/orders?tab=to_import&run={run_id}")
    page.check(f"#pick-{other}")
    page.fill("#orders-search", "half ty")
    expect(page.locator(f"#order-{first}")).to_contain_text("importing")
    _finish(run_id, [first, second])
    expect(page.locator("#orders-runs")).to_contain_text("2 imported")
    expect(page.locator(f"#order-{first} .badge")).to_have_text("imported")
    expect(page.locator("#orders-list")).not_to_have_attribute("hx-trigger", "every 1500ms")
    expect(page.locator(f"#pick-{other}")).to_be_checked()
    expect(page.locator("#orders-bar")).to_contain_text("1 selected")
    expect(page.locator("#orders-search")).to_have_value("half ty")


def test_an_answer_to_a_list_that_has_left_the_page_meanwhile_is_dropped_in_silence(
    page: Page, seller: Account
) -> None:
    """The list asks for itself; a tab that is pressed before the answer comes puts another list in its place."""
    seed.run(seller, "import", orders={seed.order(seller).id: "working"})
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if "hx-request" in route.request.headers and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/orders?tab=to_import*", hold_the_first)
    open_page(page, "/orders?tab=to_import")
    with page.expect_request(lambda request: "hx-request" in request.headers):
        pass
    page.locator("#tab-all").click()
    expect(page.locator("#tab-all")).to_have_attribute("aria-current", "page")
    held[0].continue_()
    page.wait_for_timeout(500)
    expect(page.locator("#tab-all")).to_have_attribute("aria-current", "page")


def _finish(run_id: int, order_ids: list[int]) -> None:
    """As the worker does it in its own process."""
    db.session.query(RunOrder).filter_by(run_id=run_id).update({"outcome": "done"})
    for order in db.session.query(Order).filter(Order.id.in_(order_ids)).all():
        order.state = "imported"
        seed.shop_order(order)
    run = db.session.get_one(Run, run_id)
    run.state, run.open, run.processed, run.counts, run.finished_at = "finished", False, 2, {"done": 2}, now()
    db.session.commit()


def test_refusing_asks_in_place_and_the_address_stays(page: Page, seller: Account, queued: list[int]) -> None:
    order_id = seed.order(seller, "to_accept").id
    open_page(page, "/orders?tab=to_accept")
    page.check(f"#pick-{order_id}")
    page.get_by_role("button", name="Refuse 1…").click()
    expect(page.locator("#orders-bar")).to_contain_text("Refuse 1 order for good?")
    assert page.url.endswith("/orders?tab=to_accept")
    page.get_by_role("button", name="Refuse 1 order", exact=True).click()
    expect(page.locator("#flash")).to_contain_text("1 order is being refused.")
    run = db.session.query(Run).one()
    assert (queued, run.wanted, run.options) == ([run.id], [order_id], {"refuse": True})


def test_signing_in_leads_to_the_page_and_a_wrong_password_says_so_in_place(page: Page, seller: Account) -> None:
    users.add("Nadia", "merchant", "a long enough one")
    page.context.clear_cookies()
    open_page(page, "/orders?tab=all")
    page.fill("[name=name]", "Nadia")
    page.fill("[name=password]", "not that one")
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    page.fill("[name=password]", "a long enough one")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/orders?tab=all")
    page.get_by_text("Nadia", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")


def test_searching_and_going_back_shows_what_was_there(page: Page, seller: Account) -> None:
    wanted, other = (seed.order(seller, buyer_name=name).id for name in ("Nadia", "Zoe"))
    open_page(page, "/orders?tab=to_import")
    page.fill("#orders-search", "nadia")
    page.press("#orders-search", "Enter")
    expect(page.locator(f"#order-{other}")).to_have_count(0)
    expect(page.locator(f"#order-{wanted}")).to_have_count(1)
    page.go_back()
    expect(page.locator(f"#order-{other}")).to_have_count(1)


def test_an_error_is_a_message_and_the_page_stays_as_it_was(page: Page, seller: Account) -> None:
    order_id = seed.order(seller).id
    seed.run(seller, "import", "running")
    open_page(page, "/orders?tab=to_import")
    page.check(f"#pick-{order_id}")
    page.get_by_role("button", name="Import 1 order").click()
    expect(page.locator("#flash")).to_contain_text("This operation is running already")
    expect(page.locator(f"#pick-{order_id}")).to_be_checked()
    assert page.url.endswith("/orders?tab=to_import")


def test_requests_are_read_when_opened_and_numbers_are_copied(page: Page, seller: Account) -> None:
    order = seed.order(seller)
    seed.exchange(order)
    ref, reference = order.marketplace_ref, order.reference
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, f"/orders/{ref}")
    page.click("h1 .copy")
    expect(page.locator("h1 .copy")).to_have_text("copied")
    assert page.evaluate("navigator.clipboard.readText()") == reference
    page.click("summary:has-text('1 request')")
    expect(page.locator("#order-exchanges")).to_contain_text("POST /api/customers")
    page.get_by_role("button", name="Show personal data").first.click()
    expect(page.locator("#order-exchanges")).to_contain_text("Personal data is shown")


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_nothing_scrolls_sideways(page: Page, seller: Account, width: int) -> None:
    made = seed.of_every_kind(seller)
    page.set_viewport_size({"width": width, "height": 800})
    payment = {"payment": "Cdiscount " + "9" * 80}
    reconciliations.keep(
        seller.id, None, now(), [reconciliations.Verdict("unknown_to_marketplace", "order.gone", data=payment)]
    )
    run = seed.run(seller, "lookup", "finished", counts={"new": 96, "done": 93, "problem": 25})
    order_pages = [f"/orders/{made[name].marketplace_ref}" for name in ("carrier", "imported", "unknown", "empty")]
    menu = ("/", "/problems", "/runs", f"/runs/{run.id}", "/products", "/automation", "/settings", "/accounts", "/me")
    for path in ("/orders?tab=all", "/orders?tab=problems", "/patterns", "/reconcile", *menu, *order_pages):
        open_page(page, path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_a_comparison_that_runs_moves_nothing_and_shows_its_result_by_itself(page: Page, seller: Account) -> None:
    verdict = reconciliations.Verdict("missing", "shop_order_gone", seed.order(seller, "imported").id, "R1", "R1")
    week_ago = now() - timedelta(days=7)
    reconciliations.keep(seller.id, seed.run(seller, "reconcile", "finished").id, week_ago, [verdict])
    page.set_viewport_size({"width": 360, "height": 800})
    page.clock.install()
    top_of_the_figures = "document.querySelector('#reconcile > .figures').offsetTop"
    open_page(page, "/reconcile")
    before = page.evaluate(top_of_the_figures)
    run_id = seed.run(seller, "reconcile", "running").id
    open_page(page, "/reconcile")
    expect(page.locator("#reconcile")).to_contain_text("Comparing now")
    assert page.evaluate(top_of_the_figures) == before
    page.click("summary:has-text('Dismiss')")
    page.fill("[name=reason]", "half ty")
    with page.expect_response("**/reconcile"):
        page.clock.run_for(2100)
    expect(page.locator("[name=reason]:visible")).to_have_value("half ty")
    _finish(run_id, [])
    reconciliations.keep(seller.id, run_id, week_ago, [verdict])
    db.session.rollback()
    page.clock.run_for(2100)
    expect(page.locator("#reconcile > p a").first).to_have_text(f"run {run_id}")
    expect(page.locator("#reconcile[hx-trigger]")).to_have_count(0)
    assert page.evaluate(top_of_the_figures) == before


def test_on_a_narrow_screen_the_place_one_is_at_is_in_view(page: Page, seller: Account) -> None:
    seed.order(seller, "shipped")
    page.set_viewport_size({"width": 360, "height": 800})
    open_page(page, "/orders?tab=imported")
    expect(page.locator("#tab-imported")).to_be_in_viewport(ratio=0.9)
    page.click("#tab-shipped")
    expect(page.locator("#tab-shipped[aria-current]")).to_be_in_viewport(ratio=0.9)
    open_page(page, "/runs")
    expect(page.locator(".nav [aria-current]")).to_be_in_viewport(ratio=0.9)


def test_the_zone_of_the_browser_is_used_for_times(page: Page, seller: Account) -> None:
    db.session.query(User).update({"timezone": ""})
    db.session.commit()
    open_page(page, "/orders")
    open_page(page, "/orders")
    expect(page.locator("footer.foot")).to_contain_text("Times in Europe/Paris")


@pytest.mark.usefixtures("slow")
def test_a_slow_shop_is_asked_again_by_itself_until_it_has_answered_and_what_is_typed_stays(
    page: Page, account: Account
) -> None:
    settings_choices.forget()
    outside.forget()
    tries: list[int] = []
    page.on("response", lambda answer: tries.append(answer.status) if answer.url.endswith("/choices") else None)
    open_page(page, "/settings")
    page.fill("[name='orders.lookback_days']", "11")
    expect(page.locator("#settings-offered")).to_contain_text("read just now", timeout=60_000)
    expect(page.locator("[id^='goes-on-']")).to_have_count(0, timeout=60_000)
    assert tries[:-1]
    assert set(tries) == {200}
    expect(page.locator("[name='orders.lookback_days']")).to_have_value("11")
    expect(page.locator("[name='orders.imported_status']")).to_contain_text("Paiement accept\u00e9")


def test_a_shop_that_others_wait_for_is_said_beside_the_button(page: Page, account: Account) -> None:
    open_page(page, "/settings")
    turns = [outside._turns.acquire(blocking=False) for _ in range(outside.MOST_PAGES)]
    try:
        page.get_by_role("button", name="Test connection").last.click()
        expect(page.locator("#test-shop")).to_contain_text("other pages are waiting for it already")
    finally:
        for _ in turns:
            outside._turns.release()

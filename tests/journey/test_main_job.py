"""The whole main job as a new merchant does it: sign in, look up, accept, import, read a problem, ship. Then Ctrl-C."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox

from .launched import Launched

pytestmark = [pytest.mark.browser, pytest.mark.redis, pytest.mark.timeout(150), pytest.mark.xdist_group("launched")]
LONGEST_WAIT = 40_000  # ms: a loaded machine is slow, not wrong


class Desk:
    """The rehearsal desk, for what happens outside cdsync."""

    def __init__(self, launched: Launched) -> None:
        self.url = launched.heard(r"rehearsal\s+(http://\S+?)/?\s")

    def state(self) -> dict[str, Any]:
        return requests.get(f"{self.url}/state", headers={"Accept": "application/json"}, timeout=10).json()

    def post(self, path: str, **data: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.url}{path}", json=data, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def until(self, holds: Callable[[dict[str, Any]], bool], seconds: float = 40) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while not holds(state := self.state()):
            assert time.monotonic() < end, "the other side never got there"
            time.sleep(0.3)
        return state


def market_order(state: dict[str, Any], ref: str) -> dict[str, Any]:
    return next(order for order in state["octopia"]["orders"] if order["id"] == ref)


def shop_orders(state: dict[str, Any], reference: str) -> list[dict[str, Any]]:
    return [order for order in state["prestashop"]["orders"] if reference in order["payment"].split()]


def sign_in(page: Any, launched: Launched) -> None:
    page.goto(launched.url)
    page.get_by_label("Name").fill(launched.heard(r"sign in as\s+(\S+)"))
    page.get_by_label("Password").fill(launched.heard(r"password\s+(\S+)"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Is all well?").wait_for()


def look_up(page: Any, launched: Launched) -> None:
    page.goto(f"{launched.url}/orders")
    page.get_by_role("button", name="Look up orders now").first.click()
    page.get_by_text(re.compile(r"\d+ read")).first.wait_for()


def first_refs(page: Any, launched: Launched, tab: str, number: int, without_problem: bool = True) -> list[str]:
    """The marketplace refs of the first orders of a tab, from the links of its rows."""
    page.goto(f"{launched.url}/orders?tab={tab}")
    rows = page.locator("tr[id^=order-]")
    rows.first.wait_for()
    found = []
    for place in range(rows.count()):
        row = rows.nth(place)
        if without_problem and row.locator(".badge.bad").count():
            continue
        found.append(row.locator("a.mono").first.get_attribute("href").rsplit("/", 1)[1])
        if len(found) == number:
            break
    return found


def tick(page: Any, refs: list[str]) -> None:
    for ref in refs:
        page.locator(f"tr:has(a[href$='/{ref}']) input[type=checkbox]").check()


def test_a_new_merchant_goes_through_the_whole_main_job(launched: Launched, browser: Any) -> None:
    desk = Desk(launched)
    complaints: list[str] = []
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(LONGEST_WAIT)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)

    sign_in(page, launched)
    look_up(page, launched)

    # Accept: the marketplace gets the approval, and the shop nothing.
    orders_before = len(desk.state()["prestashop"]["orders"])
    accepted = first_refs(page, launched, "to_accept", 2)
    tick(page, accepted)
    page.get_by_role("button", name="Accept 2 orders").click()
    state = desk.until(lambda s: {ref for ref, _ in map(tuple, s["octopia"]["approvals"])} >= set(accepted))
    assert sorted(
        ref for ref, what in state["octopia"]["approvals"] if ref in accepted and what == "Accepted"
    ) == sorted(accepted)
    assert len(state["prestashop"]["orders"]) == orders_before

    # Import three: one shop order each, at the marketplace's total.
    wanted = first_refs(page, launched, "to_import", 3)
    tick(page, wanted)
    page.get_by_role("button", name="Import 3 orders").click()
    page.get_by_text(re.compile(r"3 imported")).first.wait_for()
    state = desk.state()
    for ref in wanted:
        there = market_order(state, ref)
        made = shop_orders(state, there["reference"])
        assert len(made) == 1
        assert float(made[0]["total_paid"]) == float(there["total"])

    # A problem says what to do.
    broken = first_refs(page, launched, "problems", 1, without_problem=False)[0]
    page.goto(f"{launched.url}/orders/{broken}")
    problem = page.locator("#order-problem")
    assert problem.locator("h2").inner_text().strip()
    assert problem.locator("ol li").count() >= 1
    assert "Who can fix it" in problem.inner_text()

    # Shipped in the shop, with a number: the marketplace is told once.
    made = shop_orders(state, market_order(state, wanted[0])["reference"])[0]
    desk.post(f"/shop-orders/{made['id']}", state="4", tracking="6A12345678901")
    page.goto(f"{launched.url}/automation")
    page.locator("section#ship").get_by_role("button", name="Tell the marketplace now").click()
    state = desk.until(lambda s: any(ref == wanted[0] for ref, _ in map(tuple, s["octopia"]["shipments"])))
    assert [ref for ref, _ in map(tuple, state["octopia"]["shipments"])].count(wanted[0]) == 1
    page.goto(f"{launched.url}/orders/{wanted[0]}")
    page.locator("#order-head .badge", has_text="shipped").wait_for()

    assert complaints == []
    page.context.close()


def test_no_secret_is_in_the_process_list(launched: Launched) -> None:
    instance = launched.folder / "instance"
    secrets = [
        launched.heard(r"password\s+(\S+)"),
        (instance / "secret_key").read_text().strip(),
        OctopiaSandbox().client_secret,
        PrestaShopSandbox().key,
    ]
    commands = launched.process_list()
    assert any("rq_jobs.workers" in command for command in commands)
    assert [command for command in commands if any(secret in command for secret in secrets)] == []


def test_ctrl_c_stops_everything_and_leaves_no_process(launched: Launched) -> None:
    assert len(launched.processes()) >= 6  # itself, Redis, rehearsal, web, worker, scheduler
    assert launched.interrupt() == 0
    assert launched.processes() == []
    assert "Traceback" not in launched.said

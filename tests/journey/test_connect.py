"""From `make run` to the first order in one's own shop, by the README's five steps, with stand-ins as "the real ones".

The rehearsal goes on beside it: nothing of it may get into that shop. Clicks and minutes are counted and said.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import add_orders
from cdsync.sandbox.scenarios.catalogue import fill_shop

from .launched import Launched
from .test_main_job import LONGEST_WAIT, Desk, first_refs, shop_orders, sign_in, tick

pytestmark = [pytest.mark.browser, pytest.mark.redis, pytest.mark.timeout(240), pytest.mark.xdist_group("connected")]
KEY = "L" * 32
SECRET = "the merchant's own secret"


@pytest.fixture
def own_market() -> Iterator[OctopiaSandbox]:
    market = OctopiaSandbox(client_id="merchant", client_secret=SECRET, seller_id="11111")
    market.ledger.added = 1000  # other numbers than the rehearsal's
    market.start()
    add_orders(market, "simple", 6)
    yield market
    market.stop()


@pytest.fixture
def own_shop() -> Iterator[PrestaShopSandbox]:
    shop = PrestaShopSandbox(key=KEY, demo=False)
    fill_shop(shop)
    shop.start()
    yield shop
    shop.stop()


class Hand:
    """A person's hand on the page: each click is counted, and each page can be looked at afterwards."""

    def __init__(self, page: Any) -> None:
        self.page, self.clicks, self.began = page, 0, time.monotonic()

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        self.clicks += 1
        self.page.locator("main").get_by_role(role, name=name).last.click()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).fill(value)

    def look(self, name: str) -> None:
        """With CDSYNC_SCREENSHOTS set: the page as it is, narrow and wide, light and dark."""
        folder = os.environ.get("CDSYNC_SCREENSHOTS")
        if not folder:
            return
        for width in (360, 1600):
            for scheme in ("light", "dark"):
                self.page.set_viewport_size({"width": width, "height": 900})
                self.page.emulate_media(color_scheme=scheme)
                self.page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.emulate_media(color_scheme="light")


def test_a_merchant_connects_the_own_shop_and_imports_the_first_order(
    launched: Launched, browser: Any, own_market: OctopiaSandbox, own_shop: PrestaShopSandbox
) -> None:
    complaints: list[str] = []
    addresses: list[str] = []
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(LONGEST_WAIT)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: addresses.append(request.url))
    sign_in(page, launched)
    hand = Hand(page)

    hand.click("link", "Connect your own shop")
    page.get_by_role("heading", name="Step 1 of 5: Your shop").wait_for()
    hand.look("1-shop")
    hand.fill("Shop address", own_shop.url)
    hand.fill("Webservice key", KEY)
    hand.click("button", "Test and continue")

    page.get_by_role("heading", name="Step 2 of 5: Your marketplace").wait_for()
    hand.look("2-marketplace")
    page.get_by_text("Addresses, normally left alone").click()  # only because these real ones are stand-ins
    hand.fill("Address of the seller API", own_market.api_url)
    hand.fill("Address for access tokens", own_market.token_url)
    hand.fill("Client id", "merchant")
    hand.fill("Client secret", "mistyped")
    hand.fill("Seller number", "11111")
    hand.click("button", "Test and continue")
    page.get_by_text("Cdiscount refused the credentials").wait_for()
    hand.look("2-refused")
    hand.fill("Client secret", SECRET)
    hand.click("button", "Test and continue")

    page.get_by_role("heading", name="Step 3 of 5: Statuses and carriers").wait_for()
    assert page.get_by_label("Status of imported orders").locator("option:checked").inner_text() == "Paiement accepté"
    hand.look("3-choices")
    page.goto(f"{launched.url}/")  # left, and taken up again
    page.get_by_text("Go on connecting “main”: step 3 of 5").wait_for()
    hand.look("3-left")
    hand.click("link", "Go on")
    hand.click("button", "Save and continue")

    page.get_by_role("heading", name="Step 4 of 5: The last days, without writing").wait_for()
    hand.look("4-before")
    hand.click("button", "Read them now")
    page.get_by_text("6 orders are ready to import.").wait_for()
    page.get_by_text("Nothing was written.").wait_for()
    page.get_by_text("Your shop has no orders from these days.").wait_for()
    hand.look("4-look")
    assert own_shop.rows("orders") == []
    hand.click("button", "Go on")

    page.get_by_role("heading", name="Step 5 of 5: What runs by itself").wait_for()
    hand.look("5-schedules")
    hand.click("button", "Connect")
    page.get_by_role("heading", name="Is all well?").wait_for()
    page.get_by_text("Your shop is connected.").wait_for()
    hand.look("6-overview")

    (ref,) = first_refs(page, launched, "to_import", 1)
    hand.clicks += 2  # Orders, To import
    tick(page, [ref])
    hand.clicks += 1
    hand.click("button", "Import 1 order")
    page.get_by_text(re.compile(r"1 imported")).first.wait_for()
    minutes = (time.monotonic() - hand.began) / 60
    print(f"{hand.clicks} clicks, {minutes:.1f} minutes")

    invented = Desk(launched).state()
    (made,) = own_shop.rows("orders")
    mine = own_market.ledger.records[ref].order["reference"]
    assert mine in made["payment"].split()
    numbers = {order["reference"] for order in invented["octopia"]["orders"]}
    assert len(numbers) > 40
    assert not numbers & set(made["payment"].split())
    assert shop_orders(invented, mine) == [], "nor does one's own order get into the rehearsal"
    assert own_market.approvals == []
    assert not [address for address in addresses if KEY in address or "secret" in address.lower()]
    assert SECRET not in page.content()
    assert hand.clicks <= 14
    assert complaints == []
    page.context.close()

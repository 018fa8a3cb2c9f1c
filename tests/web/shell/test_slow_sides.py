"""A side that is slow: a page waits for some seconds in all, few pages at a time, and goes on where it stopped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests

from cdsync.connectors.http import page_time
from cdsync.connectors.http.client import HttpClient
from cdsync.db import db
from cdsync.models import Account
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.web.settings import choices as settings_choices
from cdsync.web.shell import outside
from tests.web import seed
from tests.web.conftest import Browser, text_of
from tests.web.settings.test_settings_form import form_of

IN_TIME = 4  # requests of one page before its time is over


@pytest.fixture
def asking(account: Account) -> Account:
    """An account at the fourth step, with an order to import and two that wait for a choice."""
    account.setup = {"step": 5}
    seed.order(account, marketplace_ref="READY", lines=[seed.line("demo_1")])
    seed.problem(seed.order(account, marketplace_ref="MODE"), "carrier.unmapped", {"mode": "Pigeon"})
    seed.problem(seed.order(account, marketplace_ref="SKU"), "product.unknown", {"sku": "X", "title": "Mug"})
    db.session.commit()
    return account


def pages(of: Account) -> dict[str, Callable[[Browser], Any]]:
    """Every page that asks a side, as a person comes to it."""
    form = form_of(of)
    here = f"/connect/{of.id}"
    return {
        "choices": lambda person: person.post("/settings/choices", form, part=True),
        "test of the shop": lambda person: person.post("/settings/test/shop", form, part=True),
        "test of the marketplace": lambda person: person.post("/settings/test/marketplace", form, part=True),
        "step 1": lambda person: person.get(f"{here}/1", part=True, query_string={"tried": 1}),
        "step 3": lambda person: person.get(f"{here}/3", part=True),
        "by hand": lambda person: person.get(f"{here}/by-hand", part=True),
        "dry run": lambda person: person.get(f"{here}/dry-run", part=True),
        "preview": lambda person: person.get("/orders/READY/preview", part=True),
        "carrier": lambda person: person.get("/orders/MODE/carrier", part=True),
        "product": lambda person: person.get("/orders/SKU/product", part=True, query_string={"term": "demo_1"}),
        "SKU": lambda person: person.get("/products/choose", part=True, query_string={"sku": "X", "term": "demo_1"}),
    }


PAGES = (
    "choices", "test of the shop", "test of the marketplace", "step 1", "step 3", "by hand", "dry run", "preview",
    "carrier", "product", "SKU",
)  # fmt: skip


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many requests use up a page's time, and the next one is under way when it ends."""
    count: Counter[int] = Counter()
    exchanged = HttpClient._exchanged

    def counted(self: HttpClient, request: requests.PreparedRequest) -> Any:
        page = page_time.present()
        assert page is not None, f"asked without a time limit: {request.url}"
        count[id(page)] += 1
        if count[id(page)] > IN_TIME:
            page._end = 0.0
            raise requests.ReadTimeout
        return exchanged(self, request)

    monkeypatch.setattr(HttpClient, "_exchanged", counted)


@pytest.fixture(autouse=True)
def _nothing_of_earlier_tries() -> None:
    outside.forget()


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_goes_on_until_it_is_answered_and_asks_nothing_twice(
    merchant: Browser, asking: Account, shop: PrestaShopSandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    page = pages(asking)[name]
    progress = []
    for _try in range(12):
        answer = page(merchant)
        assert answer.status_code == 200
        found = re.search(r'id="goes-on-(\d+)"', answer.text)
        if not found:
            break
        progress.append(int(found.group(1)))
        assert "did not answer" not in text_of(answer.text), "it goes on: nothing has failed"
        assert re.search(r'id="goes-on-\d+" hx-trigger="load delay:300ms"', answer.text)
    assert "page_timeout" not in answer.text
    assert "did not answer within" not in text_of(answer.text)
    assert progress == sorted(set(progress)), "each try got further"
    in_tries = [(each.method, each.path, each.query, each.body) for each in shop.server.log]
    asked = len(in_tries)
    monkeypatch.undo()
    outside.forget()
    settings_choices.forget()
    page(merchant)
    at_once = [(each.method, each.path, each.query, each.body) for each in shop.server.log[asked:]]
    assert Counter(in_tries) == Counter(at_once)
    assert bool(progress) == (len(at_once) > IN_TIME)


@pytest.mark.parametrize("name", PAGES)
def test_while_two_pages_wait_a_third_is_told_at_once_and_nobody_is_asked(
    merchant: Browser, asking: Account, shop: PrestaShopSandbox, market: OctopiaSandbox, name: str
) -> None:
    turns = [outside._turns.acquire(blocking=False) for _ in range(outside.MOST_PAGES)]
    try:
        answer = pages(asking)[name](merchant)
    finally:
        for _ in turns:
            outside._turns.release()
    assert all(turns)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "other pages are waiting for it already" in text_of(answer.text)
    assert shop.server.log == market.server.log == []
    assert "goes-on-" not in answer.text


def test_what_was_typed_stays_when_there_is_no_turn(merchant: Browser, asking: Account) -> None:
    turns = [outside._turns.acquire(blocking=False) for _ in range(outside.MOST_PAGES)]
    form = {**form_of(asking), "orders.lookback_days": "23"}
    answer = merchant.post("/settings/choices", form, part=True)
    moved = merchant.post("/settings/moved", {**form, "marketplace.seller_id": "4711"}, part=True)
    for _ in turns:
        outside._turns.release()
    assert 'value="23"' in answer.text
    assert 'value="4711"' in moved.text
    assert (answer.status_code, moved.status_code) == (503, 503)


def test_a_side_that_answers_nothing_is_not_asked_again_by_itself(
    merchant: Browser, asking: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(self: HttpClient, request: requests.PreparedRequest) -> Any:
        page = page_time.present()
        assert page is not None
        page._end = 0.0
        raise requests.ReadTimeout

    monkeypatch.setattr(HttpClient, "_exchanged", never)
    for name in ("preview", "test of the shop", "choices"):
        answer = pages(asking)[name](merchant)
        assert answer.status_code == 503
        assert "did not answer within" in text_of(answer.text)
        assert "goes-on-" not in answer.text


def test_a_test_that_held_a_moment_ago_need_not_be_made_again_to_go_on(
    merchant: Browser, asking: Account, shop: PrestaShopSandbox
) -> None:
    asking.setup = {"step": 1}
    db.session.commit()
    form = {"shop.url": shop.url, "shop.key": shop.key}
    assert "Connected" in text_of(merchant.get(f"/connect/{asking.id}/1", query_string={"tried": 1}).text)
    asked = len(shop.server.log)
    answer = merchant.post(f"/connect/{asking.id}/1", form)
    assert answer.headers["Location"].endswith(f"/connect/{asking.id}/2")
    assert len(shop.server.log) == asked

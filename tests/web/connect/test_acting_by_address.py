"""Connecting and the rehearsal act on the account that their address names, whatever account a page's form does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from cdsync import accounts, connecting, settings, states
from cdsync.db import db
from cdsync.models import Account, Order, Run
from cdsync.rehearsal import account as rehearsing
from cdsync.rehearsal import asking
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.shell.test_two_tabs import filled, mark, posts, whole

TYPED = {
    "shop.url": "http://127.0.0.1:1/typed",
    "shop.key": "K" * 32,
    "marketplace.client_id": "typed",
    "marketplace.seller_id": "424242",
    "orders.imported_status": "2",
    "orders.shipped_status": "4",
    "on": ["lookup"],
}
Others = tuple[Account, Account]


@pytest.fixture
def others(app: Flask, merchant: Browser) -> Others:
    """Two connected accounts with something of every kind; the person's other tab looks at the second."""
    first, second = seed.account("First"), seed.account("Second")
    filled(first), filled(second)
    assert merchant.post("/sign-in/account", {"account": "Second"}).status_code == 303
    return first, second


def on_its_way(name: str) -> Account:
    """An account before its last step, with an order that was only read."""
    of = seed.account(name)
    of.setup = {"step": connecting.STEPS}
    seed.order(of)
    return of


def connecting_posts(app: Flask, of: Account) -> dict[str, str]:
    """Every POST of connecting that names an account, by what it does."""
    found: dict[str, str] = {}
    for rule in posts(app):
        if rule.endpoint.startswith("connect.") and "id" in rule.arguments:
            found |= {what: _address(app, rule, of, values) for what, values in _kinds(rule).items()}
    return found


def _kinds(rule: Rule) -> dict[str, dict[str, Any]]:
    what = rule.endpoint.partition(".")[2]
    if "number" in rule.arguments:
        return {f"step {number}": {"number": number} for number in range(1, connecting.STEPS + 1)}
    if "side" in rule.arguments:
        return {f"{what} {side}": {"side": side} for side in ("shop", "marketplace")}
    return {what: {}}


def _address(app: Flask, rule: Rule, of: Account, values: dict[str, Any]) -> str:
    return app.url_map.bind("localhost").build(rule.endpoint, {"id": of.id, **values}, method="POST")


def orders_in(of_id: int, *conditions: Any) -> int:
    return db.session.scalar(select(func.count(Order.id)).where(Order.account_id == of_id, *conditions)) or 0


def _shop(account_id: int) -> Any:
    return settings.show(db.session.get_one(Account, account_id))["shop"].get("url")


# What each POST does to the account that its address names: without this the test would hold for pages that do nothing.
DONE: dict[str, Callable[[int], bool]] = {
    "step 1": lambda of: _shop(of) == TYPED["shop.url"],
    "step 2": lambda of: settings.show(db.session.get_one(Account, of))["marketplace"]["seller_id"] == "424242",
    "step 3": lambda of: settings.show(db.session.get_one(Account, of))["orders"]["imported_status"] == "2",
    "step 4": lambda of: db.session.get_one(Account, of).setup == {"step": connecting.STEPS},
    "step 5": lambda of: db.session.get_one(Account, of).setup is None,
    "own shop": lambda of: _shop(of) != TYPED["shop.url"],
    "own marketplace": lambda of: _shop(of) != TYPED["shop.url"],
    "forget": lambda of: orders_in(of) == 0,
    "look_up": lambda of: list(db.session.scalars(select(Run.operation).where(Run.account_id == of))) == ["lookup"],
    "leave_out": lambda of: orders_in(of, Order.state == states.ELSEWHERE) == 1,
    "give_up": lambda of: db.session.get(Account, of) is None,
}


@pytest.mark.parametrize("named", ["its own", "the first", "the second"])
def test_every_post_of_connecting_acts_on_the_account_of_its_address_alone(
    app: Flask, merchant: Browser, queued: list[int], others: Others, named: str
) -> None:
    first, second = others
    every_order = list(db.session.scalars(select(Order.id)))
    walked = set()
    for what in connecting_posts(app, first):
        of = on_its_way(f"Way {what}")
        address, of_id = connecting_posts(app, of)[what], of.id
        page = {"its own": of, "the first": first, "the second": second}[named]
        ids = [*every_order, *db.session.scalars(select(Order.id).where(Order.account_id == of_id))]
        before = [whole(each) for each in accounts.every() if each.id != of_id]
        merchant.post(address, {**TYPED, "id": ids, "acting_on": mark(page)})
        assert [whole(each) for each in accounts.every() if each.id != of_id] == before, what
        assert DONE[what](of_id), what
        walked.add(what)
    assert walked == set(DONE)
    assert len(queued) == 1


def test_no_post_of_connecting_touches_an_account_that_is_connected(
    app: Flask, merchant: Browser, queued: list[int], others: Others
) -> None:
    first, second = others
    before = whole(first), whole(second)
    for page in (first, second):
        for what, address in connecting_posts(app, first).items():
            form = {**TYPED, "id": list(db.session.scalars(select(Order.id))), "acting_on": mark(page)}
            answer = merchant.post(address, form, part=True)
            assert answer.status_code == 409, what
            assert "is connected already" in answer.text, what
    assert (whole(first), whole(second)) == before
    assert queued == []


def test_connecting_begins_no_account_under_anothers_name(merchant: Browser, others: Others) -> None:
    first, second = others
    before = whole(first), whole(second)
    answer = merchant.post("/connect", {**TYPED, "name": "First", "acting_on": mark(second)}, part=True)
    assert answer.status_code == 422
    assert [each.name for each in accounts.every()] == ["First", "Second"]
    answer = merchant.post("/connect", {**TYPED, "name": "Third", "acting_on": mark(first)})
    assert answer.status_code == 303, answer.text[:300]
    assert (accounts.find("Third").setup or {})["step"] == 1
    assert (whole(first), whole(second)) == before


@pytest.mark.parametrize("act", ["start", "stop", "reset", "remove"])
@pytest.mark.parametrize("named", ["its own", "the first"])
def test_every_post_of_the_rehearsal_acts_on_the_rehearsal_alone(
    app: Flask, merchant: Browser, others: Others, monkeypatch: pytest.MonkeyPatch, act: str, named: str
) -> None:
    monkeypatch.setattr(rehearsing, "RUNS_END_WITHIN", 0.3)
    monkeypatch.delenv(asking.LAUNCHED, raising=False)
    first, second = others
    played = Account(name="Rehearsal", settings={}, rehearsal=True)
    db.session.add(played)
    db.session.commit()
    seed.order(played)
    run, played_id = seed.run(played, "ship", "queued").id, played.id
    before = whole(first), whole(second)
    merchant.post(f"/rehearsal/{act}", {"acting_on": mark(played if named == "its own" else first)})
    assert (whole(first), whole(second)) == before
    left = db.session.get(Account, played_id)
    done = {
        "start": lambda: left is not None and left.active and orders_in(played_id) == 1,  # nobody is there to start it
        "stop": lambda: left is not None and not left.active and db.session.get_one(Run, run).state == "stopped",
        "reset": lambda: left is not None and orders_in(played_id) == 0,
        "remove": lambda: left is None and orders_in(played_id) == 0,
    }
    assert done[act]()

"""A page left open acts on the account it shows, whatever another tab looks at meanwhile; links find their account."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from cdsync import accounts, products, reconciliations, settings
from cdsync.db import db, now
from cdsync.models import Account, Order, ProductMapping, ReconcileRow, Run
from cdsync.reconciliations import DIFFERS, Verdict
from tests.web import seed
from tests.web.conftest import Browser

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
ABOUT_PEOPLE = ("sign_in", "profile", "users")
Two = tuple[Account, dict[str, Any], Account, dict[str, Any]]
DECIDED_BY_THE_BUTTON = ("orders.act", "orders.act_on_one")
OURS = ("orders", "runs", "problems", "reconcile", "products", "automation", "settings", "moves", "accounts")
BY_ADDRESS = ("connect", "rehearsal")  # they act on what their address names: see test_acting_by_address.py


def mark(of: Account) -> str:
    return f"{of.id}-{of.created_at.timestamp():.6f}"


def filled(of: Account) -> dict[str, Any]:
    """One thing of each kind that a page can act on."""
    order = seed.problem(seed.order(of), "carrier.unmapped", {"mode": "Relais Colis"})
    run = seed.run(of, "ship", "running")
    reconciliations.keep(of.id, None, now(), [Verdict(DIFFERS, "", order.id, order.marketplace_ref, shop_refs=("7",))])
    row = db.session.scalars(select(ReconcileRow).order_by(ReconcileRow.id.desc())).first()
    assert row is not None
    products.remember(of.id, "demo_1", "15", "0", actor="Mona")
    db.session.commit()
    return {"ref": order.marketplace_ref, "order": order.id, "id": run.id, "row_id": row.id}


def whole(of: Account) -> list[Any]:
    """Everything of an account that a POST could change."""
    of_account = {model: model.account_id == of.id for model in (Order, Run, ProductMapping)}
    found: list[Any] = [[getattr(of, column.key) for column in Account.__table__.columns]]
    for model, mine in of_account.items():
        for row in db.session.scalars(select(model).where(mine).order_by(model.id)):
            found.append([getattr(row, column.key) for column in model.__table__.columns])
    latest = reconciliations.latest(db.session(), of.id)
    return found + [(row.dismissed_at, row.kind) for row in (latest.rows if latest else [])]


def test_every_post_is_of_a_kind_that_is_walked(app: Flask) -> None:
    assert {rule.endpoint.partition(".")[0] for rule in posts(app)} == {*OURS, *BY_ADDRESS}


def posts(app: Flask) -> list[Rule]:
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return [rule for rule in rules if rule.endpoint.partition(".")[0] not in ABOUT_PEOPLE]


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    known = {"operation": "lookup", "side": "shop", **values}
    needed = {name: known.get(name, 1) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, needed, method="POST")


@pytest.fixture
def two(app: Flask, merchant: Browser) -> Two:
    """Two accounts with the same kinds of things; the person's other tab has just gone to the second."""
    first, second = seed.account("First"), seed.account("Second")
    here, there = filled(first), filled(second)
    assert merchant.post("/sign-in/account", {"account": "Second"}).status_code == 303
    return first, here, second, there


def forms(values: dict[str, Any]) -> list[dict[str, Any]]:
    """What the buttons of the pages send; a form that a page does not know is refused by it."""
    base = {"id": values["order"], "code": "carrier.unmapped", "sku": "demo_1", "reason": "fine", "operation": "import"}
    setting = {"schedule.lookup": "5 5 * * *", "schedule.lookup.preset": "custom", "orders.lookback_days": "3"}
    actions = ("all:import", "import", "leave_out", "take_back", "retry", "reread", "dismiss", "import_anyway")
    return [{**base, **setting, "do": do, "what": "raw", "acting_on": values["mark"]} for do in actions]


def test_every_post_acts_on_the_account_its_page_shows(
    app: Flask, merchant: Browser, queued: list[int], two: Two
) -> None:
    first, here, second, _there = two
    before = whole(second)
    token = merchant.token()
    for rule in posts(app):
        if rule.endpoint.partition(".")[0] not in OURS:
            continue
        several = forms({**here, "mark": mark(first)})
        for form in several if rule.endpoint in DECIDED_BY_THE_BUTTON else several[:1]:
            merchant.post(address(app, rule, here), {**form, "csrf_token": token}, token=False)
    assert whole(second) == before
    assert queued
    assert {db.session.get_one(Run, each).account_id for each in queued} == {first.id}
    assert settings.show(accounts.find("First"))["schedule"]["lookup"] == "5 5 * * *"


def test_htmx_names_the_account_in_its_header_and_gets_the_parts_of_it(
    merchant: Browser, two: Two, queued: list[int]
) -> None:
    first, here, _second, there = two
    header = {"X-Acting-On": mark(first), "X-CSRFToken": merchant.token()}
    part = merchant.get("/orders?tab=all", part=True, headers=header).text
    assert f"order-{here['order']}" in part
    assert f"order-{there['order']}" not in part
    answer = merchant.post("/orders/lookup", token=False, part=True, headers=header)
    assert answer.status_code == 303
    assert db.session.get_one(Run, queued[-1]).account_id == first.id


def test_a_new_page_shows_the_account_last_looked_at_and_after_a_form_the_forms_own(
    merchant: Browser, two: Two, queued: list[int]
) -> None:
    first, here, _second, there = two
    assert f"order-{there['order']}" in merchant.get("/orders?tab=all").text
    answer = merchant.post("/orders/lookup", {"acting_on": mark(first)}, follow_redirects=True)
    assert f"order-{here['order']}" in answer.text


@pytest.mark.only_on("sqlite", "PostgreSQL gives no number twice")
def test_every_post_of_a_page_whose_account_is_gone_is_refused(
    app: Flask, merchant: Browser, queued: list[int], two: Two
) -> None:
    _first, here, second, _there = two
    gone = seed.account("Removed")
    form = {**forms({**here, "mark": mark(gone)})[0], "csrf_token": merchant.token()}
    accounts.remove(gone.id)
    again = seed.account("Connected since")
    assert again.id == gone.id, "the database gives its number anew: the number alone would name another account"
    for rule in posts(app):
        before = [whole(each) for each in accounts.every()]
        answer = merchant.post(address(app, rule, here), form, token=False, part=True)
        assert answer.status_code == 409, rule
        assert "no longer exists" in answer.text, rule
        assert answer.headers["HX-Retarget"] == "#flash"
        assert [whole(each) for each in accounts.every()] == before, rule
    assert queued == []
    assert whole(second)


def test_a_post_that_names_no_account_is_refused_where_there_are_several(
    app: Flask, merchant: Browser, queued: list[int], two: Two
) -> None:
    _first, here, _second, _there = two
    for rule in posts(app):
        form = {**forms({**here, "mark": ""})[0], "csrf_token": merchant.token()}
        answer = merchant.post(address(app, rule, here), form, token=False, part=True)
        assert answer.status_code == 409, rule
        assert "did not say which account" in answer.text, rule
    assert queued == []


def test_a_form_and_a_header_that_name_different_accounts_are_refused(
    merchant: Browser, two: Two, queued: list[int]
) -> None:
    first, _here, second, _there = two
    header = {"X-Acting-On": mark(first)}
    answer = merchant.post("/orders/lookup", {"acting_on": mark(second)}, part=True, headers=header)
    assert answer.status_code == 409
    assert queued == []


def test_every_form_that_posts_names_its_account() -> None:
    """The macro `csrf` does; one written otherwise would be refused, on a page that nobody tests with two accounts."""
    for path in TEMPLATES.rglob("*.html"):
        source = path.read_text()
        for form in re.findall(r'<form[^>]*method="post".*?</form>', source, flags=re.DOTALL):
            assert "csrf()" in form or "orders-form" in form, (path.name, form[:120])
    assert "acting_on()" in (TEMPLATES / "order_list" / "_table.html").read_text()


@pytest.mark.parametrize("path", ["/orders/{ref}", "/orders/{ref}/raw", "/orders/{ref}/exchanges", "/runs/{id}"])
def test_a_link_to_another_accounts_thing_opens_it_and_says_where_it_is(merchant: Browser, two: Two, path: str) -> None:
    _first, here, _second, _there = two
    answer = merchant.get(path.format(**here))
    assert answer.status_code == 200
    assert "belongs to the account “First”, which you are looking at now" in answer.text
    assert mark(_first) in answer.text, "the page's forms act on the account it shows now"
    assert f"order-{here['order']}" in merchant.get("/orders?tab=all").text


def test_a_part_of_another_accounts_thing_opens_the_whole_page_anew(merchant: Browser, two: Two) -> None:
    first, _here, _second, there = two
    path = f"/orders/{there['ref']}"
    answer = merchant.get(path, part=True, headers={"X-Acting-On": mark(first)})
    assert answer.headers["HX-Redirect"] == path


def test_an_order_of_several_other_accounts_is_not_guessed(merchant: Browser) -> None:
    made = [seed.account(name) for name in ("First", "Second", "Third")]
    for each in made[1:]:
        seed.order(each, marketplace_ref="5f-both")
    answer = merchant.get("/orders/5f-both")
    assert answer.status_code == 300
    assert "Second" in answer.text
    opened = merchant.post("/sign-in/account", {"account": "Third", "next": "/orders/5f-both"})
    assert opened.location == "/orders/5f-both"
    assert merchant.page("/orders/5f-both").has_id("order")


def test_nothing_is_done_to_another_accounts_row_by_its_number(
    app: Flask, merchant: Browser, queued: list[int], two: Two
) -> None:
    first, here, second, there = two
    before, token = whole(second), merchant.token()
    own = {**forms({**there, "mark": mark(first)})[1], "csrf_token": token, "confirmed": "1"}
    for path in (
        f"/orders/{there['ref']}/act",
        f"/orders/runs/{there['id']}/stop",
        f"/runs/{there['id']}/stop",
        f"/reconcile/{there['row_id']}/dismiss",
        f"/reconcile/{there['row_id']}/repair",
        f"/orders/{there['ref']}/personal",
    ):
        answer = merchant.post(path, own, token=False, part=True)
        assert answer.status_code == 409, path
        assert "belongs to the account “Second”" in answer.text, path
    merchant.post("/orders/act", own, token=False, part=True)
    assert queued == []
    assert whole(second) == before
    assert whole(first)
    assert here


def test_going_to_another_account_from_a_thing_of_this_one_leads_to_the_list(merchant: Browser, two: Two) -> None:
    _first, _here, _second, there = two
    for path, onwards in (
        (f"/orders/{there['ref']}", "/orders"),
        (f"/runs/{there['id']}", "/runs"),
        ("/products/choose?sku=demo_1", "/products"),
        ("/orders?tab=all", "/orders?tab=all"),
        ("/nowhere", "/"),
    ):
        headers = {"Referer": f"http://localhost{path}"}
        assert merchant.post("/sign-in/account", {"account": "First"}, headers=headers).location == onwards

"""Several accounts: told apart on every page, side by side on one, the invented orders counted nowhere."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from cdsync import accounts, reconciliations, settings, states
from cdsync.db import db, now
from cdsync.models import Account, Order
from cdsync.order_lists import listing
from cdsync.order_lists.order_filter import OrderFilter
from cdsync.orders import needs_a_person
from cdsync.orders.life.problems import is_a_persons_matter
from cdsync.reconciliations import MISSING, Verdict
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import Element


@pytest.fixture
def rehearsal(seller: Account) -> Account:
    """A rehearsal with orders beside the seller's own account."""
    row = Account(name="Rehearsal", settings={}, rehearsal=True)
    db.session.add(row)
    db.session.commit()
    seed.of_every_kind(row)
    return row


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts count as set up: what else is the matter with them is asked."""
    monkeypatch.setattr(settings, "is_complete", lambda _account: [])


def row_of(page: Element, account: Account) -> str:
    return page.id(f"account-{account.id}").text


def test_one_account_alone_is_not_named_anywhere(merchant: Browser, seller: Account) -> None:
    page = merchant.page("/orders")
    assert page.id("account-choice").text == ""
    assert "main" not in page.all("title")[0].text
    assert "--account" not in merchant.get("/automation").text, "a crontab line needs none either"


def test_a_rehearsal_alone_is_named_with_its_word_and_mark(merchant: Browser) -> None:
    db.session.add(Account(name="Trying things out", settings={}, rehearsal=True))
    db.session.commit()
    page = merchant.page("/orders")
    assert page.id("account-choice").text == "Trying things out (rehearsal)"
    assert page.id("account-choice").all("svg")
    assert "Trying things out (rehearsal)" in page.all("title")[0].text


@pytest.mark.parametrize("path", ["/", "/orders", "/problems", "/runs", "/reconcile", "/products", "/automation"])
def test_with_several_each_page_names_the_one_it_shows(merchant: Browser, rehearsal: Account, path: str) -> None:
    page = merchant.page(path)
    assert page.id("account-choice").all("summary")[0].text.startswith("main")
    assert "· main ·" in page.all("title")[0].text
    merchant.post("/sign-in/account", {"account": "Rehearsal"})
    page = merchant.page(path)
    assert page.id("account-choice").all("summary")[0].text.startswith("Rehearsal")
    assert "· Rehearsal ·" in page.all("title")[0].text


def test_the_rehearsal_has_a_mark_of_another_shape(merchant: Browser, rehearsal: Account) -> None:
    marks = merchant.page("/orders").id("account-choice").all("svg")
    shapes = [[str(path.attributes["d"]) for path in each.all("path")] for each in marks]
    shown, real, invented = shapes
    assert shown == real != invented


def test_the_switcher_has_every_account_with_its_numbers_the_rehearsal_last(
    merchant: Browser, seller: Account, rehearsal: Account, connected: None
) -> None:
    second = seed.account("Second shop")
    seed.order(seller, states.TO_ACCEPT)
    for _again in range(2):
        seed.order(second)
    seed.problem(seed.order(second), "carrier.unmapped", {"mode": "A"})
    entries = [each.text for each in merchant.page("/orders").id("account-choice").all("li")]
    assert [each.split(" ")[0] for each in entries] == ["main", "Second", "Rehearsal"]
    assert "all is well" in entries[0]
    assert "1 to accept · 0 to import · 0 problems" in entries[0].replace("\n", " ")
    assert "1 problem" in entries[1]
    assert "0 to accept · 3 to import" in entries[1]


def test_another_account_that_needs_somebody_is_seen_from_this_one_but_no_rehearsal(
    merchant: Browser, seller: Account, rehearsal: Account
) -> None:
    assert not merchant.page("/orders").id("account-choice").all("summary")[0].all("span", class_="badge")
    seed.problem(seed.order(seed.account("Second shop")), "carrier.unmapped", {"mode": "A"})
    assert merchant.page("/orders").id("account-choice").all("summary")[0].all("span", class_="badge")[0].text == "1"


def test_the_overview_of_all_counts_each_and_sums_the_real_ones(
    merchant: Browser, seller: Account, rehearsal: Account
) -> None:
    second = seed.account("Second shop")
    seed.order(seller, states.TO_ACCEPT)
    seed.order(second)
    imported = seed.order(second, states.IMPORTED)
    seed.shop_order(imported)
    imported.imported_at = now()  # today, also some minutes after midnight
    db.session.commit()
    seed.run(second, "lookup", "finished", started_at=now())
    page = merchant.page("/accounts")
    assert "To accept 1" not in row_of(page, second)
    assert [each.text for each in page.id(f"account-{seller.id}").all("td")[1:5]] == ["1", "0", "0", "0"]
    assert [each.text for each in page.id(f"account-{second.id}").all("td")[1:5]] == ["0", "1", "0", "1"]
    assert page.id(f"account-{rehearsal.id}").all("td")[2].text == str(
        listing.counts(rehearsal.id, OrderFilter())["to_import"]
    )
    (together,) = page.id("accounts").all("tfoot")
    assert [each.text for each in together.all("td")[1:5]] == ["1", "1", "0", "1"]
    assert "invented and are not counted" in together.text
    assert "Lookup: last today" in row_of(page, second)
    assert "Lookup: never yet" in row_of(page, seller)


def test_a_number_leads_to_the_list_of_that_account(merchant: Browser, seller: Account) -> None:
    second = seed.account("Second shop")
    order = seed.order(second)
    form = merchant.page("/accounts").id(f"account-{second.id}").all("td")[2].all("form")[0]
    sent = {str(each.get("name")): str(each.get("value")) for each in form.all("input")}
    answer = merchant.post(str(form.get("action")), sent, token=False)
    assert answer.location == "/orders?tab=to_import"
    assert merchant.page("/orders?tab=to_import").has_id(f"order-{order.id}")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (lambda of: seed.run(of, "import", "failed"), "Import failed"),
        (lambda of: seed.order(of, accept_by=now(), state=states.TO_ACCEPT), "1 order is due"),
        (lambda of: reconciliations.keep(of.id, None, now(), [Verdict(MISSING, "")]), "1 does not match"),
        (lambda of: seed.problem(seed.order(of), "shop.refused"), "1 problem"),
        (
            lambda of: seed.problem(seed.order(of), "shop.timeout", kind="temporary", next_try_at=now()),
            "is retrying some orders",
        ),
    ],
)
def test_the_worst_of_an_account_is_said_in_words(
    merchant: Browser, seller: Account, connected: None, trouble: object, words: str
) -> None:
    second = seed.account("Second shop")
    trouble(second)  # type: ignore[operator]
    page = merchant.page("/accounts")
    assert words in row_of(page, second)
    assert "all is well" in row_of(page, seller)


def test_a_run_that_failed_and_went_well_since_is_no_longer_said(merchant: Browser, seller: Account) -> None:
    seed.run(seller, "import", "failed")
    seed.run(seller, "import", "finished")
    assert "Import failed" not in row_of(merchant.page("/accounts"), seller)
    assert "not connected yet" in row_of(merchant.page("/accounts"), seller)


def test_an_account_that_is_being_connected_leads_on(merchant: Browser, seller: Account) -> None:
    second = seed.account("Second shop")
    second.setup = {"step": 2}
    db.session.commit()
    assert "being connected" in row_of(merchant.page("/accounts"), second)
    assert "Go on connecting" in row_of(merchant.page("/accounts"), second)
    assert "Go on connecting" not in row_of(merchant.page("/accounts"), seller)


def test_what_an_account_has_to_tell_is_read_once(merchant: Browser, support: Browser, seller: Account) -> None:
    second = seed.account("Second shop")
    second.notices = [{"code": "account.sorted", "data": {"moved": 27, "unknown": 3}}]
    db.session.commit()
    assert "27 invented orders were moved" not in merchant.get("/").text
    page = merchant.page("/accounts")
    assert "Second shop: 27 invented orders were moved" in page.id("account-notices").text
    assert not support.page("/accounts").id("account-notices").all("button")
    (form,) = page.id("account-notices").all("form")
    sent = {str(each.get("name")): str(each.get("value")) for each in form.all("input")}
    assert support.post("/accounts/notice", {"account": sent["account"], "code": sent["code"]}).status_code == 403
    merchant.post("/sign-in/account", {"account": "Second shop"})
    assert "27 invented orders were moved" in merchant.page("/").id("account-notices").text
    assert merchant.post("/accounts/notice", sent, token=False).status_code == 303
    assert "27 invented orders" not in merchant.get("/accounts").text
    assert accounts.find("Second shop").notices == []


def test_the_condition_for_counting_and_the_rule_for_showing_agree(seller: Account) -> None:
    long_ago = now() - timedelta(days=1)
    for kind in ("rejected", "temporary", "unknown", "config", "internal"):
        for data in ({}, {"attempts": 5}, {"word": '"attempts": 5'}):
            for since in (now(), long_ago):
                order = seed.problem(seed.order(seller), "shop.timeout", data, kind=kind)
                order.problem_since = since
    seed.order(seller)
    db.session.commit()
    found = set(db.session.scalars(db.select(Order.id).where(is_a_persons_matter())))
    rule = {
        each.id
        for each in db.session.scalars(db.select(Order))
        if needs_a_person(each.problem_kind, each.problem_data, each.problem_since)
    }
    assert found == rule
    assert len(found) not in (0, 31)


@pytest.mark.parametrize("path", ["/orders/export.csv?tab=all", "/problems/problems.csv", "/reconcile/reconcile.csv"])
def test_files_say_which_account_they_are_of(merchant: Browser, seller: Account, path: str) -> None:
    order = seed.problem(seed.order(seller), "shop.refused")
    reconciliations.keep(seller.id, None, now(), [Verdict(MISSING, "", order.id, order.marketplace_ref)])
    answer = merchant.get(path)
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["account"], row["rehearsal"]) == ("main", "no")
    assert "main" not in answer.headers["Content-Disposition"]
    rehearsal = Account(name="Just trying", settings={}, rehearsal=True)
    db.session.add(rehearsal)
    db.session.commit()
    assert merchant.get(path).headers["Content-Disposition"].endswith('-main.csv"')
    order = seed.problem(seed.order(rehearsal), "shop.refused")
    reconciliations.keep(rehearsal.id, None, now(), [Verdict(MISSING, "", order.id, order.marketplace_ref)])
    merchant.post("/sign-in/account", {"account": "Just trying"})
    answer = merchant.get(path)
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["account"], row["rehearsal"]) == ("Just trying", "yes")
    assert answer.headers["Content-Disposition"].endswith('-Just-trying-rehearsal.csv"')


def test_the_support_file_says_which_account_it_is_of(merchant: Browser, seller: Account) -> None:
    order = seed.order(seller)
    assert merchant.get(f"/orders/{order.marketplace_ref}/support-file").json["account"] == "main"  # type: ignore[index]
    seed.account("Second shop")
    answer = merchant.get(f"/orders/{order.marketplace_ref}/support-file")
    assert answer.headers["Content-Disposition"].endswith('-main.json"')


def test_messages_name_the_account_they_are_about(merchant: Browser, seller: Account, queued: list[int]) -> None:
    merchant.post("/orders/lookup")
    assert not merchant.page("/orders").id("flash").text.startswith("main:")
    second = seed.account("Second <b>shop")
    merchant.post("/runs/start", {"operation": "reconcile"})
    assert merchant.page("/orders").id("flash").text.startswith("main: Both sides are being compared")
    merchant.post("/sign-in/account", {"account": second.name})
    merchant.post("/orders/lookup")
    assert merchant.page("/orders").id("flash").text.startswith("Second <b>shop: Orders are being read")
    merchant.post("/orders/lookup", headers={"Referer": "http://localhost/orders"})
    assert merchant.page("/orders").id("flash").text.startswith("Second <b>shop: This operation is running already")


def test_a_run_says_which_account_it_is_of(merchant: Browser, seller: Account) -> None:
    run = seed.run(seller, "lookup", "finished")
    assert "Account" not in merchant.page(f"/runs/{run.id}").id("run").text
    seed.account("Second shop")
    assert "Account main" in merchant.page(f"/runs/{run.id}").id("run").text

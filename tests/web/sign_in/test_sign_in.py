"""Signing in and out: who gets in, where they go then, and what a stranger sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from cdsync import users
from cdsync.db import db, now
from cdsync.models import Account, Run, User
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import parse

NOW = now()  # a slow machine takes longer over five tries than the wait after them
PASSWORD = "a long enough one"


@pytest.fixture
def _mona(app: object) -> None:
    users.add("Mona", "merchant", PASSWORD)


def sign_in(browser: Browser, password: str = PASSWORD, part: bool = False, **more: str) -> TestResponse:
    page = parse(browser.get("/sign-in").text)
    token = page.all("input", name="csrf_token")[0].get("value")
    sent = {"name": "Mona", "password": password, "csrf_token": token, **more}
    return browser.post("/sign-in", sent, part=part, token=False)


@pytest.mark.parametrize("path", ["/", "/orders", "/orders/export.csv", "/orders/5f1", "/patterns"])
def test_a_stranger_is_asked_to_sign_in_first(stranger: Browser, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_part_asked_for_after_the_session_ended_leads_the_whole_page_to_the_sign_in(stranger: Browser) -> None:
    answer = stranger.get("/orders", part=True, headers={"HX-Current-URL": "http://localhost/orders?tab=all"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/orders?tab%3Dall"
    assert answer.text == ""


def test_a_button_pressed_after_the_session_ended_leads_to_the_sign_in_and_says_that_nothing_was_done(
    stranger: Browser, seller: Account
) -> None:
    page = {"HX-Current-URL": "http://localhost/orders?tab=all", "Referer": "http://localhost/orders?tab=all"}
    answer = stranger.post("/orders/lookup", {"csrf_token": "of before"}, part=True, token=False, headers=page)
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/orders?tab%3Dall"
    assert "You were signed out. Nothing was changed." in stranger.get("/sign-in").text
    answer = stranger.post("/orders/lookup", {"csrf_token": "of before"}, token=False, headers=page)
    assert answer.location == "/sign-in?next=/orders?tab%3Dall"
    assert db.session.query(Run).count() == 0


def test_support_is_not_led_to_the_settings(support: Browser, merchant: Browser, seller: Account) -> None:
    assert "/settings" in merchant.get("/orders").text
    assert "/settings" not in support.get("/orders").text


@pytest.mark.usefixtures("_mona")
def test_the_right_password_opens_the_page_that_was_asked_for(stranger: Browser) -> None:
    answer = sign_in(stranger, next="/orders?tab=all")
    assert answer.location == "/orders?tab=all"
    assert stranger.get("/orders").status_code == 200


@pytest.mark.usefixtures("_mona")
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(stranger: Browser, target: str) -> None:
    assert sign_in(stranger, next=target).location == "/"


@pytest.mark.usefixtures("_mona")
def test_a_wrong_password_says_so_without_saying_which_half_was_wrong(stranger: Browser) -> None:
    answer = sign_in(stranger, "not the password")
    assert answer.status_code == 422
    form = parse(answer.text).id("sign-in")
    assert form.all(role="alert")[0].text == "Name or password is wrong."
    assert form.all("input", name="name")[0].get("value") == "Mona"
    assert form.all("input", name="password")[0].get("value") == ""


@pytest.mark.usefixtures("_mona")
def test_an_empty_form_says_what_is_missing(stranger: Browser) -> None:
    assert "Type your name and your password." in sign_in(stranger, "").text


@pytest.mark.usefixtures("_mona")
@time_machine.travel(NOW, tick=False)
def test_after_five_wrong_tries_the_next_is_asked_to_wait_and_says_how_long(stranger: Browser) -> None:
    for _ in range(5):
        assert sign_in(stranger, "not the password").status_code == 422
    for part in (False, True):
        answer = sign_in(stranger, PASSWORD, part=part)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        form = parse(answer.text).id("sign-in")
        assert form.all(role="alert")[0].text == "Too many failed attempts. Nothing was checked; try again in 1 second."
        assert form.all("input", name="name")[0].get("value") == "Mona"
    assert stranger.get("/orders").status_code == 302
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        assert sign_in(stranger).location == "/"


@pytest.mark.usefixtures("_mona")
@time_machine.travel(NOW, tick=False)
def test_a_browser_that_signed_in_before_does_not_wait_for_what_others_tried(app: Flask, stranger: Browser) -> None:
    assert sign_in(stranger).location == "/"
    stranger.post("/sign-in/out")
    guesser = Browser(app)
    for _ in range(6):
        sign_in(guesser, "not the password")
    assert sign_in(guesser).status_code == 429
    assert sign_in(stranger).location == "/"
    cookie = stranger.cookie_named("cdsync_device_")
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    guesser.cookie(cookie.key, f"forged{cookie.value}")
    assert sign_in(guesser).status_code == 429


@pytest.mark.usefixtures("_mona")
def test_a_name_that_a_merchant_switched_off_does_not_get_in(stranger: Browser) -> None:
    users.add("Ada", "merchant")
    users.disable(users.find("Mona"))
    assert "Name or password is wrong." in sign_in(stranger, "not the password").text
    answer = sign_in(stranger)
    assert answer.status_code == 422
    assert "a merchant has disabled this name" in answer.text
    assert stranger.get("/orders").status_code == 302


def test_signing_out_is_a_post_and_ends_the_session(merchant: Browser) -> None:
    assert merchant.get("/sign-in/out").status_code == 405
    assert merchant.post("/sign-in/out").location == "/sign-in"
    assert merchant.get("/orders").status_code == 302


@pytest.mark.usefixtures("_mona")
def test_a_copy_of_the_cookie_is_worth_nothing_after_the_sign_out(app: Flask, stranger: Browser) -> None:
    sign_in(stranger)
    thief = Browser(app)
    thief.cookie("cdsync_session", stranger.session)
    assert thief.get("/orders").status_code == 200
    stranger.post("/sign-in/out")
    assert thief.get("/orders").status_code == 302


@pytest.mark.usefixtures("_mona")
def test_signing_in_again_in_one_browser_ends_the_sign_in_before(app: Flask, stranger: Browser) -> None:
    sign_in(stranger)
    before = stranger.session
    answer = stranger.post("/sign-in", {"name": "Mona", "password": PASSWORD})
    assert answer.location == "/"
    thief = Browser(app)
    thief.cookie("cdsync_session", before)
    assert thief.get("/orders").status_code == 302
    assert stranger.get("/orders").status_code == 200


def test_who_is_signed_in_goes_past_the_sign_in_page(merchant: Browser) -> None:
    assert merchant.get("/sign-in?next=/orders").location == "/orders"


@pytest.mark.parametrize(
    "path", ["/orders/lookup", "/orders/act", "/orders/5f1/act", "/sign-in/out", "/sign-in/account"]
)
def test_a_post_without_the_token_changes_nothing(merchant: Browser, queued: list[int], path: str) -> None:
    answer = merchant.post(path, {"do": "import"}, token=False)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert queued == []


def test_a_post_of_htmx_without_the_token_is_said_in_the_region_for_messages(merchant: Browser) -> None:
    answer = merchant.post("/orders/lookup", part=True, token=False)
    assert answer.status_code == 400
    assert answer.headers["HX-Retarget"] == "#flash"
    assert "Nothing was changed" in parse(answer.text).id("flash").text


def test_the_token_in_the_header_is_enough_as_htmx_sends_it(
    merchant: Browser, seller: Account, queued: list[int]
) -> None:
    answer = merchant.post("/orders/lookup", token=False, part=True, headers={"X-CSRFToken": merchant.token()})
    assert answer.status_code == 303
    assert len(queued) == 1


def test_pages_are_kept_by_no_cache_and_allow_no_foreign_code(merchant: Browser) -> None:
    headers = merchant.get("/orders").headers
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_with_one_account_nobody_sees_the_word(merchant: Browser, seller: Account) -> None:
    assert merchant.page("/orders").id("account-choice").text == ""


def test_with_two_accounts_a_person_chooses_which_to_look_at(merchant: Browser, seller: Account) -> None:
    other = seed.account("Second shop")
    seed.order(other, reference="ONLYINSECOND")
    assert "ONLYINSECOND" not in merchant.get("/orders?tab=all").text
    answer = merchant.post(
        "/sign-in/account", {"account": "Second shop"}, headers={"Referer": "http://localhost/orders?tab=all"}
    )
    assert answer.location == "/orders?tab=all"
    assert "ONLYINSECOND" in merchant.get("/orders?tab=all").text


def test_an_unknown_page_says_so_in_the_frame(merchant: Browser) -> None:
    answer = merchant.get("/orders/5f-no-such-order")
    assert answer.status_code == 404
    assert "Page not found" in parse(answer.text).id("main").text


def test_times_are_shown_in_the_browsers_zone_until_the_person_chooses_one(
    app: object, merchant: Browser, seller: Account
) -> None:
    person = db.session.query(User).one()
    person.timezone = ""
    db.session.commit()
    assert "Times in UTC" in merchant.get("/orders").text
    merchant.cookie("cdsync_zone", "America%2FNew_York")
    assert "Times in America/New_York" in merchant.get("/orders").text
    merchant.cookie("cdsync_zone", "No/Such<b>")
    assert "Times in UTC" in merchant.get("/orders").text

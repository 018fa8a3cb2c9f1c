"""A person's own page: password, language, time zone, signing out everywhere."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from cdsync import users
from cdsync.db import db, now
from cdsync.models import User
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import parse

OLD, NEW = "a long enough one", "another long one"


@pytest.fixture
def mona(app: Flask) -> User:
    return users.add("Mona", "merchant", OLD)[0]


@pytest.fixture
def here(app: Flask, mona: User) -> Browser:
    return Browser(app).enter(mona)


@pytest.fixture
def there(app: Flask, mona: User) -> Browser:
    return Browser(app).enter(mona)


def change(browser: Browser, old: str = OLD, new: str = NEW, again: str | None = None, part: bool = False):  # type: ignore[no-untyped-def]
    form = {"old": old, "new": new, "again": new if again is None else again}
    return browser.post("/me/password", form, part=part)


def test_the_menu_leads_everybody_to_their_own_page(support: Browser) -> None:
    (link,) = support.page("/orders").all("a", href="/me")
    assert link.text == "Password, language, time zone"
    assert support.page("/me").all("h1")[0].text == "Sam"


def test_a_new_password_needs_the_old_one_and_signs_out_everywhere_else(
    app: Flask, here: Browser, there: Browser
) -> None:
    copied = here.session
    answer = change(here)
    assert (answer.status_code, answer.location) == (303, "/me")
    assert "Your new password is in use." in here.get("/me").text
    assert there.get("/orders").status_code == 302
    thief = Browser(app)
    thief.cookie("cdsync_session", copied)
    assert thief.get("/orders").status_code == 302
    assert users.authenticate("Mona", NEW).name == "Mona"
    with pytest.raises(users.SignInRefused):
        users.authenticate("Mona", OLD)


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "why"),
    [
        ("wrong", NEW, NEW, "old", "This is not your current password."),
        (OLD, "short", "short", "new", "It needs at least 10 characters."),
        (OLD, NEW, "typed wrong", "again", "The two passwords differ."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_changed(
    here: Browser, there: Browser, old: str, new: str, again: str, field: str, why: str
) -> None:
    answer = change(here, old, new, again, part=True)
    assert answer.status_code == 422
    own = parse(answer.text).id("own")
    assert why in own.id(f"f-{field}-error").text
    assert [each.get("name") for each in own.all("input", **{"aria-invalid": "true"})] == [field]
    assert all(not each.get("value") for each in own.all("input", type="password"))
    assert there.get("/orders").status_code == 200
    assert users.authenticate("Mona", OLD).name == "Mona"


def test_who_finds_a_browser_signed_in_cannot_guess_the_password_there(here: Browser) -> None:
    with time_machine.travel(now(), tick=False):  # a slow machine takes longer over six tries than the wait after them
        assert [change(here, f"guess {number}").status_code for number in range(6)] == [422] * 5 + [429]
        answer = change(here)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert "try again in 1 second" in parse(answer.text).id("f-old-error").text
    assert users.authenticate("Mona", OLD).name == "Mona"  # and keeps nobody else out


def test_language_and_time_zone_are_kept_and_shown(here: Browser, mona: User) -> None:
    here.cookie("cdsync_zone", "Indian%2FReunion")
    page = here.page("/me")
    assert page.all("option", value="")[0].text == "As in the browser: Indian/Reunion"
    answer = here.post("/me/choices", {"language": "fr", "timezone": "America/Cayenne"}, part=True)
    assert answer.headers["HX-Redirect"] == "/me"
    page = here.page("/me")
    assert page.all("html")[0].get("lang") == "fr"
    assert "America/Cayenne" in page.all("footer")[-1].text
    chosen = [each.get("value") for each in page.all("option") if "selected" in each.attributes]
    assert chosen == ["fr", "America/Cayenne"]
    assert page.all("option", value="America/Argentina/Ushuaia")[0].text == "Ushuaia, Argentina"  # as typed to find it
    here.post("/me/choices", {"language": "en", "timezone": ""})
    assert "Times in Indian/Reunion" in here.get("/me").text


def test_a_zone_or_language_that_is_none_is_refused(here: Browser, mona: User) -> None:
    for form, word in (({"language": "xx"}, "language"), ({"timezone": "Mars/Base"}, "time zone")):
        assert f"There is no {word}" in here.post("/me/choices", form, part=True).text
    assert (mona.language, mona.timezone) == ("", "")


def test_signing_out_everywhere_ends_this_browser_and_all_others(here: Browser, there: Browser) -> None:
    places = here.page("/me").all("section")[-1].all("li")
    assert ["here" in each.text for each in places].count(True) == 1
    assert len(places) == 2
    assert here.post("/me/sign-out").location == "/sign-in"
    assert "You have been signed out everywhere." in here.get("/sign-in").text
    for browser in (here, there):
        assert browser.get("/orders").status_code == 302


def test_a_disabled_person_is_out_at_the_next_click(here: Browser, mona: User) -> None:
    users.add("Ada", "merchant")
    users.disable(mona)
    assert here.get("/orders").status_code == 302


def test_another_role_counts_at_the_next_click(here: Browser, mona: User) -> None:
    users.add("Ada", "merchant")
    assert here.get("/settings").status_code == 200
    users.set_role(mona, "support")
    assert here.get("/settings").status_code == 403


def test_a_persons_own_page_is_about_no_account(here: Browser) -> None:
    """With several accounts a form that names none is refused elsewhere."""
    seed.account("First")
    seed.account("Second")
    token = here.token()
    sent = {"language": "en", "timezone": "UTC", "csrf_token": token, "acting_on": "9-9"}
    assert here.post("/me/choices", sent, token=False).status_code == 303
    assert db.session.query(User).one().timezone == "UTC"

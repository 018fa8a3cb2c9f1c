"""The merchant's page of users: adding, roles, passwords, letting in and out."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cdsync import users
from cdsync.models import User
from tests.web.conftest import Browser
from tests.web.html_tree import parse


@pytest.fixture
def jo(app: Flask) -> User:
    return users.add("Jo", "support", "a long enough one")[0]


@pytest.fixture
def jos(app: Flask, jo: User) -> Browser:
    """Jo's browser."""
    return Browser(app).enter(jo)


def change(merchant: Browser, do: str, name: str = "Jo", **more: str) -> TestResponse:
    return merchant.post("/users/change", {"name": name, "do": do, **more}, part=True)


def shown_password(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return parse(answer.text).id("users").all("code")[0].text


def test_the_page_and_its_buttons_are_the_merchants(support: Browser, merchant: Browser, jo: User) -> None:
    assert merchant.page("/orders").all("a", href="/users")
    assert not support.page("/orders").all("a", href="/users")
    assert support.get("/users").status_code == 403
    for path, form in (("/users/add", {"name": "Al", "role": "merchant"}), ("/users/change", {"do": "disable"})):
        assert support.post(path, {"name": "Jo", **form}).status_code == 403
    assert [(user.name, user.is_active) for user in users.every()] == [("Jo", True), ("Mona", True), ("Sam", True)]


def test_somebody_added_signs_in_with_the_password_that_is_shown_once(merchant: Browser) -> None:
    answer = merchant.post("/users/add", {"name": "Al", "role": "support+customers"}, part=True)
    added = users.authenticate("Al", shown_password(answer))
    assert (added.role, added.sees_customers) == ("support", True)
    assert not merchant.page("/users").all("code")
    again = merchant.post("/users/add", {"name": "al", "role": "support"}, part=True)
    assert again.status_code == 422
    assert "There is a user “al” already" in parse(again.text).id("f-name-error").text
    assert merchant.post("/users/add", {"name": "Bo", "role": "boss"}, part=True).status_code == 422


def test_another_password_is_shown_once_and_ends_the_sign_ins(merchant: Browser, jos: Browser) -> None:
    password = shown_password(change(merchant, "password"))
    assert users.authenticate("Jo", password).name == "Jo"
    assert jos.get("/orders").status_code == 302


def test_who_is_signed_out_everywhere_or_disabled_is_out_at_once(merchant: Browser, jos: Browser, jo: User) -> None:
    assert change(merchant, "sign_out").status_code == 303
    assert jos.get("/orders").status_code == 302
    jos.enter(jo)
    assert jos.get("/orders").status_code == 200
    change(merchant, "disable")
    assert jos.get("/orders").status_code == 302
    assert not jo.is_active
    assert "disabled" in merchant.page("/users").id("users").text
    change(merchant, "enable")
    assert users.authenticate("Jo", "a long enough one").is_active


def test_a_role_is_given_with_and_without_customers(merchant: Browser, jo: User) -> None:
    for role, may in (
        ("support+customers", ("support", True)),
        ("support", ("support", False)),
        ("merchant", ("merchant", True)),
    ):
        assert change(merchant, "role", role=role).status_code == 303
        assert (jo.role, jo.sees_customers) == may


@pytest.mark.parametrize("do", ["disable", "role", "sign_out", "password"])
def test_nobody_locks_themselves_out(merchant: Browser, do: str) -> None:
    answer = change(merchant, do, "Mona", role="support")
    assert answer.status_code == 409
    assert "Nobody can change this for themselves" in answer.text
    assert merchant.get("/users").status_code == 200


def test_an_unknown_name_or_button_changes_nothing(merchant: Browser, jo: User) -> None:
    assert "There is no user “Ida”" in change(merchant, "disable", "Ida").text
    assert change(merchant, "remove").status_code == 400
    assert jo.is_active

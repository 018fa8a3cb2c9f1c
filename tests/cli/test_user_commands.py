"""`user …`: who may sign in, and as what."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from cdsync import accounts, models, users
from cdsync.db import db
from cdsync.models import User

from .conftest import Run


def test_the_made_up_password_is_the_only_output_and_signs_in(app: Flask, flask: Run) -> None:
    added = flask("user", "add", "Jo", "--role", "merchant")
    assert added.exit_code == 0
    with app.app_context():
        assert users.authenticate("Jo", added.stdout.strip()).role == "merchant"


def test_a_password_from_standard_input_is_not_repeated(app: Flask, flask: Run) -> None:
    added = flask("user", "add", "Jo", "--role", "support", "--password-stdin", stdin="correct horse battery\n")
    assert (added.exit_code, added.stdout) == (0, "")
    assert "correct horse" not in added.stderr
    with app.app_context():
        assert users.authenticate("Jo", "correct horse battery").role == "support"


def test_a_name_that_is_taken_or_a_role_that_is_not_known_is_said(flask: Run) -> None:
    flask("user", "add", "Jo", "--role", "merchant")
    again = flask("user", "add", "jo", "--role", "merchant")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "user.exists" in again.stderr
    assert flask("user", "add", "Al", "--role", "boss").exit_code == 2
    assert flask("user", "add", "Al").exit_code == 2


def test_support_sees_customers_only_when_that_is_said(app: Flask, flask: Run) -> None:
    flask("user", "add", "Mona", "--role", "merchant")
    flask("user", "add", "Sam", "--role", "support")
    flask("user", "add", "Ada", "--role", "support", "--customer-data")
    with app.app_context():
        seen = {user.name: user.sees_customers for user in db.session.scalars(select(User))}
    assert seen == {"Mona": True, "Sam": False, "Ada": True}


def signed_in(app: Flask, name: str) -> str:
    """The token of a sign-in that has just begun."""
    with app.app_context():
        return users.sign_ins.begin(users.find(name)).token


def is_in(app: Flask, token: str) -> bool:
    with app.app_context():
        return users.sign_ins.user_of(token) is not None


def refusal(app: Flask, name: str, password: str) -> str:
    with app.app_context(), pytest.raises(users.SignInRefused) as caught:
        users.authenticate(name, password)
    return caught.value.code


def test_the_list_says_who_may_what_in_words_and_json(app: Flask, flask: Run) -> None:
    assert flask("user", "list").stdout == ""
    flask("user", "add", "mona", "--role", "merchant")
    flask("user", "add", "Sam", "--role", "support", "--customer-data")
    flask("user", "add", "Ada", "--role", "support")
    flask("user", "disable", "Ada")
    signed_in(app, "Mona")
    ada, mona, sam = json.loads(flask("user", "list", "--json").stdout)
    assert [each["name"] for each in (ada, mona, sam)] == ["Ada", "mona", "Sam"]
    assert (mona["role"], mona["customer_data"], mona["sign_ins"], mona["disabled_since"]) == (
        "merchant",
        True,
        1,
        None,
    )
    assert (ada["customer_data"], ada["disabled_since"][:2], sam["customer_data"]) == (False, "20", True)
    assert not any("hash" in key or "token" in key for key in mona)
    lines = flask("user", "list").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["Ada", "support"], ["mona", "merchant"], ["Sam", "support,"]]
    assert ("disabled since" in lines[0], "signed in at 1" in lines[1], "sees customers" in lines[2]) == (True,) * 3


def test_another_password_is_printed_once_and_ends_what_the_old_one_opened(app: Flask, flask: Run) -> None:
    old = flask("user", "add", "Jo", "--role", "merchant").stdout.strip()
    token = signed_in(app, "Jo")
    changed = flask("user", "password", "jo")
    assert changed.exit_code == 0
    assert "signed out everywhere" in changed.stderr
    assert not is_in(app, token)
    assert refusal(app, "Jo", old) == "sign_in.refused"
    with app.app_context():
        assert users.authenticate("Jo", changed.stdout.strip()).name == "Jo"
    given = flask("user", "password", "Jo", "--password-stdin", stdin="correct horse battery\n")
    assert (given.exit_code, given.stdout) == (0, "")
    assert "correct horse" not in given.stderr
    with app.app_context():
        assert users.authenticate("Jo", "correct horse battery").name == "Jo"
    for typed in ("short\n", "\n", ""):
        refused = flask("user", "password", "Jo", "--password-stdin", stdin=typed)
        assert (refused.exit_code, "user.password_short" in refused.stderr) == (2, True)


def test_a_disabled_user_is_out_at_once_and_in_again_when_enabled(app: Flask, flask: Run) -> None:
    flask("user", "add", "Mona", "--role", "merchant")
    password = flask("user", "add", "Jo", "--role", "support").stdout.strip()
    token = signed_in(app, "Jo")
    for _ in range(2):
        assert flask("user", "disable", "Jo").exit_code == 0
    assert not is_in(app, token)
    assert refusal(app, "Jo", password) == "sign_in.disabled"
    assert "disabled all the same" in flask("user", "password", "Jo", "--password-stdin", stdin=f"{password}\n").stderr
    assert flask("user", "enable", "Jo").exit_code == 0
    with app.app_context():
        assert users.authenticate("Jo", password).role == "support"


def test_a_role_is_given_and_the_right_to_see_customers_left_alone_unless_named(app: Flask, flask: Run) -> None:
    flask("user", "add", "Mona", "--role", "merchant")
    flask("user", "add", "Jo", "--role", "support", "--customer-data")
    flask("user", "role", "Jo", "merchant")
    said = flask("user", "role", "Jo", "support")
    assert (said.exit_code, said.stderr.strip()) == (0, "Jo is support from now on, who sees who buys.")
    assert "does not see" in flask("user", "role", "Jo", "support", "--no-customer-data").stderr
    assert flask("user", "role", "Jo", "boss").exit_code == 2
    with app.app_context():
        assert (users.find("Jo").role, users.find("Jo").sees_customers) == ("support", False)


def test_the_last_merchant_who_can_sign_in_stays_one(flask: Run) -> None:
    flask("user", "add", "Mona", "--role", "merchant")
    flask("user", "add", "Away", "--role", "merchant")
    flask("user", "disable", "Away")
    for words in (("disable", "Mona"), ("remove", "mona"), ("role", "Mona", "support")):
        refused = flask("user", *words)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "user.last_merchant" in refused.stderr
        assert "“Mona” is the last merchant who can sign in" in refused.stderr
    assert json.loads(flask("user", "list", "--json").stdout)[1]["role"] == "merchant"
    flask("user", "enable", "Away")
    assert flask("user", "remove", "Mona").exit_code == 0


def test_who_is_removed_is_out_and_stays_in_the_history(app: Flask, flask: Run) -> None:
    flask("user", "add", "Mona", "--role", "merchant")
    flask("user", "add", "Jo", "--role", "support")
    token = signed_in(app, "Jo")
    with app.app_context():
        account = accounts.ensure("main")
        db.session.add(models.Run(account_id=account.id, operation="lookup", trigger="button", actor="Jo", open=False))
        db.session.commit()
    assert flask("user", "remove", "Jo").exit_code == 0
    assert not is_in(app, token)
    with app.app_context():
        assert db.session.scalars(select(models.Run.actor)).all() == ["Jo"]
    unknown = flask("user", "remove", "Jo")
    assert (unknown.exit_code, "user.unknown" in unknown.stderr, "Mona" in unknown.stderr) == (2, True, True)

"""`user add`."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from cdsync import users
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

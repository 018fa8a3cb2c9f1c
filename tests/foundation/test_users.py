"""The people who sign in: adding, checking, and stopping a guesser."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask

from cdsync import users
from cdsync.db import db, now
from cdsync.errors import ConfigError
from cdsync.models import User

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same method with less work: a test signs in dozens of times."""
    monkeypatch.setattr(users, "_METHOD", "scrypt:1024:8:1")
    monkeypatch.setattr(users, "_nobody", [])


def refusal(name: str, password: str) -> str:
    with pytest.raises(users.SignInRefused) as caught:
        users.authenticate(name, password)
    return caught.value.code


def test_a_made_up_password_signs_in_and_is_not_stored() -> None:
    user, password = users.add("Jo", "merchant")
    assert users.authenticate("Jo", password).id == user.id
    assert password not in user.password_hash
    assert user.password_hash.startswith("scrypt:")


def test_made_up_passwords_are_readable_and_differ() -> None:
    made = {users.readable_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(each) == 24 and each.replace("-", "").isalpha() and each.islower() for each in made)


def test_a_name_is_found_in_any_case_and_taken_once() -> None:
    _user, password = users.add(" Jo ", "support", "correct horse")
    assert users.authenticate("JO", password).role == "support"
    with pytest.raises(ConfigError, match=r"^user\.exists"):
        users.add("jo", "merchant")


@pytest.mark.parametrize(
    ("name", "role", "password", "code"),
    [
        ("", "merchant", None, "user.name_invalid"),
        ("a\nb", "merchant", None, "user.name_invalid"),
        ("Jo", "admin", None, "user.role_unknown"),
        ("Jo", "merchant", "short", "user.password_short"),
        ("Jo", "merchant", "", "user.password_short"),
    ],
)
def test_what_cannot_be_a_user_is_refused(name: str, role: str, password: str | None, code: str) -> None:
    with pytest.raises(ConfigError, match=code):
        users.add(name, role, password)
    assert not users.anybody()


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer() -> None:
    users.add("Jo", "merchant", "correct horse")
    assert refusal("Jo", "wrong") == refusal("Nobody", "wrong") == "sign_in.refused"


def test_five_failures_lock_the_name_for_some_minutes_also_for_the_right_password() -> None:
    user, password = users.add("Jo", "merchant")
    assert [refusal("Jo", "wrong") for _ in range(6)] == ["sign_in.refused"] * 5 + ["sign_in.locked"]
    assert refusal("Jo", password) == "sign_in.locked"
    user.locked_until = now() - timedelta(seconds=1)
    db.session.commit()
    assert users.authenticate("Jo", password).locked_until is None


def test_a_success_forgets_the_failures_before_it() -> None:
    _user, password = users.add("Jo", "merchant")
    for _ in range(3):
        assert [refusal("Jo", "wrong") for _ in range(4)] == ["sign_in.refused"] * 4
        assert users.authenticate("Jo", password).failed_sign_ins == 0


def test_guesses_at_the_same_moment_are_all_counted(app: Flask) -> None:
    user, _password = users.add("Jo", "merchant")

    def guess() -> None:
        with app.app_context():
            assert refusal("Jo", "wrong") == "sign_in.refused"

    guessers = [threading.Thread(target=guess) for _ in range(4)]
    for guesser in guessers:
        guesser.start()
    for guesser in guessers:
        guesser.join()
    db.session.expire_all()
    assert db.session.get_one(User, user.id).failed_sign_ins == 4


@pytest.mark.parametrize("odd", ["", "x", "-1", "999", "１"])
def test_an_id_of_nobody_loads_nobody(odd: str) -> None:
    assert users.load(odd) is None

"""The people who sign in: adding, checking and changing them, what their passwords cost, where they are signed in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.security import generate_password_hash

from cdsync import users
from cdsync.db import db, now
from cdsync.errors import ConfigError
from cdsync.models import SignIn, User
from cdsync.users import passwords

pytestmark = pytest.mark.usefixtures("app")
OLD = "scrypt:1024:8:1"  # the method of releases before, with less work


def refusal(name: str, password: str) -> str:
    with pytest.raises(users.SignInRefused) as caught:
        users.authenticate(name, password)
    return caught.value.code


def old_user(name: str, password: str) -> User:
    """A user of a release before."""
    user = User(name=name, role="merchant", password_hash=generate_password_hash(password, OLD))
    db.session.add(user)
    db.session.commit()
    return user


def test_a_made_up_password_signs_in_and_is_not_stored() -> None:
    user, password = users.add("Jo", "merchant")
    assert users.authenticate("Jo", password).id == user.id
    assert password not in user.password_hash
    assert user.password_hash.startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_made_up_passwords_are_readable_and_differ() -> None:
    made = {passwords.readable() for _ in range(50)}
    assert len(made) == 50
    assert all(len(each) == 24 and each.replace("-", "").isalpha() and each.islower() for each in made)


@pytest.mark.parametrize("typed", ["Zoé", "zoé", "ZOÉ", " Zoe\u0301 "])
def test_a_name_is_found_in_any_spelling_and_taken_once(typed: str) -> None:
    _user, password = users.add(" ZoÉ ", "support", "correct horse")
    assert users.authenticate(typed, password).role == "support"
    with pytest.raises(ConfigError, match=r"^user\.exists"):
        users.add(typed, "merchant")


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


def test_a_password_is_any_text() -> None:
    for number, password in enumerate(("mot de passe é", "\N{SKULL}" * 10, "half an emoji \ud83d", "x" * 10_000)):
        name = f"user {number}"
        users.add(name, "support", password)
        assert users.authenticate(name, password).name == name
        assert refusal(name, password[:-1] + "!") == "sign_in.refused"


def test_whatever_is_wrong_the_answer_and_the_work_behind_it_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    users.add("Jo", "merchant", "correct horse")
    users.disable(users.add("Al", "support", "correct horse")[0])
    old_user("Ida", "correct horse")
    db.session.add(User(name="Eve", role="support", password_hash="unusable"))
    db.session.commit()
    done: list[str] = []
    real = passwords._fits
    monkeypatch.setattr(
        passwords, "_fits", lambda stored, text: done.append(passwords._method(stored)) or real(stored, text)
    )
    work = {}
    for name in ("Jo", "Al", "Ida", "Eve", "Nobody"):
        assert refusal(name, "wrong") == "sign_in.refused"
        work[name] = tuple(done)
        done.clear()
    assert set(work.values()) == {("$argon2id$v=19$m=8,t=1,p=1", OLD)}


def test_what_nobody_knows_opens_nothing() -> None:
    """The hashes of nobody that a check is made against, so that it takes its time, are no way in."""
    for method in ("$argon2id$v=19$m=8,t=1,p=1", OLD):
        assert not passwords.holds("", "nobody", [passwords._nobodys(method)])
        assert not passwords.holds(passwords._nobodys(method), "", [])


def test_a_hash_of_a_release_before_is_made_anew_at_the_next_right_sign_in(app: Flask) -> None:
    user = old_user("Ida", "correct horse")
    refusal("Ida", "wrong")
    assert db.session.get_one(User, user.id, populate_existing=True).password_hash.startswith("scrypt:")
    users.authenticate("Ida", "correct horse")
    assert user.password_hash.startswith("$argon2id$v=19$m=8,t=1,")
    app.config[passwords.COST] = (2, 16)
    users.authenticate("Ida", "correct horse")
    assert user.password_hash.startswith("$argon2id$v=19$m=16,t=2,")
    kept = user.password_hash
    assert users.authenticate("Ida", "correct horse").password_hash == kept


def test_the_usual_cost_is_not_below_what_owasp_asks_for(app: Flask) -> None:
    del app.config[passwords.COST]
    assert passwords.hashed("correct horse").startswith("$argon2id$v=19$m=19456,t=3,p=1$")


def test_a_disabled_user_hears_so_only_with_the_right_password() -> None:
    users.add("Mona", "merchant")
    user, password = users.add("Jo", "support")
    token = users.sign_ins.begin(user).token
    users.disable(user)
    assert users.sign_ins.user_of(token) is None
    assert (refusal("Jo", password), refusal("Jo", "wrong")) == ("sign_in.disabled", "sign_in.refused")
    users.enable(user)
    assert users.authenticate("Jo", password).is_active
    assert users.sign_ins.user_of(token) is None


def test_there_is_always_a_merchant_who_can_sign_in() -> None:
    mona, _password = users.add("Mona", "merchant")
    away, _password = users.add("Away", "merchant")
    users.add("Sam", "support")
    users.disable(away)
    for attempt in (users.disable, users.remove, lambda user: users.set_role(user, "support")):
        with pytest.raises(ConfigError, match=r"^user\.last_merchant"):
            attempt(mona)
    users.set_role(mona, "merchant")
    assert (mona.role, mona.is_active) == ("merchant", True)
    users.enable(away)
    users.set_role(mona, "support")
    with pytest.raises(ConfigError, match=r"^user\.last_merchant"):
        users.remove(away)
    users.remove(mona)
    assert [user.name for user in users.every()] == ["Away", "Sam"]


def test_a_sign_in_ends_for_whoever_holds_its_token_and_other_ones_do_not() -> None:
    user, _password = users.add("Jo", "merchant")
    here, there = (users.sign_ins.begin(user).token for _ in range(2))
    assert {row.token for row in db.session.query(SignIn)}.isdisjoint({here, there})
    users.sign_ins.end(here)
    assert users.sign_ins.user_of(here) is None
    assert users.sign_ins.user_of(there) is user
    for odd in ("", "x", str(user.id), "\ud83d", *(row.token for row in db.session.query(SignIn))):
        assert users.sign_ins.user_of(odd) is None


def test_another_password_ends_all_sign_ins() -> None:
    user, _password = users.add("Jo", "merchant")
    tokens = [users.sign_ins.begin(user).token for _ in range(3)]
    password = users.set_password(user)
    assert [users.sign_ins.user_of(each) for each in tokens] == [None] * 3
    assert users.authenticate("Jo", password).id == user.id


def test_a_person_changes_the_password_and_stays_signed_in_at_that_browser_alone() -> None:
    user, old = users.add("Jo", "merchant")
    before = [users.sign_ins.begin(user).token for _ in range(2)]
    for wrong, new, code in (("wrong", "a long new one", "sign_in.refused"), (old, "short", "user.password_short")):
        with pytest.raises((users.SignInRefused, ConfigError), match=code):
            users.change_password(user, wrong, new)
    assert users.sign_ins.user_of(before[0]) is user
    after = users.change_password(user, old, "a long new one").token
    assert [users.sign_ins.user_of(each) for each in (*before, after)] == [None, None, user]
    assert refusal("Jo", old) == "sign_in.refused"


def test_sign_ins_end_after_a_month_and_the_oldest_when_there_are_very_many() -> None:
    user, _password = users.add("Jo", "merchant")
    tokens = [users.sign_ins.begin(user).token for _ in range(users.sign_ins.MOST + 1)]
    assert users.sign_ins.user_of(tokens[0]) is None
    assert users.sign_ins.user_of(tokens[1]) is user
    with time_machine.travel(now() + timedelta(days=30, seconds=5), tick=False):
        assert users.sign_ins.user_of(tokens[-1]) is None
        users.sign_ins.begin(user)
        assert db.session.query(SignIn).count() == 1


def test_choices_that_are_none_are_refused() -> None:
    user, _password = users.add("Jo", "merchant")
    users.keep_choices(user, "fr", "Europe/Paris")
    for language, zone, code in (("xx", "", "user.language_unknown"), ("", "../etc", "user.timezone_unknown")):
        with pytest.raises(ConfigError, match=code):
            users.keep_choices(user, language, zone)
    assert (user.language, user.timezone) == ("fr", "Europe/Paris")
    assert {"America/Argentina/Ushuaia", "UTC"} <= set(users.time_zones())

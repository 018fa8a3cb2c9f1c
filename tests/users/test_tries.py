"""Guessing passwords: waits that grow for whoever guesses, and never keep out who has the right one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from cdsync import users
from cdsync.db import db, now
from cdsync.models import SignInTries
from cdsync.users import Source, passwords, tries

RIGHT = "correct horse"
HERE, THERE = Source("192.0.2.1"), Source("198.51.100.7")


@pytest.fixture(autouse=True)
def clock(app: object) -> Iterator[time_machine.Coordinates]:
    """Jo, whose password is the right one; time stands still unless a test moves it."""
    users.add("Jo", "merchant", RIGHT)
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def few_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule with a smaller number, for a test does not try fifty times."""
    monkeypatch.setattr(tries, "FREE", {**tries.FREE, tries.NAME: 8})


def attempt(name: str = "Jo", password: str = "wrong", source: Source = HERE) -> int | str:
    """The seconds to wait; "" for who is in; else why not."""
    try:
        users.authenticate(name, password, source)
    except users.SignInRefused as refused:
        return int(refused.data.get("seconds", 0)) or refused.code
    return ""


def guess_at(name: str, times: int, clock: time_machine.Coordinates, source: Source = HERE) -> list[int | str]:
    """So many tries, each as soon as it is checked; the waits that were asked for."""
    waits: list[int | str] = []
    for _ in range(times):
        answer = attempt(name, source=source)
        if isinstance(answer, int):
            waits.append(answer)
            clock.shift(answer)
            assert attempt(name, source=source) == "sign_in.refused"
    return waits


def test_the_wait_grows_up_to_a_minute_and_the_right_password_is_in_after_it(clock: time_machine.Coordinates) -> None:
    assert guess_at("Jo", 13, clock) == [1, 2, 4, 8, 16, 32, 60, 60]
    assert attempt(password=RIGHT) == 60
    clock.shift(59.5)
    assert attempt(password=RIGHT) == 1
    clock.shift(0.5)
    assert attempt(password=RIGHT) == ""
    assert [attempt() for _ in range(5)] == ["sign_in.refused"] * 5


def test_a_name_that_nobody_has_is_answered_as_one_that_somebody_has(clock: time_machine.Coordinates) -> None:
    known, unknown = (guess_at(name, 9, clock, Source(address)) for name, address in (("Jo", "a"), ("Nobody", "b")))
    assert known == unknown == [1, 2, 4, 8]


def test_a_try_that_has_to_wait_is_neither_checked_nor_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        attempt()
    monkeypatch.setattr(passwords, "holds", lambda *_args: pytest.fail("a password was checked"))
    for _ in range(20):
        assert attempt(password=RIGHT) == 1
    assert max(db.session.scalars(select(SignInTries.failures))) == 5


def test_a_browser_that_signed_in_before_is_not_held_up_by_what_others_do(
    clock: time_machine.Coordinates, few_free: None
) -> None:
    guess_at("Jo", 12, clock)
    for number in range(10):
        tries.begin("jo", Source(f"203.0.113.{number}"))
    assert attempt(password=RIGHT) == 60
    mine = Source(HERE.address, device="a browser of Jo's")
    assert attempt(password=RIGHT, source=mine) == ""
    assert [attempt(source=mine) for _ in range(6)] == ["sign_in.refused"] * 5 + [1]  # nor may it guess for ever


def test_a_name_guessed_at_from_everywhere_lets_a_new_address_in_after_one_wait(
    clock: time_machine.Coordinates, few_free: None
) -> None:
    crowd = [Source(f"203.0.113.{number}") for number in range(10)]
    assert [tries.begin("jo", each) for each in crowd][8:] == [1, 1]
    for _ in range(4):
        clock.shift(60)
        for each in crowd[:2]:
            tries.begin("jo", each)
    assert attempt(password=RIGHT, source=THERE) == 60
    for each in crowd:  # they go on all the same
        tries.begin("jo", each)
    clock.shift(60)
    assert attempt(password=RIGHT, source=THERE) == ""


def test_an_address_that_types_many_names_waits_and_other_addresses_do_not(clock: time_machine.Coordinates) -> None:
    assert [attempt(f"name {number}") for number in range(21)] == ["sign_in.refused"] * 20 + [1]
    assert attempt("Jo", RIGHT) == 1
    assert attempt("Jo", RIGHT, THERE) == ""
    clock.shift(1)
    assert attempt("Jo", RIGHT) == ""


def test_who_signs_in_in_between_does_not_wash_away_what_the_address_did() -> None:
    for number in range(10):
        attempt(f"name {number}")
        assert attempt("Jo", RIGHT) == ""
    assert [attempt(f"more {number}") for number in range(11)] == ["sign_in.refused"] * 10 + [1]


def test_after_a_quiet_hour_all_is_forgotten(clock: time_machine.Coordinates) -> None:
    guess_at("Jo", 12, clock)
    clock.shift(timedelta(hours=1, seconds=1))
    assert [attempt() for _ in range(5)] == ["sign_in.refused"] * 5
    clock.shift(timedelta(hours=1, seconds=1))
    assert attempt(password=RIGHT) == ""
    assert db.session.scalar(select(func.count()).select_from(SignInTries).where(SignInTries.failures > 0)) == 0


def test_a_stranger_who_types_many_names_from_many_places_fills_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "PLACES", 4)
    for number in range(150):
        tries.begin(f"name {number}", Source(f"10.0.0.{number}", device=f"{number}" if number % 3 else ""))
    assert db.session.scalar(select(func.count()).select_from(SignInTries)) == len(tries.KINDS) * 4


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_one_machine_has_a_whole_network_of_ipv6_addresses(one: str, other: str, together: bool) -> None:
    for _ in range(5):
        attempt(source=Source(one))
    assert (attempt(source=Source(other)) == 1) is together


def test_guesses_at_the_same_moment_are_all_counted_and_no_more_are_checked_than_may_be(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 60)  # on a slow machine too each has its turn
    answers: list[int | str] = []

    def guess() -> None:
        with app.app_context():
            answers.append(attempt())

    guessers = [threading.Thread(target=guess) for _ in range(8)]
    for guesser in guessers:
        guesser.start()
    for guesser in guessers:
        guesser.join()
    assert sorted(answers, key=str) == [1] * 3 + ["sign_in.refused"] * 5


def test_a_flood_of_checks_takes_no_more_than_four_threads_and_is_asked_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0)
    taken = [passwords.turn() for _ in range(passwords.PLACES)]
    assert [turn.__enter__() for turn in taken] == [True] * 4
    with pytest.raises(users.SignInRefused, match=r"sign_in\.busy"):
        users.authenticate("Jo", RIGHT, HERE)
    assert attempt(password=RIGHT) == 1
    for turn in taken:
        turn.__exit__(None, None, None)
    assert attempt(password=RIGHT) == ""

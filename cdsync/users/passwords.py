"""Passwords: made up, hashed with argon2id, checked. Knows no user and counts no try.

RFC 9106 has the method, OWASP's Password Storage Cheat Sheet the least it should cost (19 MiB, two passes, one lane).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from werkzeug.security import check_password_hash

COST = "CDSYNC_PASSWORD_COST"  # key of the configuration: (passes, KiB of memory); tests ask for less work
USUAL_COST = (3, 19 * 1024)  # 60 to 90 ms on two cores of 2026
HASHED_AT_ONCE = 2  # hashed at the same moment in one process: more is not faster on two cores, and each takes 19 MiB
PLACES = 4  # checked or waiting for it: the other half of the web server's threads stays free
LONGEST_WAIT = 1.0  # seconds that a check waits for its place
_CONSONANTS, _VOWELS = "bcdfghjkmnprstvz", "aeiou"
_ARGON2 = "$argon2"
_places, _room = BoundedSemaphore(PLACES), BoundedSemaphore(HASHED_AT_ONCE)
T = TypeVar("T")


def hashed(password: str) -> str:
    """The password as it is stored: "$argon2id$…", with a salt of its own."""
    return _apart(_hasher().hash, _text(password))


def holds(stored: str, password: str, in_use: Iterable[str] = ()) -> bool:
    """Whether `stored` was made from this password; "" was made from none.

    It costs the same whatever `stored` is: one check for each method among the hashes `in_use` (those of releases
    before are checked with scrypt), with a hash of nobody's where the method is not that of `stored`.
    """
    own, right = _method(stored), False
    for method in sorted({own, _present(), *map(_method, in_use)} - {""}):
        right = _fits(stored if method == own else _nobodys(method), _text(password)) or right
    return right


def is_old(stored: str) -> bool:
    """Whether it was made with another method or another cost than today's."""
    return _method(stored) != _present()


@contextmanager
def turn() -> Iterator[bool]:
    """One of the places for a check; False when none came free, for whoever floods the sign-in floods no memory."""
    got = _places.acquire(timeout=LONGEST_WAIT)
    try:
        yield got
    finally:
        if got:
            _places.release()


def readable() -> str:
    """A password that can be read out and typed: five pairs of syllables, about 63 bits."""
    pairs = ("".join(_syllable() for _ in range(2)) for _ in range(5))
    return "-".join(pairs)


def _syllable() -> str:
    return secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS)


def _hasher() -> PasswordHasher:
    passes, memory = current_app.config.get(COST) or USUAL_COST
    return PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)


def _present() -> str:
    hasher = _hasher()
    return f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p=1"


def _method(stored: str) -> str:
    """Method and cost, which decide how long a check takes; "" for what no password fits."""
    if stored.startswith(_ARGON2):
        return stored.rpartition("$")[0].rpartition("$")[0]
    return stored.partition("$")[0] if stored.count("$") == 2 else ""


def _nobodys(method: str) -> str:
    """A hash of that method that no password is known to fit."""
    if method.startswith(_ARGON2):
        return f"{method}$bm9ib2R5bm9ib2R5bm9ib2R5${'A' * 43}"
    return f"{method}$nobody${'0' * 128}"


def _fits(stored: str, password: str) -> bool:
    try:
        if stored.startswith(_ARGON2):
            return _apart(_hasher().verify, stored, password)
        return _apart(check_password_hash, stored, password)
    except (VerificationError, InvalidHashError, ValueError):
        return False


def _apart(work: Callable[..., T], *given: str) -> T:
    """Done in a thread that ends with it: the allocator of Linux keeps, for every thread that ever hashed, its memory.

    With the web server's eight threads that were 133 MiB more than before the first check; so it is 57.
    """
    with _room, ThreadPoolExecutor(1) as thread:
        return thread.submit(work, *given).result()


def _text(password: str) -> str:
    """Half an emoji, which UTF-8 has no bytes for, is a sign like any other."""
    return password.encode("utf-8", "replace").decode()

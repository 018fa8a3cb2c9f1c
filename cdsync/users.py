"""The people who sign in: adding one, checking a password, locking out guessers. Knows nothing of pages or sessions."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.security import check_password_hash, generate_password_hash

from .db import db, now
from .errors import CdsyncError, ConfigError
from .models import User

MERCHANT = "merchant"
SUPPORT = "support"
ROLES = (MERCHANT, SUPPORT)

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=5)
SHORTEST_PASSWORD = 10
_METHOD = "scrypt"
_CONSONANTS, _VOWELS = "bcdfghjkmnprstvz", "aeiou"


class SignInRefused(CdsyncError):
    """Codes: sign_in.refused (name or password wrong, not said which), sign_in.locked [until]."""


def add(name: str, role: str, password: str | None = None, *, customer_data: bool = False) -> tuple[User, str]:
    """Adds somebody and commits; answers the user and the password, which is made up when none is given.

    customer_data: whether a support person sees who the buyers are; a merchant does in any case.
    Raises ConfigError: user.name_invalid, user.role_unknown [role, roles], user.password_short [shortest],
    user.exists [name].
    """
    name = name.strip()
    if not 1 <= len(name) <= 128 or not name.isprintable():
        raise ConfigError("user.name_invalid")
    if role not in ROLES:
        raise ConfigError("user.role_unknown", role=role, roles=list(ROLES))
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise ConfigError("user.password_short", shortest=SHORTEST_PASSWORD)
    if _named(name) is not None:
        raise ConfigError("user.exists", name=name)
    password = password or readable_password()
    hashed = generate_password_hash(password, _METHOD)
    user = User(name=name, role=role, password_hash=hashed, customer_data=customer_data)
    db.session.add(user)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise ConfigError("user.exists", name=name) from None
    return user, password


def authenticate(name: str, password: str) -> User:
    """The user whose name and password these are; failures are counted and committed.

    Five failures lock the name for five minutes, also for the right password. Raises SignInRefused.
    """
    user = _named(name.strip())
    if user is None:
        check_password_hash(_nobodys_hash(), password)  # an unknown name must not answer faster than a known one
        raise SignInRefused("sign_in.refused")
    if user.locked_until is not None and user.locked_until > now():
        raise SignInRefused("sign_in.locked", until=user.locked_until.isoformat())
    known_hash, user_id = user.password_hash, user.id
    db.session.commit()  # hashing takes a tenth of a second: hold no lock meanwhile
    if not check_password_hash(known_hash, password):
        _count_failure(user_id)
        raise SignInRefused("sign_in.refused")
    user = db.session.get_one(User, user_id)
    user.failed_sign_ins, user.locked_until, user.last_seen_at = 0, None, now()
    db.session.commit()
    return user


def load(user_id: str | int) -> User | None:
    """The user of that id, or None: what Flask-Login asks for."""
    return db.session.get(User, int(user_id)) if str(user_id).isdecimal() else None


def anybody() -> bool:
    """Whether there is at least one user."""
    return db.session.scalar(select(User.id).limit(1)) is not None


def readable_password() -> str:
    """A password that can be read out and typed: five pairs of syllables, about 63 bits."""
    pairs = ("".join(_syllable() for _ in range(2)) for _ in range(5))
    return "-".join(pairs)


def _syllable() -> str:
    return secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS)


def _named(name: str) -> User | None:
    return db.session.scalar(select(User).where(func.lower(User.name) == name.lower()))


def _count_failure(user_id: int) -> None:
    """In the database, not in Python: two guesses at the same moment are two."""
    failures = db.session.scalar(
        update(User)
        .where(User.id == user_id)
        .values(failed_sign_ins=User.failed_sign_ins + 1)
        .returning(User.failed_sign_ins)
    )
    if failures is not None and failures >= FAILURES_ALLOWED:
        db.session.execute(
            update(User).where(User.id == user_id).values(failed_sign_ins=0, locked_until=now() + LOCKED_FOR)
        )
    db.session.commit()


_nobody: list[str] = []


def _nobodys_hash() -> str:
    if not _nobody:
        _nobody.append(generate_password_hash(secrets.token_hex(16), _METHOD))
    return _nobody[0]

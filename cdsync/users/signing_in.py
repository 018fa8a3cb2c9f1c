"""Who somebody is, by name and password. Whatever is wrong, the answer and the work behind it are the same."""

from __future__ import annotations

from sqlalchemy import select, update

from cdsync.db import db, now, transaction
from cdsync.errors import CdsyncError
from cdsync.models import User

from . import passwords, people, sign_ins, tries
from .tries import Source


class SignInRefused(CdsyncError):
    """Codes: sign_in.refused (name or password wrong, not said which), sign_in.busy [seconds] (many people's at once;
    nothing was checked), and those below."""


class TooManyTries(SignInRefused):
    """sign_in.wait [seconds]: too many were wrong; nothing was checked."""


class NameDisabled(SignInRefused):
    """sign_in.disabled: said to who has the right password only."""


def authenticate(name: str, password: str, source: Source | None = None) -> User:
    """The user whose name and password these are; a hash of a release before is made anew. Begins no sign-in.

    A right password has to wait some seconds at most, whatever others tried before. Raises SignInRefused.
    """
    user = _checked(name, password, source or Source())
    with transaction():
        if user.disabled_at is not None:
            raise NameDisabled("sign_in.disabled")
        user.last_seen_at = now()
        user_id, stored = user.id, user.password_hash
    if passwords.is_old(stored):
        fresh = passwords.hashed(password)
        with transaction() as session:  # unless the password was changed at this very moment
            mine = (User.id == user_id, User.password_hash == stored)
            session.execute(update(User).where(*mine).values(password_hash=fresh))
    return user


def change_password(user: User, old: str, new: str) -> User:
    """Sets a person's own new password, ends all their sign-ins and begins the one they are at anew.

    Raises SignInRefused when `old` is not the present one, or too often was not; ConfigError user.password_short.
    """
    people.check_length(new)
    _checked(user.name, old, Source(device=f"signed in as {user.id}"))
    people.set_password(user, new)
    return sign_ins.begin(user)


def _checked(name: str, password: str, source: Source) -> User:
    """The user with this name, who may be disabled, when the password is right; no transaction is open meanwhile."""
    with passwords.turn() as free:
        if not free:
            raise SignInRefused("sign_in.busy", seconds=1)
        begun = tries.begin(people.folded(name), source)
        if not isinstance(begun, tries.Try):
            raise TooManyTries("sign_in.wait", seconds=int(begun))
        user = people.named(name)
        stored, in_use = user.password_hash if user else "", list(db.session.scalars(select(User.password_hash)))
        db.session.commit()  # hashing takes a tenth of a second: hold no lock meanwhile
        if not passwords.holds(stored, password, in_use) or user is None:
            raise SignInRefused("sign_in.refused")
        begun.was_right()
    return user

"""The users themselves: adding, finding, changing, removing one. There is always a merchant who can sign in."""

from __future__ import annotations

import unicodedata

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cdsync.db import db, now, transaction
from cdsync.errors import ConfigError
from cdsync.models import User

from . import passwords, sign_ins

MERCHANT = "merchant"
SUPPORT = "support"
ROLES = (MERCHANT, SUPPORT)
SHORTEST_PASSWORD = 10


def add(name: str, role: str, password: str | None = None, *, customer_data: bool = False) -> tuple[User, str]:
    """Adds somebody and commits; returns the user and the password, which is made up when none is given.

    customer_data: whether a support person sees who the buyers are; a merchant does in any case.
    Raises ConfigError: user.name_invalid, user.role_unknown [role, roles], user.password_short [shortest],
    user.exists [name].
    """
    name = name.strip()
    if not 1 <= len(name) <= 128 or not name.isprintable():
        raise ConfigError("user.name_invalid")
    check_role(role)
    if password is not None:
        check_length(password)
    if named(name) is not None:
        raise ConfigError("user.exists", name=name)
    password = password or passwords.readable()
    db.session.commit()  # hashing takes a tenth of a second: hold no lock meanwhile
    user = User(name=name, role=role, password_hash=passwords.hashed(password), customer_data=customer_data)
    try:
        with transaction() as session:
            session.add(user)
    except IntegrityError:
        raise ConfigError("user.exists", name=name) from None
    return user, password


def every() -> list[User]:
    """All users by name."""
    return sorted(db.session.scalars(select(User)), key=lambda user: folded(user.name))


def anybody() -> bool:
    """Whether there is at least one user."""
    return db.session.scalar(select(User.id).limit(1)) is not None


def find(name: str) -> User:
    """The user of that name; raises ConfigError("user.unknown") [name, known]."""
    user = named(name)
    if user is None:
        raise ConfigError("user.unknown", name=name, known=[each.name for each in every()])
    return user


def named(name: str) -> User | None:
    """The user of that name in any spelling of its letters; the exact one where releases before let in two.

    Compared here and not in the database: SQLite knows capital letters of English only. Users are few.
    """
    same = [user for user in every() if folded(user.name) == folded(name)]
    return min(same, key=lambda user: user.name != name.strip(), default=None)


def folded(name: str) -> str:
    """A name as all its spellings are: capital and small letters, accents typed in one sign or two."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def set_password(user: User, password: str | None = None) -> str:
    """Sets a password (made up when none is given), returns it, and ends all sign-ins of the user; committed.

    Raises ConfigError user.password_short [shortest].
    """
    if password is not None:
        check_length(password)
    password = password or passwords.readable()
    user_id = user.id
    db.session.commit()  # no lock meanwhile, as in `add`
    stored = passwords.hashed(password)
    with transaction() as session:
        session.get_one(User, user_id).password_hash = stored
        sign_ins.end_all(user)
    return password


def disable(user: User) -> None:
    """Nobody signs in under this name any more, and all its sign-ins end. Raises ConfigError user.last_merchant."""
    with transaction():
        _keep_a_merchant(user)
        user.disabled_at = user.disabled_at or now()
        sign_ins.end_all(user)


def enable(user: User) -> None:
    """The user can sign in again."""
    with transaction():
        user.disabled_at = None


def set_role(user: User, role: str, customer_data: bool | None = None) -> None:
    """Gives the user another role, from now on, also where they are signed in already.

    customer_data: whether, as support, they see who the buyers are; None leaves that as it is.
    Raises ConfigError user.role_unknown [role, roles], user.last_merchant [name].
    """
    check_role(role)
    with transaction():
        if role != MERCHANT:
            _keep_a_merchant(user)
        user.role = role
        user.customer_data = user.customer_data if customer_data is None else customer_data


def remove(user: User) -> None:
    """Removes the user; runs and events keep the name. Raises ConfigError user.last_merchant [name]."""
    with transaction() as session:
        _keep_a_merchant(user)
        sign_ins.end_all(user)
        session.delete(user)


def check_role(role: str) -> None:
    """Raises ConfigError user.role_unknown [role, roles]."""
    if role not in ROLES:
        raise ConfigError("user.role_unknown", role=role, roles=list(ROLES))


def check_length(password: str) -> None:
    """Raises ConfigError user.password_short [shortest]."""
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError("user.password_short", shortest=SHORTEST_PASSWORD)


def _keep_a_merchant(user: User) -> None:
    """Raises ConfigError("user.last_merchant") when nobody else could sign in as merchant; locks those who can."""
    can = select(User).where(User.role == MERCHANT, User.disabled_at.is_(None)).order_by(User.id)
    if [each.id for each in db.session.scalars(can.with_for_update())] == [user.id]:
        raise ConfigError("user.last_merchant", name=user.name)

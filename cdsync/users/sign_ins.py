"""Where people are signed in: a row per browser, looked up at each request, gone when it ends. Knows no cookie."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from cdsync.db import db, now, transaction
from cdsync.models import SignIn, User

LAST = timedelta(days=30)
MOST = 20  # browsers of one person: the oldest ends when one more is signed in


def begin(user: User) -> User:
    """The user signed in at one more place, committed: `user.token` is what the browser keeps."""
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        session.add(SignIn(user_id=user.id, token=_kept(token)))
        session.flush()
        newest = select(SignIn.id).where(SignIn.user_id == user.id).order_by(SignIn.id.desc()).limit(MOST)
        surplus = (SignIn.user_id == user.id, SignIn.id.not_in(newest.scalar_subquery()))
        session.execute(delete(SignIn).where(*surplus))
        session.execute(delete(SignIn).where(SignIn.at <= now() - LAST))
    user.token = token
    return user


def user_of(token: str) -> User | None:
    """Who signed in with this token, unless that sign-in is over or the user disabled: what Flask-Login asks for."""
    lives = (SignIn.token == _kept(token), SignIn.at > now() - LAST, User.disabled_at.is_(None))
    user = db.session.scalar(select(User).join(SignIn, SignIn.user_id == User.id).where(*lives))
    if user is not None:
        user.token = token
    return user


def of(user: User) -> list[SignIn]:
    """The person's sign-ins that are not over, the newest first."""
    lives = (SignIn.user_id == user.id, SignIn.at > now() - LAST)
    return list(db.session.scalars(select(SignIn).where(*lives).order_by(SignIn.id.desc())))


def is_this_one(sign_in: SignIn, user: User) -> bool:
    """Whether it is the one that this user was loaded by."""
    return sign_in.token == _kept(user.token)


def end(token: str) -> None:
    """Ends one sign-in, in a commit of its own."""
    with transaction() as session:
        session.execute(delete(SignIn).where(SignIn.token == _kept(token)))


def end_all(user: User) -> None:
    """Ends all sign-ins of this user, inside the caller's transaction."""
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id))


def end_everywhere(user: User) -> None:
    """Ends all sign-ins of this user, in a commit of its own."""
    with transaction():
        end_all(user)


def _kept(token: str) -> str:
    """Without salt or cost: it is random already, and asked for at every request."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

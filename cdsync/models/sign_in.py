"""Where people are signed in, and what wrong tries cost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cdsync.column_types import Name, UtcTime
from cdsync.db import Model, now


class SignIn(Model):
    """One browser in which a user is signed in; without its row the browser's cookie is worth nothing.

    token: SHA-256 of what the cookie holds, in hex, so that whoever reads the table signs in as nobody.
    """

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token: Mapped[str] = mapped_column(Name, unique=True)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class SignInTries(Model):
    """Wrong tries of one kind that fall into one place (`cdsync.users.tries`): a number instead of a name or address.

    failures: since the last quiet hour. free_at: before it nothing is checked.
    """

    __tablename__ = "sign_in_tries"

    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    free_at: Mapped[datetime] = mapped_column(UtcTime, default=now)

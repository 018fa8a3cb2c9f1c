"""What the frame around every page shows: account, signs of life, next lookup, problems to count. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from flask import Flask
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy import func, select

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.errors import CdsyncError
from cdsync.models import Account, Order
from cdsync.runs import heartbeats
from cdsync.runs.timetable import next_times

from ..assets import vendor
from ..text.language import _
from .current_account import account


def register(app: Flask) -> None:
    """Gives every template `frame`: nothing is read before the template asks."""
    app.context_processor(lambda: {"frame": Frame()})
    htmx = Path(app.static_folder or "") / vendor.FILE
    app.jinja_env.globals.update(get_locale=get_locale, has_htmx=htmx.is_file())


@dataclass
class Frame:
    """Read lazily: the sign-in page shows none of it."""

    @property
    def shows_menu(self) -> bool:
        return bool(current_user.is_authenticated)

    @property
    def account(self) -> Account:
        return account()

    @cached_property
    def accounts(self) -> list[Account]:
        return accounts.every()

    @property
    def is_named(self) -> bool:
        """Whether pages and messages say which account they are about: there are several, or it is the rehearsal."""
        return accounts.are_named(self.account, self.accounts)

    @cached_property
    def _alive(self) -> set[str]:
        """What kinds of process gave a sign of life lately."""
        return {beat.name.partition(":")[0] for beat in heartbeats.alive("")}

    @property
    def worker_alive(self) -> bool:
        return "worker" in self._alive

    @property
    def scheduler_alive(self) -> bool:
        return "scheduler" in self._alive

    @property
    def machine(self) -> tuple[str, str, datetime | None]:
        """How the work goes, for the top of every page: (kind of dot, words, a time that belongs to them)."""
        if not self.worker_alive:
            return "bad", _("No worker is running"), None
        if not self.scheduler_alive:
            return "wait", _("No scheduler is running"), None
        if self.next_lookup is None:
            return "wait", _("Lookup is not scheduled"), None
        return "good", _("Next lookup"), self.next_lookup

    @cached_property
    def next_lookup(self) -> datetime | None:
        """By the schedule; None when it is off, rests, or the settings cannot be read."""
        if not self.account.active:
            return None
        try:
            schedule = settings.read(self.account).schedule
        except CdsyncError:
            return None
        return next(iter(next_times(schedule.get("lookup"))), None)

    @cached_property
    def problems(self) -> int:
        """Orders that something stops: what the list of problems holds."""
        stopped = select(func.count()).select_from(Order).where(Order.account_id == self.account.id)
        return db.session.scalar(stopped.where(Order.problem_code.is_not(None))) or 0


__all__ = ["Frame", "account", "register"]

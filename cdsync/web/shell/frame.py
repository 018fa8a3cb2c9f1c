"""What the frame around every page shows: account, signs of life, next lookup, problems to count. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path

from flask import Flask, g
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy import func, select

from cdsync import accounts, overview, settings
from cdsync.db import db, now
from cdsync.errors import CdsyncError
from cdsync.models import Account, Heartbeat, Order
from cdsync.runs import heartbeats
from cdsync.runs.timetable import next_times

from ..assets import vendor
from ..text.formats import local, zone
from ..text.language import _
from .current_account import account, every_account
from .parts import wants_part


def register(app: Flask) -> None:
    """Gives every template `frame`: nothing is read before the template asks."""
    app.context_processor(lambda: {"frame": of_request()})
    htmx = Path(app.static_folder or "") / vendor.FILE
    app.jinja_env.globals.update(get_locale=get_locale, has_htmx=htmx.is_file())


@dataclass
class Frame:
    """Read lazily, and once a request: the sign-in page shows none of it."""

    @property
    def shows_menu(self) -> bool:
        return bool(current_user.is_authenticated)

    @property
    def account(self) -> Account:
        return account()

    @property
    def accounts(self) -> list[Account]:
        return every_account()

    @cached_property
    def figures(self) -> list[overview.AccountFigures]:
        """How each account stands, in their order."""
        today = datetime.combine(local(now()).date(), time(), zone()).astimezone(UTC)
        return overview.account_figures(self.accounts, today)

    @property
    def is_named(self) -> bool:
        """Whether pages and messages say which account they are about: there are several, or it is the rehearsal."""
        return accounts.are_named(self.account, self.accounts)

    @cached_property
    def _beats(self) -> list[Heartbeat]:
        """The signs of life that processes gave lately."""
        return heartbeats.alive("")

    @property
    def workers(self) -> list[Heartbeat]:
        return [beat for beat in self._beats if beat.name.startswith("worker")]

    @property
    def schedulers(self) -> list[Heartbeat]:
        return [beat for beat in self._beats if beat.name.startswith("scheduler")]

    @property
    def worker_alive(self) -> bool:
        return bool(self.workers)

    @property
    def scheduler_alive(self) -> bool:
        return bool(self.schedulers)

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
        if len(self.accounts) > 1 and not wants_part():  # which the choice of accounts tells as well
            return next(each.problems for each in self.figures if each.account.id == self.account.id)
        stopped = select(func.count()).select_from(Order).where(Order.account_id == self.account.id)
        return db.session.scalar(stopped.where(Order.problem_code.is_not(None))) or 0


def of_request() -> Frame:
    """The frame of this request's page."""
    found: Frame = g.setdefault("cdsync_frame", Frame())
    return found


__all__ = ["Frame", "account", "every_account", "of_request", "register"]

"""What the banner of a rehearsal says, on every page while its account is looked at. Asks its systems now and then."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from cachetools import TTLCache
from flask import Flask, current_app, url_for

from cdsync import rehearsal
from cdsync.models import Account

from ..shell import frame

KEEP_SECONDS = 3.0
_lock = threading.Lock()
_seen: TTLCache[int, bool] = TTLCache(16, KEEP_SECONDS)  # account → whether its systems ran


@dataclass(frozen=True)
class Looked:
    """runs: its systems answer; desk: where they are played from; can_start: by a button, `make run` being there."""

    runs: bool
    desk: str
    can_start: bool


def register(app: Flask) -> None:
    """Gives every template `rehearsal_looked_at()` and `connect_url()`."""
    app.jinja_env.globals.update(rehearsal_looked_at=looked_at, connect_url=connect_url)


def looked_at() -> Looked | None:
    """The rehearsal, when it is the account looked at."""
    account = frame.account()
    return _looked(account) if account.rehearsal else None


def beside() -> Looked | None:
    """The rehearsal, when there is one, whatever account is looked at."""
    account = next((each for each in frame.every_account() if each.rehearsal), None)
    return None if account is None else _looked(account)


def _looked(account: Account) -> Looked:
    with _lock:
        runs = _seen.get(account.id)
    if runs is None:
        runs = rehearsal.runs(account)
        with _lock:
            _seen[account.id] = runs
    return Looked(runs, rehearsal.desk_of(account), rehearsal.has_launcher())


def forget() -> None:
    """Something was done about its systems: the next page looks anew."""
    with _lock:
        _seen.clear()


def connect_url() -> str:
    """Where one's own shop is connected; "" where there is no such page."""
    return url_for("connect.page") if "connect.page" in current_app.view_functions else ""

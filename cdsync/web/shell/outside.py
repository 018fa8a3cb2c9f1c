"""The one door from a page to shop and marketplace: a few seconds in all, and few pages at once. Asks nothing itself.

What does not end in time is said, and the next try goes on where this one stopped; a page whose try got further goes on
by itself (`goes_on` in macros.html). Nothing else in the pages opens a connector: tests/architecture.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cachetools import TTLCache
from flask import Flask, Response, g

from cdsync import connectors, settings
from cdsync.connectors.base import NoRecorder, Shop
from cdsync.connectors.http.page_time import Answered, PageTime, present
from cdsync.db import db
from cdsync.errors import CdsyncError, TemporaryError
from cdsync.models import Account

SECONDS = 8.0  # of one page, however many requests it makes
MOST_PAGES = 2  # of this process at the same time: the web server has eight threads
KEPT_SECONDS = 300.0  # answers of a try that ran out of time, for the next one
MOST_KEPT = 8  # such tries
AGAIN_SECONDS = 5  # Retry-After

_turns = threading.BoundedSemaphore(MOST_PAGES)
_kept: TTLCache[str, Answered] = TTLCache(MOST_KEPT, KEPT_SECONDS)  # the question → what was answered
_lock = threading.Lock()


class Asking:
    """How far one page got. late: it had no time or no turn. answers: so far, over all tries; further: more than
    before this one, so that it is worth going on at once."""

    def __init__(self) -> None:
        self.end = time.monotonic() + SECONDS
        self.late = False
        self.further = False
        self.answers = 0


def register(app: Flask) -> None:
    """For templates: `going_on()`. A page that came too late says so by its status."""
    app.jinja_env.globals.update(going_on=_going_on)
    app.after_request(_say_late)


@contextmanager
def asked(*question: object) -> Iterator[PageTime]:
    """Around everything of a page that asks shop or marketplace. question: names it, so that a next try goes on.

    Ends the database transaction first; none may be open meanwhile. Raises TemporaryError("page.busy") at once while
    as many other pages wait as may.
    """
    standing: Asking = g.setdefault("asking", Asking())
    if not _turns.acquire(blocking=False):
        standing.late = True
        raise TemporaryError("page.busy", most=MOST_PAGES)
    try:
        db.session.rollback()
        answered = _take(repr(question))
        before, page = len(answered), PageTime(max(0.0, standing.end - time.monotonic()), answered)
        try:
            with page:
                yield page
        finally:
            if page.ran_out:
                _keep(repr(question), answered)
                standing.late, standing.answers = True, len(answered)
                standing.further = len(answered) > before
    finally:
        _turns.release()


def shop(account: Account) -> Shop:
    """The account's shop, to be asked inside `asked`; raises ConfigError as `settings.open_shop`."""
    _inside()
    found = settings.open_shop(account)
    db.session.rollback()  # no transaction stays open while it is asked
    return found


def side(name: str, values: Mapping[str, Any]) -> Any:
    """ "shop" or "marketplace" with these values in clear, saved or not; to be asked inside `asked`.

    Raises ConfigError as `settings.require_secrets`, and for values that cannot be used.
    """
    _inside()
    settings.require_secrets(name, values)
    rest = dict(values)
    connector = str(rest.pop("connector", ""))
    opener: Any = connectors.open_marketplace if name == "marketplace" else connectors.open_shop
    return opener(connector, rest, NoRecorder())


def order_url(account: Account, ref: str) -> str:
    """The order's page at the marketplace; "" when the settings do not allow to know it. Asks nobody."""
    try:
        return settings.open_marketplace(account).order_url(ref)
    except CdsyncError:
        return ""


def forget() -> None:
    """Drops what was kept of tries that ran out of time."""
    with _lock:
        _kept.clear()


def _going_on() -> int:
    """How many answers there are so far, when this try got further without coming to an end; else 0."""
    standing = g.get("asking")
    return standing.answers if standing is not None and standing.further else 0


def _inside() -> None:
    if present() is None:
        raise RuntimeError("shop and marketplace are asked inside `asked` only")


def _take(question: str) -> Answered:
    with _lock:
        return _kept.pop(question, None) or Answered()


def _keep(question: str, answered: Answered) -> None:
    with _lock:
        _kept[question] = answered


def _say_late(response: Response) -> Response:
    standing = g.get("asking")
    if standing is None or not standing.late or "HX-Redirect" in response.headers:
        return response
    if response.status_code in (200, 422) and not standing.further:
        response.status_code = 503
        response.headers["Retry-After"] = str(AGAIN_SECONDS)
    return response

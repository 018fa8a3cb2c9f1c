"""People at a browser: signed in, with the page's CSRF token, with and without HTMX; a queue that only remembers."""

from __future__ import annotations

import contextvars
import html as entities
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from cdsync.db import db
from cdsync.models import Account, Run, User
from cdsync.runs import queue
from cdsync.web.settings import choices as settings_choices
from tests.pages import seed

PASSWORD = "a long password 1"
CHEAP_HASH = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")  # real ones take a tenth of a second each
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Person:
    """Somebody signed in. `htmx=True` asks as HTMX does, for the part."""

    def __init__(self, client: FlaskClient, name: str) -> None:
        self.client, self.name = client, name
        self.token = ""
        self.post("/sign-in", {"name": name, "password": PASSWORD}, token=self._token("/sign-in"))
        self.token = self._token("/runs")

    def _token(self, path: str) -> str:
        found = re.search(r'"X-CSRFToken": "([^"]+)"', self.get(path).text)
        assert found, "no page without a token"
        return found.group(1)

    def _acting_on(self) -> dict[str, str]:
        """The account that every form names: the one that pages show."""
        found = re.search(r'name="acting_on" value="([^"]+)"', self.get("/patterns").text)
        return {"acting_on": found.group(1)} if found else {}

    def get(self, path: str, *, htmx: bool = False, **query: Any) -> TestResponse:
        db.session.rollback()
        return _apart(
            lambda: self.client.get(path, query_string=query or None, headers=HTMX if htmx else {}, buffered=True)
        )

    def post(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        *,
        htmx: bool = False,
        token: str | None = None,
        **more: Any,
    ) -> TestResponse:
        """`token=""` leaves the CSRF token out."""
        db.session.rollback()
        known = self.token if token is None else token
        headers = {**(HTMX if htmx else {}), "Referer": "http://localhost/"}
        form = {**({"csrf_token": known, **self._acting_on()} if known else {}), **(data or {})}
        return _apart(lambda: self.client.post(path, data=form, headers=headers, buffered=True, **more))


def _apart(ask: Callable[[], TestResponse]) -> TestResponse:
    """Asks outside the test's own application context, as a web server does: nothing is carried over between them."""
    return contextvars.Context().run(ask)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all tests: each test has an app of its own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def neighbour(app: Flask) -> Account:
    """Another account with rows of every kind, for tests of lists and figures: none of its rows may show."""
    return seed.neighbour()


@pytest.fixture
def merchant(app: Flask, compiled: FileSystemBytecodeCache) -> Person:
    return _signed_in(app, compiled, "camille", "merchant")


@pytest.fixture
def support(app: Flask, compiled: FileSystemBytecodeCache) -> Person:
    return _signed_in(app, compiled, "sam", "support")


def _signed_in(app: Flask, compiled: FileSystemBytecodeCache, name: str, role: str) -> Person:
    app.jinja_env.bytecode_cache = compiled
    db.session.add(User(name=name, role=role, password_hash=CHEAP_HASH))
    db.session.commit()
    return Person(app.test_client(), name)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the runs handed to the queue; nothing takes them."""
    ids: list[int] = []
    monkeypatch.setattr(queue, "enqueue", lambda run: ids.append(run.id))
    return ids


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Choices kept from another test's shop are forgotten."""
    settings_choices.forget()
    yield
    settings_choices.forget()


@pytest.fixture
def started(queued: list[int]) -> Callable[[], Run]:
    """The last run that was started."""

    def last() -> Run:
        db.session.rollback()
        return db.session.get_one(Run, queued[-1])

    return last


def text_of(html: str) -> str:
    """What a person reads: without tags, with single spaces."""
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", html)).split())


def alone(part: str) -> str:
    """A part's HTML without what goes along to other places of the page."""
    return re.sub(r"<(\w+)[^>]* hx-swap-oob=[^>]*>.*?</\1>", "", part, flags=re.DOTALL)

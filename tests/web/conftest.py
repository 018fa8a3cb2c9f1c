"""A browser without a window: signs in, asks for pages and parts, sends forms with their token. Runs no JavaScript."""

from __future__ import annotations

import contextvars
import html as entities
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Cookie, TestResponse

from cdsync import users
from cdsync.db import db
from cdsync.models import Account, Run, User
from cdsync.runs import queue
from cdsync.web.settings import choices as settings_choices
from tests.web import seed
from tests.web.html_tree import Element, parse


class Browser:
    """One person's browser. Each request runs in a context of its own, as in the real server."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def enter(self, user: User) -> Browser:
        """Signed in as that user, without the page for it."""
        token = users.sign_ins.begin(user).token
        with self._client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        return self

    def get(self, path: str, *, part: bool = False, **kwargs: Any) -> TestResponse:
        """`part`: as HTMX 4 asks for one."""
        return self._ask("get", path, part, kwargs)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, part: bool = False, token: bool = True, **kwargs: Any
    ) -> TestResponse:
        """With the token and the account of the frame, as every form and HTMX send them."""
        sent = {**(self.named() if token else {}), **(data or {})}
        return self._ask("post", path, part, {"data": sent, **kwargs})

    def streamed(self, path: str) -> Iterator[str]:
        """The parts of an answer as a server sends them: each is asked for in a context of its own."""
        db.session.commit()
        answer: TestResponse = contextvars.Context().run(lambda: self._client.get(path))
        assert answer.status_code == 200
        parts = iter(answer.response)
        while (part := contextvars.Context().run(next, parts, None)) is not None:
            yield part.decode() if isinstance(part, bytes) else part

    def named(self, path: str = "/patterns") -> dict[str, str]:
        """What every form of a page names: the CSRF token, and the account that the page shows."""
        fields = parse(self.get(path, follow_redirects=True).text).all("input")
        names = ("csrf_token", "acting_on")
        found = {name: next((each for each in fields if each.get("name") == name), None) for name in names}
        return {name: str(each.attributes["value"]) for name, each in found.items() if each is not None}

    def token(self) -> str:
        """The CSRF token that the frame hands to HTMX and forms."""
        return self.named()["csrf_token"]

    def page(self, path: str) -> Element:
        """The page's elements; it must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return parse(answer.text)

    def cookie(self, name: str, value: str) -> None:
        self._client.set_cookie(name, value)

    def cookie_named(self, beginning: str) -> Cookie:
        """The one cookie whose name begins so."""
        (found,) = (each for each in self._client._cookies.values() if each.key.startswith(beginning))
        return found

    @property
    def session(self) -> str:
        """The value of the session's cookie, for a browser with a window."""
        cookie = self._client.get_cookie("cdsync_session")
        assert cookie is not None
        return str(cookie.value)

    def _ask(self, method: str, path: str, part: bool, kwargs: dict[str, Any]) -> TestResponse:
        if part:
            kwargs["headers"] = {"HX-Request": "true", "HX-Request-Type": "partial", **kwargs.get("headers", {})}
        db.session.commit()  # a test's open transaction would keep the request waiting for the write lock
        answer: TestResponse = contextvars.Context().run(
            lambda: getattr(self._client, method)(path, buffered=True, **kwargs)
        )
        db.session.expire_all()
        return answer


@pytest.fixture
def seller(app: Flask) -> Account:
    """An account without settings, for pages that ask nobody."""
    return seed.account()


@pytest.fixture
def neighbour(app: Flask) -> Account:
    """Another account with rows of every kind, for tests of lists and figures: none of its rows may show."""
    return seed.neighbour()


def _user(name: str, role: str) -> User:
    user = User(name=name, role=role, password_hash="unusable", timezone="Europe/Paris")
    db.session.add(user)
    db.session.commit()
    return user


@pytest.fixture
def merchant(app: Flask) -> Browser:
    """The merchant's browser, signed in."""
    return Browser(app).enter(_user("Mona", "merchant"))


@pytest.fixture
def support(app: Flask) -> Browser:
    """A support person's browser, signed in."""
    return Browser(app).enter(_user("Sam", "support"))


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """Nobody signed in."""
    return Browser(app)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Stands for Redis: the ids of the runs handed to it, in order."""
    ids: list[int] = []
    monkeypatch.setattr(queue, "enqueue", lambda run: ids.append(run.id))
    return ids


@pytest.fixture
def started(queued: list[int]) -> Callable[[], list[tuple[str, list[int] | None, str, dict[str, Any]]]]:
    """What was started: (operation, wanted orders, who, options) of each run handed to the queue."""

    def runs() -> list[tuple[str, list[int] | None, str, dict[str, Any]]]:
        found = [db.session.get_one(Run, run_id, populate_existing=True) for run_id in queued]
        return [(run.operation, run.wanted, run.actor, dict(run.options)) for run in found]

    return runs


@pytest.fixture
def last_run(queued: list[int]) -> Callable[[], Run]:
    """The last run that was started."""

    def last() -> Run:
        return db.session.get_one(Run, queued[-1], populate_existing=True)

    return last


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Choices kept from another test's shop are forgotten."""
    settings_choices.forget()
    yield
    settings_choices.forget()


def text_of(html: str) -> str:
    """What a person reads: without tags, with single spaces."""
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", html)).split())


def alone(part: str) -> str:
    """A part's HTML without what goes along to other places of the page."""
    return re.sub(r"<(\w+)[^>]* hx-swap-oob=[^>]*>.*?</\1>", "", part, flags=re.DOTALL)

"""Somebody at a browser who sends whatever the test makes up, each time from the same session."""

from __future__ import annotations

import contextvars
from collections.abc import Sequence
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from cdsync import users
from cdsync.db import db
from tests.web.html_tree import parse

PASSWORD = "a long enough password"
COOKIE = "cdsync_session"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
Fields = Sequence[tuple[str, str]]


class Visitor:
    """One browser. What an answer puts into the session is forgotten: each request comes from the session as it was."""

    def __init__(self, app: Flask, name: str = "", role: str = "", *, customer_data: bool = False) -> None:
        self._client = app.test_client()
        if name:
            users.add(name, role, PASSWORD, customer_data=customer_data)
            self._sign_in(name)
        self.token = self._token()
        cookie = self._client.get_cookie(COOKIE)
        self._session = str(cookie.value) if cookie else ""

    def ask(
        self, method: str, address: str, form: Fields = (), *, part: bool = False, follow: bool = False
    ) -> TestResponse:
        """The answer, its body read; `follow`: of the page that it leads to, with the messages there.

        What cdsync lets rise comes out of here as the exception that it is.
        """
        if self._session:
            self._client.set_cookie(COOKIE, self._session)
        else:
            self._client.delete_cookie(COOKIE)
        answer = self._apart(method, address, form, HTMX if part else {})
        if follow and answer.status_code == 303 and answer.location:
            return self._apart("GET", answer.location, (), {})
        return answer

    def _apart(self, method: str, address: str, form: Fields, headers: dict[str, str]) -> TestResponse:
        data: dict[str, list[str]] = {}
        for name, value in form:
            data.setdefault(name, []).append(value)
        sent: dict[str, Any] = {"data": data} if method not in ("GET", "HEAD", "OPTIONS") else {}
        db.session.rollback()
        answer: TestResponse = contextvars.Context().run(
            lambda: self._client.open(address, method=method, headers=headers, buffered=True, **sent)
        )
        return answer

    def _sign_in(self, name: str) -> None:
        form = [("name", name), ("password", PASSWORD), ("csrf_token", self._token())]
        answer = self._apart("POST", "/sign-in", form, {})
        assert answer.status_code == 303, answer.text[:500]

    def _token(self) -> str:
        """The token of this session, from a page that everybody has."""
        answer = self._apart("GET", "/sign-in", (), {})
        if answer.status_code != 200:
            answer = self._apart("GET", "/patterns", (), {})
        return parse(answer.text).all("input", name="csrf_token")[0].get("value")

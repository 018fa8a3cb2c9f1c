"""What has to come of a request, derived: who asks, whether the route writes, whether the token is right.

The only things listed are what nobody can derive: which writes are support's right too, and where an address alone
says which account is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from werkzeug.test import TestResponse

from cdsync.users import MERCHANT
from cdsync.web.shell.access import OPEN_TO_ALL

from .found import READS, Asked

RIGHT, MISSING, ANOTHERS = "right token", "no token", "token of another session"
RETRIES = frozenset({"retry", "all:retry", "retry_alike", "reread"})
READING = frozenset({"lookup", "reconcile"})

# What support may do beside reading, by endpoint, and with which form. Everything else that writes is the merchant's.
SUPPORTS: dict[str, Callable[[dict[str, str]], bool]] = {
    "sign_in.enter": lambda form: True,
    "sign_in.out": lambda form: True,
    "sign_in.choose_account": lambda form: True,
    "profile.password": lambda form: True,
    "profile.choices": lambda form: True,
    "profile.sign_out": lambda form: True,
    "orders.lookup": lambda form: True,
    "orders.act": lambda form: form.get("do") in RETRIES,
    "orders.act_on_one": lambda form: form.get("do") in RETRIES,
    "problems.retry": lambda form: True,
    "runs.start": lambda form: form.get("operation") in READING,
}
# What is done for everybody who sees buyers, and for nobody else.
SHOWN = frozenset({"orders.personal"})
SIGN_IN, REFUSED, LOOKED, DONE = "the sign-in", "refused", "looked at", "done"


@dataclass(frozen=True)
class Who:
    """`role` is "" for who is not let in at all; `sees`: whether buyers are shown to them."""

    name: str
    role: str = ""
    sees: bool = True


def expected(app: Flask, who: Who, asked: Asked, method: str, token: str) -> str:
    """SIGN_IN: led to the sign-in; REFUSED: an error; LOOKED: answered, nothing changed; DONE: may change things."""
    open_to_all = asked.endpoint in OPEN_TO_ALL
    if not who.role and not open_to_all:
        return SIGN_IN
    if not _takes(app, asked, method):
        return REFUSED if who.role else SIGN_IN
    if method in READS:
        return LOOKED
    if token != RIGHT:
        return REFUSED
    return DONE if _may(who, asked) else REFUSED


def _may(who: Who, asked: Asked) -> bool:
    if who.role in (MERCHANT, ""):
        return True
    if asked.endpoint in SHOWN:
        return who.sees
    return SUPPORTS.get(asked.endpoint, lambda form: False)(dict(asked.form))


def _takes(app: Flask, asked: Asked, method: str) -> bool:
    """Whether a route of this address takes the method."""
    return app.url_map.bind("localhost").test(asked.address.partition("?")[0], method)


def judged(wanted: str, answer: TestResponse) -> str:
    """What does not hold in an answer; "" when all does. What the database says is judged elsewhere."""
    if answer.status_code >= 500:
        return f"answered {answer.status_code}"
    if wanted == SIGN_IN and not _leads_to_sign_in(answer):
        return f"let in: {answer.status_code} {answer.location or ''}"
    if wanted == REFUSED and not 400 <= answer.status_code < 500:
        return f"not refused: {answer.status_code} {answer.location or ''}"
    return _headers(answer)


def _leads_to_sign_in(answer: TestResponse) -> bool:
    if answer.status_code == 401:
        return answer.headers.get("HX-Redirect", "").startswith("/sign-in") and not answer.text
    return answer.status_code in (302, 303) and (answer.location or "").startswith("/sign-in")


def _headers(answer: TestResponse) -> str:
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'self'" not in policy or "unsafe" in policy:
        return "without the content security policy"
    return "" if answer.headers.get("X-Content-Type-Options") == "nosniff" else "its type may be guessed"

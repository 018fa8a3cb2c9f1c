"""Browsers that a name was signed in with before: a signed cookie for each name, which lives for a year.

It opens nothing. A try to sign in that brings it does not wait for what others did wrong (`cdsync.users.tries`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from cdsync.secrets import derive
from cdsync.users import folded

LIVES = 365 * 24 * 60 * 60  # seconds


def device(name: str) -> str:
    """The mark of this browser, if that name was signed in with it before; else ""."""
    try:
        found = _serializer(name).loads(request.cookies.get(_cookie(name), ""), max_age=LIVES)
    except BadSignature:
        return ""
    return str(found)


def remember(response: BaseResponse | Response, name: str) -> BaseResponse | Response:
    """The answer to a sign-in, which makes this browser known."""
    mark = device(name) or secrets.token_urlsafe(12)
    as_session = current_app.session_interface
    response.set_cookie(
        _cookie(name),
        str(_serializer(name).dumps(mark)),
        max_age=LIVES,
        path=as_session.get_cookie_path(current_app),
        secure=as_session.get_cookie_secure(current_app),
        httponly=True,
        samesite="Lax",
    )
    return response


def _serializer(name: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_key(), salt=f"device of {folded(name)}")


def _cookie(name: str) -> str:
    """Several people use one browser; the cookie's name tells nobody theirs."""
    tag = hmac.new(_key().encode(), folded(name).encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:10]
    return f"cdsync_device_{tag}"


def _key() -> str:
    return derive(current_app.config["CDSYNC_SECRET_KEY"], "devices")

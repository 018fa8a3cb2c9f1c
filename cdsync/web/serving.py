"""What only who serves the pages needs: the pages themselves, sign-in, sessions, forms, language, headers.

Commands, workers and the scheduler do without, and import none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import Babel
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx

from cdsync import users
from cdsync.config import TRUSTED_PROXY
from cdsync.db import READ_ONLY, db
from cdsync.installation.behind_proxy import BehindProxy
from cdsync.secrets import derive

from . import form_size, register

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # Flask-WTF checks the referrer of forms sent over https
}


def wire(app: Flask, *, shared: bool = False) -> None:
    """Adds the pages to an app that has its configuration and its database.

    shared: they are mounted in somebody else's app, which knows itself what stands in front of it.
    """
    app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or derive(app.config["CDSYNC_SECRET_KEY"], "session")
    app.config.update(SESSION_COOKIE_NAME="cdsync_session", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True)
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a page left open over lunch still saves
    app.session_interface = _Sessions()
    _sign_in(app)
    form_size.register(app)  # before anything reads a form
    CSRFProtect(app)
    Babel(app, locale_selector=_language, timezone_selector=_timezone)
    Htmx(app)
    app.before_request(_read_without_lock)
    app.after_request(_protect)
    register(app, "")
    if not shared:
        _listen_to_proxies(app)


class _Sessions(SecureCookieSessionInterface):
    """Session cookies that are marked Secure exactly when the page came over https, for the prefix it came under."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Static files are the same for everybody: no cookie, and no word that they vary by one."""
        if request.endpoint != "static":
            super().save_session(app, session, response)

    def get_cookie_path(self, app: Flask) -> str:
        return request.script_root or super().get_cookie_path(app)


def _listen_to_proxies(app: Flask) -> None:
    proxies = app.config[TRUSTED_PROXY]
    if not proxies:
        return
    behind: WSGIApplication = BehindProxy(app.wsgi_app, proxies)
    app.wsgi_app = behind  # type: ignore[method-assign, assignment]
    app.after_request(_stay_on_tls)


def _stay_on_tls(response: Response) -> Response:
    """What came over TLS once is to come over TLS for a year."""
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.login_view = "sign_in.page"
    manager.user_loader(users.sign_ins.user_of)


def _read_without_lock() -> None:
    """On SQLite a page that is only looked at must not hold the write lock while it is drawn."""
    looks = request.method in ("GET", "HEAD") and request.endpoint != "static"
    if looks and not db.session().in_transaction():
        db.session().connection(execution_options={READ_ONLY: True})


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _language() -> str:
    chosen: Any = getattr(current_user, "language", "")
    return chosen if chosen in users.LANGUAGES else "en"


def _timezone() -> str | None:
    return getattr(current_user, "timezone", "") or None

"""CdSync, the Flask extension: wires cdsync into an app of its own, or mounts it under a prefix of somebody else's.

The only place that wires things; it holds no rule about orders.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from flask.ctx import AppContext
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import Babel
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from . import cli, terminal, users, web
from .config import TRUSTED_PROXY, configure
from .db import READ_ONLY, db
from .errors import ConfigError
from .installation import private_files
from .installation.behind_proxy import BehindProxy
from .secrets import derive

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


def folder(name: str) -> Path:
    """templates, static or migrations: beside the package in a clone, inside it when installed."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


class CdSync:
    """cdsync for a Flask app.

    `CdSync(app)` makes `app` cdsync's own application: pages at "/", commands at the top of `flask`.

    `CdSync(app, url_prefix="/orders-sync")` mounts the pages under that prefix of any app. They run in an
    application of their own behind it (`self.app`), so the host's routes, templates, sign-in, database, forms and
    error pages stay untouched, and the host's do not reach cdsync's. CDSYNC_* keys of the host's config are taken
    over; commands are at `flask cdsync …`; `self.app_context()` is where cdsync's functions can be called.
    """

    app: Flask

    def __init__(self, app: Flask | None = None, url_prefix: str = "") -> None:
        self.url_prefix = url_prefix
        if app is not None:
            self.init_app(app, url_prefix)

    def init_app(self, app: Flask, url_prefix: str | None = None) -> None:
        """Wires cdsync in. Raises ConfigError for a wrong environment, ValueError for an impossible mount."""
        prefix = (self.url_prefix if url_prefix is None else url_prefix).rstrip("/")
        if "cdsync" in app.extensions:
            raise ValueError("cdsync is already part of this app")
        if prefix:
            self._mount(app, prefix)
        else:
            self._refuse_a_foreign_app(app)
            terminal.guard_logs()
            self.app = app
            private_files.from_now_on()
            self._wire(app)
            _listen_to_proxies(app)
            cli.add_to(app.cli)
        app.extensions["cdsync"] = self

    def app_context(self) -> AppContext:
        """The context in which cdsync's own functions (accounts, settings, runs, …) work."""
        return self.app.app_context()

    def _mount(self, host: Flask, prefix: str) -> None:
        if not prefix.startswith("/"):
            raise ValueError(f"url_prefix begins with a slash: {prefix!r}")
        inner = Flask("cdsync", instance_path=host.instance_path)
        inner.config.update({key: value for key, value in host.config.items() if key.startswith("CDSYNC_")})
        inner.config.update(
            TESTING=host.testing,
            DEBUG=host.debug,
            APPLICATION_ROOT=prefix,  # also the path of the session cookie
        )
        self.app = inner
        self._wire(inner, shared=True)
        behind: WSGIApplication = DispatcherMiddleware(host.wsgi_app, {prefix: inner.wsgi_app})
        host.wsgi_app = behind  # type: ignore[method-assign, assignment]
        host.cli.add_command(cli.group_for(inner))

    @staticmethod
    def _refuse_a_foreign_app(app: Flask) -> None:
        taken = [name for name in ("sqlalchemy", "migrate", "csrf", "babel") if name in app.extensions]
        if taken or hasattr(app, "login_manager"):
            raise ValueError(
                f"this app has its own {', '.join(taken) or 'login_manager'}: mount cdsync beside it with url_prefix=…"
            )

    def _wire(self, app: Flask, *, shared: bool = False) -> None:
        configure(app, shared=shared)
        app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or derive(app.config["CDSYNC_SECRET_KEY"], "session")
        app.config.update(
            SESSION_COOKIE_NAME="cdsync_session", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True
        )
        app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a page left open over lunch still saves
        app.session_interface = _Sessions()
        app.template_folder = str(folder("templates"))
        app.static_folder = str(folder("static"))
        db.init_app(app)
        Migrate(app, db, directory=str(folder("migrations")), render_as_batch=True)
        _sign_in(app)
        web.form_size.register(app)  # before anything reads a form
        CSRFProtect(app)
        Babel(app, locale_selector=_language, timezone_selector=_timezone)
        Htmx(app)
        app.before_request(_read_without_lock)
        app.after_request(_protect)
        web.register(app, "")


def or_sentence(create: Callable[[], Flask]) -> Flask:
    """The app; or, when its environment is wrong, the end of this process with a sentence instead of a stack trace."""
    try:
        return create()
    except ConfigError as error:
        cli.output.complain(cli.output.told(error))
        raise SystemExit(cli.output.COULD_NOT_RUN) from None


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
    """Where cdsync is its own application: mounted, its host knows what stands in front of it."""
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


__all__ = ["CdSync", "or_sentence"]

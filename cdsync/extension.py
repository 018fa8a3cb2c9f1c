"""CdSync, the Flask extension: wires cdsync into an app of its own, or mounts it under a prefix of somebody else's.

The only place that wires things, with `web.serving` for the pages; it holds no rule about orders.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.ctx import AppContext
from werkzeug.local import LocalProxy
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from . import cli, terminal
from .cli import output
from .config import configure
from .db import db
from .errors import ConfigError
from .installation import private_files

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


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

    `CdSync(app, pages=False)`: an application of its own without pages, for commands and workers, which serve none.
    """

    app: Flask

    def __init__(self, app: Flask | None = None, url_prefix: str = "", *, pages: bool = True) -> None:
        self.url_prefix, self.pages = url_prefix, pages
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
            self._wire(app, pages=self.pages)
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

    def _wire(self, app: Flask, *, shared: bool = False, pages: bool = True) -> None:
        configure(app, shared=shared)
        app.template_folder = str(folder("templates"))
        app.static_folder = str(folder("static"))
        db.init_app(app)
        app.extensions["migrate"] = LocalProxy(lambda: _migrations(app))
        if pages:
            # Found when asked for: neither a command nor a worker loads what the pages are made of.
            import_module("cdsync.web.serving").wire(app, shared=shared)


def _migrations(app: Flask) -> Any:
    """Flask-Migrate's own record of the app, in the place of what asks for it first: Alembic is not loaded before."""
    migrate = import_module("flask_migrate").Migrate
    migrate(app, db, directory=str(folder("migrations")), render_as_batch=True)
    return app.extensions["migrate"]


def or_sentence(create: Callable[[], Flask]) -> Flask:
    """The app; or, when its environment is wrong, the end of this process with a sentence instead of a stack trace."""
    try:
        return create()
    except ConfigError as error:
        output.complain(output.told(error))
        raise SystemExit(output.COULD_NOT_RUN) from None


__all__ = ["CdSync", "or_sentence"]

"""cdsync on its own: `flask --app app …`, the web server, the worker and the scheduler all begin here. No logic."""

from __future__ import annotations

from typing import Any

from flask import Flask

from cdsync.extension import CdSync, or_sentence


def create_app(instance_path: str | None = None, **overrides: Any) -> Flask:
    """The application, configured from the environment; `overrides` are config keys that win over it.

    instance_path: an absolute folder for SQLite, the Redis socket and the generated key; `instance/` when not given.
    """
    app = Flask(__name__, instance_path=instance_path)
    app.config.update(overrides)
    CdSync(app)
    return app


def __getattr__(name: str) -> Flask:
    """`app:app` for WSGI servers, built when first asked for: importing this module touches no file."""
    if name == "app":
        app = globals()["app"] = or_sentence(create_app)
        return app
    raise AttributeError(name)

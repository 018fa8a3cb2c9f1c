"""cdsync's own application: commands, the web server, the worker and the scheduler all begin here. No logic."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

from flask import Flask

from .errors import ConfigError
from .extension import CdSync

HOST = "CDSYNC_APP"  # "package.module:attribute" of the app that cdsync is mounted in
INSTANCE = "CDSYNC_INSTANCE"  # the folder for SQLite, the Redis socket and the generated key


def create_app(instance_path: str | None = None, *, pages: bool = True, **overrides: Any) -> Flask:
    """The application, configured from the environment; `overrides` are config keys that win over it.

    instance_path: an absolute folder for SQLite, the Redis socket and the generated key; `instance_folder()` when not
    given. pages: whether it is going to serve any; without, it knows settings, database and commands, and starts in a
    fraction of the time. Raises ConfigError for what is wrong in the environment.
    """
    app = Flask("cdsync", instance_path=instance_path or str(instance_folder()))
    app.config.update(overrides)
    CdSync(app, pages=pages)
    return app


def of_this_process() -> Flask:
    """The application that commands, worker and scheduler work for, which serve no pages: the host's mounted cdsync
    where CDSYNC_APP names a host.

    Raises ConfigError("config.host_app_wrong") when the name leads to no Flask app with cdsync in it.
    """
    name = os.environ.get(HOST, "").strip()
    return _mounted(name) if name else create_app(pages=False)


def instance_folder() -> Path:
    """Where this installation keeps its files: CDSYNC_INSTANCE; else `instance/` of the clone; installed from a
    wheel, a folder of the person's own that does not depend on where a command is called from."""
    if chosen := os.environ.get(INSTANCE, "").strip():
        return Path(chosen).expanduser().absolute()
    clone = Path(__file__).parents[1]
    if (clone / "app.py").exists() and (clone / "templates").is_dir():
        return clone / "instance"
    data = os.environ.get("XDG_DATA_HOME", "").strip()
    return (Path(data) if data else Path.home() / ".local" / "share") / "cdsync"


def _mounted(name: str) -> Flask:
    module, _, attribute = name.partition(":")
    try:
        found: Any = getattr(importlib.import_module(module), attribute or "app")
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError("config.host_app_wrong", app=name, reason=str(error)) from error
    host = found if isinstance(found, Flask) else found() if callable(found) else None
    extension = host.extensions.get("cdsync") if isinstance(host, Flask) else None
    if not isinstance(extension, CdSync):
        raise ConfigError("config.host_app_wrong", app=name, reason="no Flask app with cdsync mounted in it")
    return extension.app

"""cdsync in a clone: `flask --app app …` and `app:app` for WSGI servers. All else is in `cdsync.application`."""

from __future__ import annotations

from flask import Flask

from cdsync.application import create_app
from cdsync.extension import or_sentence


def __getattr__(name: str) -> Flask:
    """`app:app` for WSGI servers, built when first asked for: importing this module touches no file."""
    if name == "app":
        app = globals()["app"] = or_sentence(create_app)
        return app
    raise AttributeError(name)


__all__ = ["create_app"]

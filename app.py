"""cdsync in a clone: `flask --app app …` and `app:app` for WSGI servers. All else is in `cdsync.application`."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import FlaskGroup

from cdsync.application import create_app
from cdsync.extension import or_sentence


def __getattr__(name: str) -> Flask:
    """`app:app` for WSGI servers, built when first asked for: importing this module touches no file."""
    if name == "app":
        app = globals()["app"] = or_sentence(lambda: create_app(pages=not _for_a_command_alone()))
        return app
    raise AttributeError(name)


def _for_a_command_alone() -> bool:
    """Whether `flask` looks for a command of ours: none of them serves pages.

    What does (`flask run`), or shows them (`flask routes`), is found without the app, and is the one that asks for it.
    Other servers ask from no context of `flask`.
    """
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)


__all__ = ["create_app"]

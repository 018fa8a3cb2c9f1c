"""The border towards browsers: what no text holds is refused before a page sees it. Reads nothing but the request."""

from __future__ import annotations

from flask import Flask, abort, request

SAYS_IT_ITSELF = "settings."  # the form of settings checks every value and names the field


def register(app: Flask) -> None:
    app.before_request(_refuse_no_text)


def _refuse_no_text() -> None:
    """NUL in an address, a query or a form: PostgreSQL takes it in no text, and nobody types it."""
    given = request.args if (request.endpoint or "").startswith(SAYS_IT_ITSELF) else request.values
    values = (each for key, several in given.lists() for each in (key, *several))
    if any("\x00" in each for each in (request.path, *values)):
        abort(400)

"""The border towards browsers: what no text holds gets no further. Reads nothing but the request."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict

NUL = "\x00"
SAYS_IT_ITSELF = "settings."  # the form of settings checks every value and names the field


def register(app: Flask) -> None:
    app.before_request(_let_no_nul_in)


def _let_no_nul_in() -> None:
    """PostgreSQL takes NUL in no text, and nobody types it: not asked in a query, a mistake everywhere else."""
    known = [(key, value) for key, value in request.args.items(multi=True) if NUL not in key + value]
    request.args = ImmutableMultiDict(known)
    form = {} if (request.endpoint or "").startswith(SAYS_IT_ITSELF) else request.form
    sent = [text for key in form for text in (key, *request.form.getlist(key))]
    if any(NUL in text for text in (request.path, *sent)):
        abort(400)

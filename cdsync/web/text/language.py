"""gettext and ngettext with types: words in the reader's language. Says nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import flask_babel
from flask import Flask, Request, has_request_context, request

T = TypeVar("T")
_KEPT = "cdsync.kept"  # in a request's environ


def once(name: str, make: Callable[[], T]) -> T:
    """What stays the same while a page is drawn, made once: who reads it, and in which language. Lists ask hundreds of
    times. A request that acts may change both, and keeps nothing."""
    if not has_request_context():
        return make()
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # once: asked by the hundred
    if asked.method != "GET":
        return make()
    kept: dict[str, Any] = asked.environ.setdefault(_KEPT, {})
    if name not in kept:
        kept[name] = make()
    found: T = kept[name]
    return found


def register(app: Flask) -> None:
    """Lets templates ask for the reader's language once a page: Flask-Babel asks for it at each word."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _translations().ugettext(text),
        ngettext=lambda singular, plural, number: _translations().ungettext(singular, plural, number),
        newstyle=True,
    )


def _translations() -> Any:
    return once("translations", flask_babel.get_translations)


def locale_name() -> str:
    """The reader's language: "en"."""
    return once("locale", lambda: str(flask_babel.get_locale() or "en"))


def _(text: str, /, **values: Any) -> str:
    """The text in the reader's language, %(name)s filled in."""
    words = _translations().ugettext(text)
    return str(words % values if values else words)


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """The text that fits the number, in the reader's language; %(num)s is the number unless given otherwise."""
    text = str(_translations().ungettext(singular, plural, number))
    return text % {"num": number, **values}

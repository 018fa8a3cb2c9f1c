"""gettext and ngettext with types: words in the reader's language. Says nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import flask_babel
from flask import has_request_context, request

T = TypeVar("T")
_KEPT = "cdsync.kept"  # in a request's environ


def once(name: str, make: Callable[[], T]) -> T:
    """What stays the same while a page is drawn, made once: who reads it, and in which language. Lists ask hundreds of
    times. A request that acts may change both, and keeps nothing."""
    if not has_request_context() or request.method != "GET":
        return make()
    kept: dict[str, Any] = request.environ.setdefault(_KEPT, {})
    if name not in kept:
        kept[name] = make()
    found: T = kept[name]
    return found


def locale_name() -> str:
    """The reader's language: "en"."""
    return once("locale", lambda: str(flask_babel.get_locale() or "en"))


def _(text: str, /, **values: Any) -> str:
    """The text in the reader's language, %(name)s filled in."""
    words = once("translations", flask_babel.get_translations).ugettext(text)
    return str(words % values if values else words)


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """The text that fits the number, in the reader's language; %(num)s is the number unless given otherwise."""
    text = str(once("translations", flask_babel.get_translations).ungettext(singular, plural, number))
    return text % {"num": number, **values}

"""gettext and ngettext with types: words in the reader's language. Says nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, cast

import flask_babel
from babel.numbers import get_group_symbol
from flask import Flask, Request, has_request_context, request
from jinja2 import pass_context
from jinja2.runtime import Context

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
    plain = cast(Callable[..., Any], app.jinja_env.globals["ngettext"])

    @pass_context
    def with_thousands_marked(context: Context, singular: str, plural: str, number: int, **values: Any) -> Any:
        return plain(context, singular, plural, number, **{"num": counted(number), **values})

    app.jinja_env.globals["ngettext"] = with_thousands_marked


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
    return text % {"num": counted(number), **values}


def counted(number: int) -> str:
    """A number with thousands marked as the reader does: "1,234"."""
    return f"{number:,}".replace(",", _group_symbol(locale_name())) if number >= 1000 else str(number)


@lru_cache(maxsize=16)
def _group_symbol(locale: str) -> str:
    return get_group_symbol(locale)

"""gettext and ngettext with types: words in the reader's language. Says nothing itself."""

from __future__ import annotations

from typing import Any

import flask_babel


def _(text: str, /, **values: Any) -> str:
    """The text in the reader's language, %(name)s filled in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """The text that fits the number, in the reader's language; %(num)s is the number unless given otherwise."""
    text = str(flask_babel.get_translations().ungettext(singular, plural, number))
    return text % {"num": number, **values}

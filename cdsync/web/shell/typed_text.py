"""The border towards browsers: what no database holds gets no further. Reads nothing but the request.

PostgreSQL takes NUL in no text and SQLite no number past 64 bits. Pages ask `row_number` and `page_number` for what is
sent in a query or a form; in an address `<int:…>` is such a number, and anything else is no address.
"""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map

NUL = "\x00"
SAYS_IT_ITSELF = "settings."  # the form of settings checks every value and names the field
LAST_ROW = 2**31 - 1  # what an INTEGER of PostgreSQL holds
LAST_PAGE = 999_999
MOST_TICKED = 10_000


class RowNumber(IntegerConverter):
    """`<int:…>`: a number that a row may have. Others are not even read: Python refuses some thousand digits."""

    regex = r"\d{1,10}"

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = LAST_ROW) -> None:
        super().__init__(map, fixed_digits, min, max)


def register(app: Flask) -> None:
    """Before any address is added: what `<int:…>` means."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_let_no_nul_in)


def row_number(text: str | None) -> int | None:
    """The number of a row that was typed or sent; None for what is none, or more than a database counts to."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > len(str(LAST_ROW)):
        return None
    return int(text) if 0 < int(text) <= LAST_ROW else None


def row_numbers(texts: list[str]) -> list[int]:
    """Those of ticked boxes. Ends the request when there are more than any page has: a statement takes 65,535."""
    if len(texts) > MOST_TICKED:
        abort(400)
    return [number for text in texts if (number := row_number(text))]


def page_number(text: str | None) -> int:
    """The page of a list that was asked for: the first, when that is none."""
    number = row_number(text)
    return number if number and number <= LAST_PAGE else 1


def _let_no_nul_in() -> None:
    """Nobody types NUL: not asked in a query, a mistake everywhere else."""
    known = [(key, value) for key, value in request.args.items(multi=True) if NUL not in key + value]
    request.args = ImmutableMultiDict(known)
    form = {} if (request.endpoint or "").startswith(SAYS_IT_ITSELF) else request.form
    sent = [text for key in form for text in (key, *request.form.getlist(key))]
    if any(NUL in text for text in (request.path, *sent)):
        abort(400)

"""A table as a CSV file to download, the one way for all of them. What a cell looks like is `csv_cells`' business."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response, request
from flask_babel import get_locale

from cdsync import accounts
from cdsync.models import Account

from .account_words import full_name
from .csv_cells import dialect_of

OF_ACCOUNT = ("account", "rehearsal")  # the last columns


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], of: Account) -> Response:
    """Answers an account's `rows` as `name`.csv, with two columns that say which account it is.

    UTF-8 with a mark, so that spreadsheets read accents right; separator and decimal sign by the browser's language.
    Numbers have to come as numbers: a text that looks like one is kept text.
    Made at once, not streamed: the database session ends with the request, before a stream would be read.
    """
    last = (of.name, "yes" if of.rehearsal else "no")
    lines = _lines((*head, *OF_ACCOUNT), ((*row, *last) for row in rows))
    answer = Response("".join(lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(name, of)}.csv"'
    return answer


def file_name(name: str, of: Account) -> str:
    """A download's name; with the account's where accounts are named at all."""
    whose = re.sub(r"[^A-Za-z0-9._]+", "-", full_name(of)).strip("-") if accounts.are_named(of) else ""
    return f"{name}-{whose}" if whose else name


def _lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    dialect = dialect_of(_language())
    yield "\ufeff" + dialect.line(head)
    for row in rows:
        yield dialect.line(row)


def _language() -> str:
    """The browser's, for it is that of the computer and so of its spreadsheet; else the person's own."""
    best = next(iter(request.accept_languages.values()), "")
    return best or str(get_locale() or "en").replace("_", "-")

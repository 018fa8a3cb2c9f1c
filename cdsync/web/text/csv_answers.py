"""A table as a CSV file to download, the one way for all of them. What a cell looks like is `csv_cells`' business."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from flask import Response, copy_current_request_context, request
from flask_babel import get_locale

from cdsync import accounts
from cdsync.db import reading
from cdsync.models import Account

from .account_words import full_name
from .csv_cells import dialect_of

OF_ACCOUNT = ("account", "rehearsal")  # the last columns
AT_ONCE = 500  # rows of a portion


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], of: Account) -> Response:
    """Answers an account's `rows` as `name`.csv, with two columns that say which account it is.

    UTF-8 with a mark, so that spreadsheets read accents right; separator and decimal sign by the browser's language.
    Numbers have to come as numbers: a text that looks like one is kept text.
    Sent as it is read, some hundred rows at a time: however many there are, those are in memory and nothing else is.
    Each portion is read in a context and a database session of its own, which end before it is sent, so that nothing
    stays open for as long as a browser takes. Whatever `rows` goes on with has to be values, not rows of a session.
    """
    last = (of.name, "yes" if of.rehearsal else "no")
    there = ((*row, *last) for row in rows)
    portion = copy_current_request_context(lambda: _read(there))
    answer = Response(_lines((*head, *OF_ACCOUNT), portion), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(name, of)}.csv"'
    return answer


def file_name(name: str, of: Account) -> str:
    """A download's name; with the account's where accounts are named at all."""
    whose = re.sub(r"[^A-Za-z0-9._]+", "-", full_name(of)).strip("-") if accounts.are_named(of) else ""
    return f"{name}-{whose}" if whose else name


def _read(rows: Iterator[Sequence[Any]]) -> list[Sequence[Any]]:
    with reading():
        return list(islice(rows, AT_ONCE))


def _lines(head: Sequence[str], portion: Callable[[], list[Sequence[Any]]]) -> Iterator[str]:
    """What is asked of the request is asked at once, before it is over."""
    dialect = dialect_of(_language())

    def lines() -> Iterator[str]:
        yield "\ufeff" + dialect.lines([head])
        while rows := portion():
            yield dialect.lines(rows)

    return lines()


def _language() -> str:
    """The browser's, for it is that of the computer and so of its spreadsheet; else the person's own."""
    best = next(iter(request.accept_languages.values()), "")
    return best or str(get_locale() or "en").replace("_", "-")

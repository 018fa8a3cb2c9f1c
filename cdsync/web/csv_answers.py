"""A table as a CSV file to download. Cells that a spreadsheet would run as a formula are made plain text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response

from cdsync import accounts
from cdsync.models import Account

from .account_words import full_name

OF_ACCOUNT = ("account", "rehearsal")  # the last columns
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], of: Account) -> Response:
    """Answers an account's `rows` as `name`.csv, with two columns that say which account it is.

    UTF-8 with a mark, so that spreadsheets read accents right.
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
    yield "\ufeff" + _line(head)
    for row in rows:
        yield _line([_plain(cell) for cell in row])


def _line(cells: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _plain(cell: Any) -> str:
    """The cell as text; a leading sign that starts a formula gets an apostrophe before it (numbers stay numbers)."""
    text = "" if cell is None else str(cell)
    if text.startswith(_FORMULA) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()

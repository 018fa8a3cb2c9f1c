"""A table as a CSV file to download. Cells that a spreadsheet would run as a formula are made plain text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Answers `rows` as `name`.csv; UTF-8 with a mark, so that spreadsheets read accents right.

    Made at once, not streamed: the database session ends with the request, before a stream would be read.
    """
    answer = Response("".join(_lines(head, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


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

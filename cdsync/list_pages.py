"""How lists are cut into pages of 50. Reads only; knows no table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select

from .db import db

ROWS_ON_A_PAGE = 50


def page_of(query: Select[Any], number: int, *, total: int | None = None) -> Pagination:
    """One page of 50 of a sorted query, from 1 on; past the end it is the last one.

    The items are the first column of each row: one of several columns is a Bundle. total: how many rows there are,
    where that is known; else they are counted. Two statements at most, and two more past the end.
    """
    found = db.paginate(query, page=number, per_page=ROWS_ON_A_PAGE, error_out=False, count=total is None)
    if total is not None:
        found.total = total
    return page_of(query, found.pages, total=found.total) if found.page > max(1, found.pages) else found


class _Read(Pagination):
    """A page that was read already."""

    def _query_items(self) -> list[Any]:
        return list(self._query_args["items"])

    def _query_count(self) -> int:
        return int(self._query_args["total"])


def number_within(number: int, total: int) -> int:
    """The number of the page shown where this one is asked for, of so many rows: past the end it is the last one."""
    return min(max(1, number), max(1, -(-total // ROWS_ON_A_PAGE)))


def page_of_items(items: list[Any], number: int, total: int) -> Pagination:
    """The page of this number, whose items are at hand already, of so many in all."""
    return _Read(page=number, per_page=ROWS_ON_A_PAGE, items=items, total=total)


def page_of_ids(
    ids: Callable[[int, int, bool], Select[int]], read: Callable[[Select[int]], list[Any]], number: int, total: int
) -> Pagination:
    """As `page_of`, for a list that may be long: skips ids alone, by the index they are sorted by, and at most half.

    ids: of (offset, limit, from the end) the ids of so many rows, counted from that end; read: the rows, sorted.
    """
    number = number_within(number, total)
    before = (number - 1) * ROWS_ON_A_PAGE
    rows = min(ROWS_ON_A_PAGE, max(0, total - before))
    near = before <= total // 2
    items = read(ids(before if near else total - before - rows, rows, not near)) if rows else []
    return page_of_items(items, number, total)

"""What an address asks of a list of orders, between the address of the page and the domain's filter. No database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cdsync.db import now
from cdsync.order_lists import tabs
from cdsync.order_lists.order_filter import OrderFilter

from ..shell.access import sees_customers
from ..shell.typed_text import page_number, row_number
from ..text.formats import local, zone

DATES = ("today", "yesterday", "7", "30")  # presets; numbers are days back
SAME_SORT = {"ship_by": tabs.DEADLINE, "accept_by": tabs.DEADLINE}
KEYS = ("tab", "q", "problem", "date", "from", "to", "sort", "page", "run")


@dataclass(frozen=True)
class ListQuery:
    """The values of the address, each one usable: what makes no sense counts as not query."""

    tab: str
    q: str = ""
    problem: str = ""
    date: str = ""
    since: dt.date | None = None
    until: dt.date | None = None  # the last day, included
    sort: str = ""
    page: int = 1
    run: int | None = None

    def as_filter(self) -> OrderFilter:
        """For the domain: days become moments of the reader's zone."""
        first, last = self._days()
        return OrderFilter(
            tab=self.tab,
            search=self.q,
            problem=self.problem,
            since=_midnight(first) if first else None,
            until=_midnight(last + dt.timedelta(days=1)) if last else None,
            sort=self.sort,
            page=self.page,
            run=self.run,
            buyers=sees_customers(),
        )

    def args(self, **changed: Any) -> dict[str, Any]:
        """The query of an address for this, with changes; a change to what is listed goes back to page 1."""
        query = replace(self, **({"page": 1} | changed)) if changed else self
        values = {
            "tab": query.tab,
            "q": query.q or None,
            "problem": query.problem or None,
            "date": query.date or None,
            "from": query.since and query.since.isoformat(),
            "to": query.until and query.until.isoformat(),
            "sort": query.sort or None,
            "page": query.page if query.page > 1 else None,
            "run": query.run,
        }
        return {key: value for key, value in values.items() if value is not None}

    def cleared(self) -> ListQuery:
        """The same tab with nothing filtered."""
        return ListQuery(tab=self.tab, sort=self.sort)

    def _days(self) -> tuple[dt.date | None, dt.date | None]:
        today = local(now()).date()
        if self.date == "today":
            return today, today
        if self.date == "yesterday":
            return today - dt.timedelta(days=1), today - dt.timedelta(days=1)
        if self.date:
            return today - dt.timedelta(days=int(self.date) - 1), None
        return self.since, self.until


def read_query(values: Mapping[str, str], otherwise: str = tabs.ALL) -> ListQuery:
    """Reads an address or a form; `otherwise` is the tab when none is named."""
    tab = values.get("tab", "")
    sort = SAME_SORT.get(values.get("sort", ""), values.get("sort", ""))
    return ListQuery(
        tab=tab if tab in tabs.TABS else otherwise,
        q=values.get("q", "").strip()[:10_000],
        problem=values.get("problem", "")[:64],
        date=values["date"] if values.get("date") in DATES else "",
        since=_date(values.get("from")),
        until=_date(values.get("to")),
        sort=sort if sort in tabs.SORTS else "",
        page=page_number(values.get("page")),
        run=row_number(values.get("run")),
    )


def _date(text: str | None) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1970 < found.year < 9000 else None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone()).astimezone(dt.UTC)

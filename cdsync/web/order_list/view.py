"""The list of orders: tabs, search, filters, rows that change while a run works, and what can be done with those.

Starts nothing (`actions`); what is in a list is the business of `cdsync.order_lists.listing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import Response, render_template, request
from flask_sqlalchemy.pagination import Pagination
from werkzeug.datastructures import MultiDict

from cdsync.db import db
from cdsync.models import Order, Run
from cdsync.order_lists import listing, selection, selection_counts, tabs
from cdsync.order_lists.order_filter import OrderFilter, searched
from cdsync.order_lists.search import MOST_FOUND
from cdsync.order_lists.selection import Selection
from cdsync.order_lists.selection_counts import SelectionCounts
from cdsync.order_lists.standing import Standing, standing
from cdsync.runs.lists import open_and_last_ended

from ..shell import frame
from ..shell.access import is_merchant, sees_customers
from ..shell.parts import page_or_part, part_only, wants_part
from ..shell.typed_text import row_numbers
from . import words as list_words
from .bulk_buttons import EVERYTHING, LISTS_OF_WORK, NOTHING, SOME, Bar, bar
from .query import ListQuery, read_query

WORK_FIRST = (tabs.TO_ACCEPT, tabs.TO_IMPORT, tabs.PROBLEMS, tabs.WAITING)


@dataclass
class OrderList:
    """Everything the list shows, read when the template asks."""

    account_id: int
    query: ListQuery

    @cached_property
    def standing(self) -> Standing:
        """Whatever is filtered."""
        return standing(self.account_id)

    @cached_property
    def filter(self) -> OrderFilter:
        """What is asked for, the search asked already."""
        return searched(self.account_id, self.query.as_filter())

    @cached_property
    def counts(self) -> dict[str, int]:
        return listing.counts(self.account_id, self.filter, self.standing)

    @property
    def total(self) -> int | None:
        """How many orders the list holds, if that is known without it."""
        return self.counts[self.query.tab] if self.query.run is None else None

    @cached_property
    def page(self) -> Pagination:
        return listing.page(self.account_id, self.filter, self.total)

    @cached_property
    def doing(self) -> dict[int, tuple[str, str]]:
        """(operation, outcome) by order id: those orders of the page that a run has in hand or in line."""
        if not self.running and self.query.run is None:
            return {}
        known = listing.doing(self.account_id, [order.id for order in self.page], self.query.run)
        return {order_id: doing for order_id, doing in known.items() if doing[1] in ("working", "pending")}

    @cached_property
    def _runs(self) -> list[Run]:
        return open_and_last_ended(self.account_id, ("lookup",))

    @property
    def running(self) -> list[Run]:
        """The open runs of the account, oldest first."""
        return [run for run in self._runs if run.open]

    @cached_property
    def ended(self) -> Run | None:
        """The run started from this list, once it has ended."""
        if self.query.run is None:
            return None
        run = db.session.get(Run, self.query.run)
        return run if run and run.account_id == self.account_id and not run.open else None

    @property
    def last_lookup(self) -> Run | None:
        return next((run for run in self._runs if not run.open), None)

    @property
    def nothing(self) -> list_words.Nothing:
        """What to say where no order is listed."""
        if self.query.as_filter().narrows:
            return list_words.nothing_matches(self.query, self.counts[tabs.ALL], buyers=sees_customers())
        if self.last_lookup is None:
            return list_words.nothing_yet(being_read=any(run.operation == "lookup" for run in self.running))
        return list_words.nothing_left(self.query.tab)

    @property
    def more_match(self) -> str:
        """What to say where more orders match than are listed; "" where all are."""
        return "" if self.filter.lists_all(self.query.tab) else list_words.more_match(MOST_FOUND)

    @property
    def problem_choices(self) -> list_words.Pairs:
        return list_words.problem_choices(self.standing.codes, self.query.problem)

    @property
    def tab_words(self) -> list_words.Pairs:
        return list_words.tab_words()

    @property
    def time_column(self) -> str:
        return list_words.time_column(self.query.tab)

    @property
    def date_choices(self) -> list_words.Pairs:
        return list_words.date_choices()

    @property
    def sort(self) -> str:
        """The sorting chosen, "" for what the list does by itself."""
        return "" if self.query.sort == tabs.default_sort(self.query.tab) else self.query.sort

    @property
    def sort_choices(self) -> list_words.Pairs:
        return list_words.sort_choices(self.query.tab, buyers=sees_customers())

    def shows_shop_order(self, order: Order) -> bool:
        """Whether a row tells which shop order it has become, rather than until when something is due."""
        past = (tabs.IMPORTED, tabs.SHIPPED)
        return self.query.tab in past or order.state in past


@dataclass(frozen=True)
class Ticked:
    """What is ticked: "some" orders, "all" that match, or "none" (then the buttons offer all that match)."""

    scope: str
    selection: Selection
    counts: SelectionCounts


def page() -> Response:
    """GET /orders: the tab named; else, without a search, the first one where there is something to do."""
    shown = OrderList(frame.account().id, read_query(request.args))
    if not (request.args.get("tab") in tabs.TABS or shown.query.as_filter().narrows):
        first = next((tab for tab in WORK_FIRST if shown.standing.tabs[tab]), tabs.ALL)
        shown.query = read_query(request.args, otherwise=first)
    none = Selection(shown.filter)
    ticked = Ticked(NOTHING, none, _offered(shown.account_id, none))
    response = page_or_part("order_list/page.html", "order_list/_list.html", list=shown, bar=_bar(shown, ticked))
    if wants_part():
        head = render_template("order_list/_last_lookup.html", list=shown, out_of_band=True)
        response.set_data(response.get_data(as_text=True) + head)
    return response


def _offered(account_id: int, everything: Selection) -> SelectionCounts:
    """What the bar is made from with nothing ticked: a list that is no work waits for ticks, and says no numbers."""
    if everything.wanted.tab in LISTS_OF_WORK:
        return selection_counts.count(account_id, everything, only_work=True)
    return selection_counts.any_work(account_id, everything.wanted)


def ticked_bar() -> Response:
    """GET /orders/selection: the bar over the table, for what is ticked now."""
    wanted = read_query(request.args)
    shown = OrderList(frame.account().id, wanted)
    ticked = read_ticked(request.args, wanted, or_all=True, searched=shown.filter)
    return part_only("order_list/_bar.html", list=shown, bar=_bar(shown, ticked))


def _bar(shown: OrderList, ticked: Ticked) -> Bar:
    total = shown.page.total if shown.total is None else shown.total
    count = ticked.counts.count if ticked.scope == EVERYTHING else total
    busy = [run.operation for run in shown.running] if ticked.scope == NOTHING else []
    return bar(ticked.scope, ticked.counts, tab=shown.query.tab, total=count or 0, busy=busy, merchant=is_merchant())


def refusal() -> Response:
    """GET /orders/refusal: asks once more, naming what follows; HTMX shows it in the place of the bar."""
    wanted = read_query(request.args)
    ticked = read_ticked(request.args, wanted)
    shown = OrderList(frame.account().id, wanted)
    response = page_or_part("order_list/refusal.html", "order_list/_refusal.html", list=shown, ticked=ticked)
    response.headers["HX-Retarget"] = "#orders-actions"
    response.headers["HX-Reswap"] = "innerHTML"
    response.headers["HX-Replace-Url"] = "false"
    return response


def read_ticked(
    values: MultiDict[str, str], wanted: ListQuery, *, or_all: bool = False, searched: OrderFilter | None = None
) -> Ticked:
    """What a form or address chose: ticked ids, or all that match when `scope` says so.

    or_all: with nothing ticked all that match are meant, as the buttons say then. searched: `wanted` as a filter, where
    its search was asked already.
    """
    account_id = frame.account().id
    ids = row_numbers(values.getlist("id"))
    if values.get("scope") == "all" or (or_all and not values.getlist("id")):
        selected = Selection(searched or wanted.as_filter())
        scope = EVERYTHING if values.get("scope") == "all" else NOTHING
        counts = _offered(account_id, selected) if scope == NOTHING else selection_counts.count(account_id, selected)
        return Ticked(scope, selected, counts)
    selected = selection.of_ids(ids, wanted.as_filter())
    return Ticked(SOME, selected, selection_counts.count(account_id, selected))

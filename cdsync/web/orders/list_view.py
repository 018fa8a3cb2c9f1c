"""The list of orders: tabs, search, filters, rows that change while a run works, and what can be done with a choice.

Starts nothing (`order_actions`); what is in a list is the business of `cdsync.order_lists.listing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import Response, render_template, request
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from cdsync.db import db
from cdsync.models import Run
from cdsync.order_lists import listing, selecting, tabs
from cdsync.order_lists.selecting import Chosen, Selection

from ..shell import frame
from ..shell.parts import page_or_part, part_only, wants_part
from ..shell.typed_text import row_numbers
from .filter import Asked, asked

WORK_FIRST = (tabs.TO_ACCEPT, tabs.TO_IMPORT, tabs.PROBLEMS, tabs.WAITING)


@dataclass
class OrderList:
    """Everything the list shows, read when the template asks."""

    account_id: int
    asked: Asked

    @cached_property
    def counts(self) -> dict[str, int]:
        return listing.counts(self.account_id, self.asked.as_filter())

    @cached_property
    def page(self) -> Pagination:
        return listing.page(self.account_id, self.asked.as_filter())

    @cached_property
    def doing(self) -> dict[int, tuple[str, str]]:
        """(operation, outcome) by order id: what runs do with the orders of the page."""
        return listing.doing(self.account_id, [order.id for order in self.page], self.asked.run)

    @cached_property
    def problem_codes(self) -> list[tuple[str, int]]:
        return listing.problem_codes(self.account_id)

    @cached_property
    def running(self) -> list[Run]:
        """The open runs of the account, oldest first."""
        query = select(Run).where(Run.account_id == self.account_id, Run.open.is_(True)).order_by(Run.id)
        return list(db.session.scalars(query))

    @cached_property
    def ended(self) -> Run | None:
        """The run started from this list, once it has ended."""
        if self.asked.run is None:
            return None
        run = db.session.get(Run, self.asked.run)
        return run if run and run.account_id == self.account_id and not run.open else None

    @cached_property
    def last_lookup(self) -> Run | None:
        query = select(Run).where(Run.account_id == self.account_id, Run.operation == "lookup", Run.open.is_(False))
        return db.session.scalar(query.order_by(Run.id.desc()).limit(1))

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever looked up: the first thing to do is another one then."""
        return not self.page.total and not self.asked.as_filter().narrows and self.last_lookup is None


@dataclass(frozen=True)
class Choice:
    """What is ticked: "some" orders, "all" that match, or "none" (then the buttons offer all that match)."""

    scope: str
    chosen: Chosen
    selection: Selection


def page() -> Response:
    """GET /orders"""
    wanted = _asked_or_work()
    shown = OrderList(frame.account().id, wanted)
    none = Chosen(wanted.as_filter())
    choice = Choice("none", none, selecting.selection(shown.account_id, none))
    response = page_or_part("orders/page.html", "orders/_list.html", list=shown, choice=choice)
    if wants_part():
        head = render_template("orders/_last_lookup.html", list=shown, out_of_band=True)
        response.set_data(response.get_data(as_text=True) + head)
    return response


def selection() -> Response:
    """GET /orders/selection: the bar over the table, for what is ticked now."""
    wanted = asked(request.args)
    choice = read_choice(request.args, wanted, or_all=True)
    return part_only("orders/_bar.html", list=OrderList(frame.account().id, wanted), choice=choice)


def refusal() -> Response:
    """GET /orders/refusal: asks once more, naming what follows; HTMX shows it in the place of the bar."""
    wanted = asked(request.args)
    choice = read_choice(request.args, wanted)
    shown = OrderList(frame.account().id, wanted)
    response = page_or_part("orders/refusal.html", "orders/_refusal.html", list=shown, choice=choice)
    response.headers["HX-Retarget"] = "#orders-actions"
    response.headers["HX-Reswap"] = "innerHTML"
    response.headers["HX-Replace-Url"] = "false"
    return response


def read_choice(values: MultiDict[str, str], wanted: Asked, *, or_all: bool = False) -> Choice:
    """What a form or address chose: ticked ids, or all that match when `scope` says so.

    or_all: with nothing ticked all that match are meant, as the buttons say then.
    """
    account_id = frame.account().id
    ticked = row_numbers(values.getlist("id"))
    if values.get("scope") == "all" or (or_all and not values.getlist("id")):
        chosen = Chosen(wanted.as_filter())
        return Choice(
            "all" if values.get("scope") == "all" else "none", chosen, selecting.selection(account_id, chosen)
        )
    chosen = selecting.chosen_ids(ticked, wanted.as_filter())
    return Choice("some", chosen, selecting.selection(account_id, chosen))


def _asked_or_work() -> Asked:
    """The tab named; else, without a search, the first one where there is something to do."""
    wanted = asked(request.args)
    if request.args.get("tab") in tabs.TABS or wanted.as_filter().narrows:
        return wanted
    there = listing.counts(frame.account().id, wanted.as_filter())
    first = next((tab for tab in WORK_FIRST if there[tab]), tabs.ALL)
    return asked(request.args, otherwise=first)

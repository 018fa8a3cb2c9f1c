"""The page of one order, for whoever has to say what happened to it and to mend it. Starts nothing, changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Response, url_for
from sqlalchemy import exists, func, select

from cdsync import states
from cdsync.db import db, now
from cdsync.error_catalogue import entry_of
from cdsync.error_catalogue.articles.entry import Remedy
from cdsync.models import (
    OPEN_RUN,
    Account,
    ExchangeOrder,
    ImportStep,
    Order,
    OrderEvent,
    OrderLine,
    OrderRaw,
    Run,
    RunOrder,
)
from cdsync.order_lists import listing
from cdsync.order_lists.selection import RETRYABLE
from cdsync.orders.shop_side.money_proof import MoneyProof, money_proof

from ..order_list.offers import Offer, for_one
from ..shell import customer_data, frame, named_rows, outside
from ..shell.access import is_merchant
from ..shell.explaining import Explanation, explain
from ..shell.parts import page_or_part
from ..text.words import stops
from .words import Deadline, deadline_of

# What makes two addresses the same: an e-mail or phone given once only does not make them differ.
WHO_AND_WHERE = ("first_name", "last_name", "company", "vat_number", "lines", "postcode", "city", "country_code")


@dataclass
class OrderView:
    """Everything the page shows of one order, read when the template asks."""

    account: Account
    order: Order

    @cached_property
    def doing(self) -> tuple[str, str] | None:
        """(operation, outcome) while an open run has it; the page then asks for itself."""
        wanted = select(Run).where(Run.account_id == self.account.id, OPEN_RUN).order_by(Run.id)
        for run in db.session.scalars(wanted):
            mine = (RunOrder.run_id == run.id, RunOrder.order_id == self.order.id)
            outcome = db.session.scalar(select(RunOrder.outcome).where(*mine))
            if outcome in ("pending", "working"):
                return run.operation, str(outcome)
            if outcome is None and self.order.id in (run.wanted or ()):
                return run.operation, "pending"
        return None

    @cached_property
    def told(self) -> Explanation | None:
        """The article of its problem."""
        if self.order.problem_code is None:
            return None
        return explain(self.order.problem_code, self.order.problem_data or {}, orders=[self.order], overdue=self.stops)

    @property
    def stops(self) -> bool:
        """Whether a person has to do something, rather than wait."""
        return stops(self.order)

    @cached_property
    def alike(self) -> int:
        """How many other orders the same cause stops."""
        return len(listing.with_same_problem(self.order)) if self.order.problem_code else 0

    @property
    def can_retry(self) -> bool:
        return self.order.problem_operation in RETRYABLE

    @property
    def can_import_again(self) -> bool:
        """Whether its shop order is gone, so that a person may have it made once more."""
        gone = entry_of(self.order.problem_code).shop_order_is == "gone"
        return gone and self.order.state == states.IMPORTED

    @property
    def fix(self) -> Remedy:
        """Which control mends the problem right there."""
        return entry_of(self.order.problem_code).remedy

    @cached_property
    def proof(self) -> MoneyProof:
        return money_proof(self.order)

    @cached_property
    def marketplace_url(self) -> str:
        """Its page at the marketplace; "" when the settings do not allow to know it."""
        return outside.order_url(self.account, self.order.marketplace_ref)

    @cached_property
    def addresses(self) -> list[tuple[str, dict[str, Any]]]:
        """("shipping" | "billing", fields) that there are; billing only when it differs."""
        stored = self.order.addresses or {}
        shipping, billing = stored.get("shipping"), stored.get("billing")
        found = [("shipping", shipping)] if shipping else []
        same = billing and shipping and all(billing.get(name) == shipping.get(name) for name in WHO_AND_WHERE)
        found += [("billing", billing)] if billing and not same else []
        return [(which, customer_data.address(fields)) for which, fields in found]

    @property
    def bills_where_it_ships(self) -> bool:
        return [which for which, _fields in self.addresses] == ["shipping"]

    @property
    def corrections(self) -> list[dict[str, str]]:
        """What cleaning changed of the addresses."""
        return customer_data.corrections(self.order)

    @cached_property
    def hide(self) -> Callable[[str], str]:
        """Takes the buyer out of a text, where the person may not see who that is."""
        return customer_data.hider([self.order])

    @property
    def others_words(self) -> str:
        """What the other system said to it, in its own words."""
        data = self.order.problem_data or {}
        return self.hide(str(data.get("message") or data.get("detail") or ""))

    @cached_property
    def _story(self) -> list[tuple[OrderEvent, int | None]]:
        query = select(OrderEvent, Run.id).outerjoin(Run, Run.id == OrderEvent.run_id)
        mine = query.where(OrderEvent.order_id == self.order.id).order_by(OrderEvent.at, OrderEvent.id)
        return [(event, run_id) for event, run_id in db.session.execute(mine)]

    @property
    def events(self) -> list[OrderEvent]:
        return [event for event, _ in self._story]

    @cached_property
    def runs_kept(self) -> set[int]:
        """The runs of its story that still have a page."""
        return {run_id for _, run_id in self._story if run_id}

    @cached_property
    def kept(self) -> tuple[int, bool]:
        """How many requests about it are kept, and whether the marketplace's JSON is. One statement."""
        mine = ExchangeOrder.order_id == self.order.id
        exchanges = select(func.count()).select_from(ExchangeOrder).where(mine).scalar_subquery()
        row = db.session.execute(select(exchanges, exists().where(OrderRaw.order_id == self.order.id))).one()
        return int(row[0]), bool(row[1])

    @property
    def deadline(self) -> Deadline:
        return deadline_of(self.order)

    @property
    def offers(self) -> list[Offer]:
        """What can be done with it, while no run does something."""
        return [] if self.doing else for_one(self.order, merchant=is_merchant())

    @property
    def can_be_previewed(self) -> bool:
        return self.order.state == states.TO_IMPORT and not self.doing

    def is_short(self, line: OrderLine) -> bool:
        """Whether the shop has too few of a line that is not in the shop yet."""
        wanted = self.order.state in (states.TO_ACCEPT, states.ACCEPTED, states.TO_IMPORT)
        return wanted and line.stock is not None and line.stock < line.quantity

    def facts_of(self, step: ImportStep) -> list[tuple[str, str]]:
        """What a step of the import noted down, without the buyer."""
        plain = {name: value for name, value in step.data.items() if isinstance(value, str | int | float)}
        return [(name, self.hide(str(value))) for name, value in plain.items()]

    @property
    def retries_at(self) -> bool:
        """Whether it is tried again by itself, later."""
        return self.order.next_try_at is not None and self.order.next_try_at > now()


def page(ref: str) -> Response:
    """GET /orders/<ref>; ref: the marketplace's id or its reference."""
    return page_or_part("one_order/page.html", "one_order/_page.html", view=view_of(ref))


def refusal(ref: str) -> Response:
    """GET /orders/<ref>/refusal: asks once more, naming what follows."""
    return page_or_part("one_order/refusal.html", "one_order/_refusal.html", view=view_of(ref))


def view_of(ref: str) -> OrderView:
    """The order, and the account it is of."""
    order = named_rows.order(ref)
    return OrderView(frame.account(), order)


def address_of(order: Order) -> str:
    """The page's address."""
    return url_for("orders.order_page", ref=order.marketplace_ref)

"""What is thrown away with age, and what is never: the records beside the orders, of orders that are over.

Never thrown away, at any age: an order, its lines and shop orders. `import` asks them before it asks the shop, so an
order that is there never becomes a second one there. The journal (import_steps) says what an import that was broken
off has made already; it goes only where nothing can be begun again: the order is shipped, a state that no move leaves,
its shop order is known, and no step is without an answer. Nothing goes of an order that is open, has a problem, is
being worked on or is in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from cdsync import states
from cdsync.models import (
    Exchange,
    ExchangeOrder,
    ImportStep,
    Order,
    OrderEvent,
    OrderRaw,
    Reconciliation,
    Run,
    RunOrder,
    ShopOrder,
)
from cdsync.settings import KEEP, Field

Ages = Mapping[int, datetime]  # by account: what is older than this goes; an account that keeps all is not in it

_STEP = aliased(ImportStep)  # an order's steps, also where the rows gone through are steps
_IN_DOUBT = exists().where(_STEP.order_id == Order.id, _STEP.done_at.is_(None))
OVER = (
    Order.state.in_(sorted(states.ENDED)),
    Order.problem_code.is_(None),
    Order.next_try_at.is_(None),
    Order.claim_owner.is_(None),
    ~_IN_DOUBT,
)
_IN_SHOP_FOR_GOOD = (Order.state == states.SHIPPED, exists().where(ShopOrder.order_id == Order.id))


@dataclass(frozen=True)
class Kind:
    """Rows of one table. key: what they are gone through by; it grows with time, as `at` does but for a few of them.

    name: what they are called where it is said how many went. age: the setting that says when.
    """

    name: str
    age: Field
    model: Any
    key: Any
    at: Any
    account: Any
    goes: tuple[ColumnElement[bool], ...]  # besides being old enough
    since: Any = None  # when that began, where it is not `at`
    of_orders: bool = True

    def portion(self, after: int, ages: Ages, rows: int) -> Select[Any]:
        """(key, at, whether it goes) of the next rows; by the primary key."""
        moment = self.at if self.since is None else self.since
        old = or_(false(), *(and_(self.account == each, moment < before) for each, before in ages.items()))
        query = select(self.key, self.at, and_(old, *self.goes)).where(self.key > after)
        if self.of_orders:
            query = query.join(Order, Order.id == self.model.order_id)
        return query.order_by(self.key).limit(rows)


def _age(name: str) -> Field:
    return next(each for each in KEEP if each.name == name)


_OF_ORDERS_NOT_OVER = (
    exists()
    .where(ExchangeOrder.exchange_id == Exchange.id, Order.id == ExchangeOrder.order_id, ~and_(*OVER))
    .correlate(Exchange)
)
_NAMED = (
    exists().where(RunOrder.run_id == Run.id),
    exists().where(Exchange.run_id == Run.id),
    exists().where(Reconciliation.run_id == Run.id),
    exists().where(ImportStep.run_id == Run.id, ImportStep.done_at.is_(None)),  # whose turn at the stock it was
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "requests", _age("requests_days"), Exchange, Exchange.id, Exchange.at, Exchange.account_id,
        (~_OF_ORDERS_NOT_OVER,), of_orders=False,
    ),
    Kind(
        "orders' JSON", _age("json_days"), OrderRaw, OrderRaw.order_id, Order.found_at, Order.account_id, OVER,
        since=Order.state_since,
    ),
    Kind(
        "steps of imports", _age("steps_days"), ImportStep, ImportStep.id, ImportStep.begun_at, Order.account_id,
        (*OVER, *_IN_SHOP_FOR_GOOD), since=Order.state_since,
    ),
    Kind(
        "orders of runs", _age("runs_days"), RunOrder, RunOrder.id, RunOrder.at, Order.account_id, OVER,
    ),
    Kind(
        "events", _age("events_days"), OrderEvent, OrderEvent.id, OrderEvent.at, Order.account_id, OVER,
    ),
    Kind(
        "runs", _age("runs_days"), Run, Run.id, Run.queued_at, Run.account_id,
        (
            Run.open.is_(False),
            Run.id < select(func.max(Run.id)).scalar_subquery(),  # a number is not given twice
            *(~each for each in _NAMED),
        ),
        of_orders=False,
    ),
)  # fmt: skip

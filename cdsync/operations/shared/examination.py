"""The shop's checks before any write, over orders that could be imported or accepted. Counts no attempt.

Problems of an order are known before anyone tries: the first of them becomes the order's problem, and a problem
the checks had found earlier ends when they find none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session, selectinload

from cdsync import orders, resting, runs, states
from cdsync.connectors.base import Examination, OrderDraft
from cdsync.db import reading, transaction
from cdsync.error_catalogue import entry_of
from cdsync.errors import AccessRefusedError, CdsyncError, ConfigError, RejectedError, TemporaryError
from cdsync.models import ImportStep, Order

from .chunks import chunks
from .context import RunContext
from .outcome import STOPPED, WELL, Outcome

CHUNK_SIZE = 50


@dataclass(frozen=True)
class Candidate:
    """An order to check or import, as it stood before that: `Drafted` or `Faulty`."""

    order_id: int
    state: str
    problem_code: str | None


@dataclass(frozen=True)
class Drafted(Candidate):
    """What is to be made of it in the shop."""

    draft: OrderDraft


@dataclass(frozen=True)
class Faulty(Candidate):
    """Why nothing can be made of it."""

    fault: CdsyncError


@dataclass(frozen=True)
class Examined:
    """The problem code of each order that was checked (None: it could go on now)."""

    codes: Mapping[int, str | None]
    outcome: Outcome


def examine_open_orders(context: RunContext, among: Collection[int] | None = None) -> Outcome:
    """Checks what is to be imported, and what waits for acceptance; a side that is away is a warning on the run.

    among: only these, where anything is said.

    A shop that refuses its key is not asked each time again, unless a person wants to know.
    """
    if context.trigger in runs.BY_ITSELF and resting.SHOP in resting.of(context.account_id):
        return WELL
    try:
        found = _open_orders(context)
        return examine(context, [each for each in found if among is None or each in among]).outcome
    except AccessRefusedError as exc:
        resting.begin(context.account_id, exc)
        return context.warn(exc)
    except (ConfigError, TemporaryError) as exc:
        return context.warn(exc)


def examine(context: RunContext, order_ids: Sequence[int]) -> Examined:
    """Checks these orders and keeps what was found.

    Raises ConfigError and TemporaryError of the shop; problems are left as they are then.
    """
    codes: dict[int, str | None] = {}
    for chunk in chunks(order_ids, CHUNK_SIZE):
        candidates = candidates_for(context, chunk)
        drafts = [each.draft for each in candidates if isinstance(each, Drafted)]
        examinations = context.shop.examine(drafts, context.policy) if drafts else {}
        with transaction() as session:
            for each in candidates:
                code = _keep(session, context, each, examinations)
                codes[each.order_id] = code
                if code is not None and code != each.problem_code:
                    context.found_problem(session, each.order_id, code)
        if context.stopping():
            return Examined(codes, STOPPED)
    return Examined(codes, WELL)


def _keep(
    session: Session, context: RunContext, each: Drafted | Faulty, examinations: Mapping[str, Examination]
) -> str | None:
    operation = "accept" if each.state == states.TO_ACCEPT else "import"
    fault = each.fault if isinstance(each, Faulty) else None
    examination = examinations.get(each.draft.ref) if isinstance(each, Drafted) else None
    if examination is None:
        return orders.keep_check(session, each.order_id, fault, operation, context.found_by)
    if each.state == states.TO_ACCEPT:
        examination = _apart_from_address(examination)
    return orders.keep_examination(session, each.order_id, examination, operation, context.found_by)


def candidates_for(context: RunContext, order_ids: Sequence[int]) -> list[Drafted | Faulty]:
    """The drafts of these orders, or what is wrong with them, in the order asked for."""
    candidates: dict[int, Drafted | Faulty] = {}
    with reading() as session:
        mappings = orders.mappings_of(context.account_id)
        query = select(Order).where(Order.id.in_(order_ids)).options(selectinload(Order.lines))
        for order in session.scalars(query):
            due = order.state != states.TO_ACCEPT
            before = (order.id, order.state, order.problem_code)
            try:
                draft = orders.draft(order, context.account_settings, mappings=mappings, address_due=due)
            except RejectedError as exc:
                candidates[order.id] = Faulty(*before, exc)
            else:
                candidates[order.id] = Drafted(*before, draft)
    return [candidates[order_id] for order_id in order_ids if order_id in candidates]


def _apart_from_address(examination: Examination) -> Examination:
    problems = tuple(each for each in examination.problems if not entry_of(each.code).needs_address)
    return replace(examination, problems=problems)


def _open_orders(context: RunContext) -> list[int]:
    """Orders (of the chosen ones, if any) nobody has begun to import.

    What a begun import left behind would mislead the checks: the stock is taken already.
    """
    with reading() as session:
        begun = select(ImportStep.id).where(ImportStep.order_id == Order.id).exists()
        query = select(Order.id).where(
            Order.account_id == context.account_id,
            Order.state.in_((states.TO_IMPORT, states.TO_ACCEPT)),
            Order.status_known.is_(True),
            context.seller_home.is_here,
            or_(Order.problem_kind.is_(None), Order.problem_kind != "unknown"),
            ~begun,
            true() if context.wanted is None else Order.id.in_(context.wanted),
        )
        return list(session.scalars(query.order_by(Order.id)))

"""Import: makes the shop orders of paid, addressed marketplace orders, at most one each.

0. Shop orders that are gone, and that a person wants made anew, are ready to import again.
1. Which: chosen ones, or all that are due (nothing stops them, or the time of their next try has come).
2. Batches: claim by compare-and-set, drafts (a fault is that order's problem), then the shop connector, which checks,
   looks for what is there already, journals each step and answers order by order.
3. What is through is kept: shop order, move to `imported`, events, claim given back, in one commit for all that came
   through together (`keeping_imports`); or each one's problem by its class.
An order the marketplace ended while its import was under way is settled first: looked for in the shop.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdsync import orders, states
from cdsync.connectors import powers
from cdsync.connectors.base import Imported, NotImported
from cdsync.db import transaction
from cdsync.errors import CdsyncError, ConfigError, TemporaryError, UnknownOutcomeError

from .ended_meanwhile import settle_ended
from .import_again import ready_again
from .import_due import due_orders, ended_by_marketplace, is_begun
from .keeping_imports import Result, in_bursts, keep_one, keep_together
from .shared.claiming import claim_or_say_why, skip_others
from .shared.context import PROBLEM, RunContext
from .shared.examination import Drafted, Faulty, candidates_for
from .shared.outcome import STOPPED, WELL, Outcome
from .shared.record_outcome import give_back, record_failure
from .shared.strangers import leave_strangers
from .shared.unexpected import of_one_order

MOST_AT_ONCE = 50  # orders between two looks whether somebody wants it stopped


def run(context: RunContext) -> Outcome:
    """Raises ConfigError. A shop that is away ends it: orders not yet tried are left as they are."""
    ready_again(context)
    due = due_orders(context)
    context.expect(due)
    skip_others(context, due)
    here = leave_strangers(context, due, context.home) if due else []
    outcome = WELL
    while here:
        if context.stopping():
            return outcome + STOPPED
        size = min(powers.orders_at_once(context.shop), MOST_AT_ONCE)
        batch, here = here[:size], here[size:]
        outcome += import_batch(context, batch)
        if outcome.away:
            return outcome
    return outcome


def import_batch(context: RunContext, batch: Sequence[int]) -> Outcome:
    """One batch, from claim to result."""
    home = context.home
    with transaction() as session:
        claimed = claim_or_say_why(session, context, batch, states.TO_IMPORT, home)
    ended = ended_by_marketplace(claimed)
    outcome = WELL
    for order_id in ended:
        outcome += settle_ended(context, order_id)
    candidates = candidates_for(context, [order_id for order_id in claimed if order_id not in ended])
    for each in candidates:
        if isinstance(each, Faulty):
            outcome += record_failure(context, each.order_id, each.fault)
    return outcome + _import_all(context, [each for each in candidates if isinstance(each, Drafted)])


def _import_all(context: RunContext, candidates: Sequence[Drafted]) -> Outcome:
    """Hands the drafts to the shop; a failure of the whole call is each remaining order's own."""
    left = {each.draft.ref: each for each in candidates}
    outcome = WELL
    if not left:
        return outcome
    context.journal.look_up(left)
    try:
        results = context.shop.import_orders([each.draft for each in candidates], context.policy, context.journal)
        for several in in_bursts(results):
            outcome += _keep_all(context, left, several)
    except ConfigError as exc:
        for each in left.values():
            _stopped_by_a_setting(context, each.order_id, exc)
        raise
    except (TemporaryError, UnknownOutcomeError) as exc:
        for each in left.values():
            outcome += record_failure(context, each.order_id, exc)
        return outcome
    except CdsyncError as exc:  # one order's refusal, or a claim that was lost: whose it was shows one by one
        return outcome + _one_by_one(context, list(left.values()), exc)
    except Exception as exc:  # nobody foresaw it: the orders go on one by one, and the culprit keeps the problem
        bug = of_one_order(exc, context.run_id, "importing a batch")
        return outcome + Outcome(bug=bug) + _one_by_one(context, list(left.values()), bug)
    for each in left.values():  # the connector dropped it: its claim was lost
        give_back(context, each.order_id, "order.claimed")
    return outcome


def _one_by_one(context: RunContext, left: Sequence[Drafted], error: CdsyncError) -> Outcome:
    if len(left) == 1:
        return record_failure(context, left[0].order_id, error)
    outcome = WELL
    for each in left:
        outcome += _import_all(context, [each])
    return outcome


def _stopped_by_a_setting(context: RunContext, order_id: int, error: ConfigError) -> None:
    """No order's fault. One that was begun says so all the same: the shop may hold half of it, unpaid."""
    if not is_begun(order_id):
        give_back(context, order_id)
        return
    with transaction() as session:
        if orders.release(session, order_id, context.owner):
            orders.raise_problem(session, order_id, error, context.operation, context.by)
        context.put(session, order_id, PROBLEM, error.code)


def _keep_all(context: RunContext, left: dict[str, Drafted], results: Sequence[Result]) -> Outcome:
    """Keeps results that came together, and takes their orders out of `left`."""
    made = {left[each.ref].order_id: each for each in results if each.ref in left and isinstance(each, Imported)}
    done = keep_together(context, made)
    outcome = WELL
    for result in results:
        each = left.pop(result.ref, None)
        if each is not None and each.order_id not in done:
            outcome += _keep(context, each.order_id, result)
    return outcome


def _keep(context: RunContext, order_id: int, result: Result) -> Outcome:
    if isinstance(result, NotImported):
        return record_failure(context, order_id, result.error, result)
    try:
        keep_one(context, order_id, result)
    except CdsyncError as exc:
        return record_failure(context, order_id, exc)
    return WELL

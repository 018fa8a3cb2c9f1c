"""Import: makes the shop orders of paid, addressed marketplace orders, at most one each.

0. Shop orders that are gone, and that a person wants made anew, are ready to import again.
1. Which: chosen ones, or all that are due (nothing stops them, or the time of their next try has come).
2. Batches: claim by compare-and-set, drafts (a fault is that order's problem), then the shop connector, which checks,
   looks for what is there already, journals each step and answers order by order.
3. Each answer is one commit: shop order, move to `imported`, event, claim given back; or the problem by its class.
An order the marketplace ended while its import was under way is settled first: looked for in the shop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdsync import orders, states
from cdsync.connectors.base import Imported, NotImported
from cdsync.db import transaction
from cdsync.errors import CdsyncError, ConfigError, TemporaryError, UnknownOutcomeError

from .import_due import due_orders, ended_meanwhile, is_begun
from .making_anew import ready_again
from .settling import settle
from .shared.bugs import of_one_order
from .shared.context import DONE, PROBLEM, RunContext
from .shared.examination import Candidate, candidates_for
from .shared.needed_later import warn_of, warn_of_split
from .shared.portions import chunks
from .shared.recording import give_back, record_failure
from .shared.strangers import leave_strangers
from .shared.telling import skip_others

BATCH = 20


def run(context: RunContext) -> None:
    """Raises ConfigError, and TemporaryError when the shop is away: orders not yet tried are left as they are."""
    ready_again(context)
    due = due_orders(context)
    context.expect(due)
    skip_others(context, due)
    here = leave_strangers(context, due, context.home) if due else []
    for batch in chunks(here, BATCH):
        if context.stopping():
            return
        import_batch(context, batch)
        context.raise_if_away()


def import_batch(context: RunContext, batch: Sequence[int]) -> None:
    """One batch, from claim to result."""
    home = context.home
    with transaction() as session:
        claimed = orders.claim(session, batch, context.owner, context.lease_seconds, state=states.TO_IMPORT, home=home)
    held = orders.held_by_others(batch, context.owner)
    for order_id in batch:
        if order_id not in claimed:
            context.skip(order_id, "order.claimed" if order_id in held else "order.moved_meanwhile")
    context.working(claimed)
    ended = ended_meanwhile(claimed)
    for order_id in ended:
        settle(context, order_id)
    candidates = candidates_for(context, [order_id for order_id in claimed if order_id not in ended])
    for each in candidates:
        if each.fault is not None:
            record_failure(context, each.order_id, each.fault)
    _import_all(context, [each for each in candidates if each.draft is not None])


def _import_all(context: RunContext, candidates: Sequence[Candidate]) -> None:
    """Hands the drafts to the shop; a failure of the whole call is each remaining order's own."""
    left = {each.draft.ref: each for each in candidates if each.draft}
    if not left:
        return
    try:
        for result in _results(context, candidates):
            each = left.pop(result.ref, None)
            if each is not None:
                _keep(context, each.order_id, result)
    except ConfigError as exc:
        for each in left.values():
            _stopped_by_a_setting(context, each.order_id, exc)
        raise
    except (TemporaryError, UnknownOutcomeError) as exc:
        for each in left.values():
            record_failure(context, each.order_id, exc)
        return
    except CdsyncError as exc:  # one order's refusal, or a claim that was lost: whose it was shows one by one
        _one_by_one(context, list(left.values()), exc)
        return
    except Exception as exc:
        _after_a_bug(context, list(left.values()), exc)
        return
    for each in left.values():  # the connector dropped it: its claim was lost
        give_back(context, each.order_id, "order.claimed")


def _stopped_by_a_setting(context: RunContext, order_id: int, error: ConfigError) -> None:
    """No order's fault. One that was begun says so all the same: the shop may hold half of it, unpaid."""
    if not is_begun(order_id):
        give_back(context, order_id)
        return
    with transaction() as session:
        if orders.release(session, order_id, context.owner):
            orders.raise_problem(session, order_id, error, context.operation, context.by)
        context.put(session, order_id, PROBLEM, error.code)


def _results(context: RunContext, candidates: Sequence[Candidate]) -> Iterator[Imported | NotImported]:
    drafts = [each.draft for each in candidates if each.draft is not None]
    return context.shop.import_orders(drafts, context.policy, context.journal)


def _after_a_bug(context: RunContext, left: Sequence[Candidate], exc: Exception) -> None:
    """Nobody foresaw it: the orders of the batch go on one by one, and the culprit keeps the problem."""
    error = of_one_order(exc, context.run_id, "importing a batch")
    context.bug = context.bug or error
    _one_by_one(context, left, error)


def _one_by_one(context: RunContext, left: Sequence[Candidate], error: CdsyncError) -> None:
    if len(left) == 1:
        record_failure(context, left[0].order_id, error)
        return
    for each in left:
        _import_all(context, [each])


def _keep(context: RunContext, order_id: int, result: Imported | NotImported) -> None:
    if isinstance(result, NotImported):
        with transaction() as session:
            orders.keep_not_imported(session, order_id, result)
        record_failure(context, order_id, result.error)
        return
    try:
        with transaction() as session:
            orders.bind(session, [order_id], context.home)  # one that was adopted had no first write of ours
            orders.keep_imported(session, context.account_id, order_id, result, context.by)
            warn_of(session, context, order_id, result.order)
            warn_of_split(session, order_id, (result.order, *result.parts))
            orders.release(session, order_id, context.owner)
            context.put(session, order_id, DONE)
    except CdsyncError as exc:
        record_failure(context, order_id, exc)

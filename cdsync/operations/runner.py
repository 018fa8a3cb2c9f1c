"""Carries out a run from taking it to closing it, whatever happens in between. Knows no operation's rules."""

from __future__ import annotations

import logging
from collections.abc import Callable

from cdsync import kept_figures, orders, resting, runs, settings
from cdsync.db import db, transaction
from cdsync.errors import AccessRefusedError, CdsyncError, ConfigError
from cdsync.installation import stop_signals
from cdsync.models import Run

from . import accept_orders, import_orders, lookup_orders, reconcile_orders, ship_orders
from .running import resting_checks
from .running.lease import kept_alive
from .shared.context import RunContext
from .shared.outcome import Outcome
from .shared.strangers import sort_strangers
from .shared.unexpected import as_error

RECIPES: dict[str, Callable[[RunContext], Outcome]] = {
    "lookup": lookup_orders.run,
    "accept": accept_orders.run,
    "import": import_orders.run,
    "ship": ship_orders.run,
    "reconcile": reconcile_orders.run,
}
WRITING = frozenset({"accept", "import", "ship"})
log = logging.getLogger(__name__)


def execute(run_id: int, *, by_worker: bool = False) -> Run:
    """Carries out a queued run in this process and returns it closed, with its columns loaded.

    by_worker: a signal means that the worker ends, nobody's wish that the orders stay; what is left is taken up.

    A run that is not queued any more (delivered twice, stopped, lost) is left alone. State afterwards: finished;
    stopped (a person or a signal, between two orders); failed, with the error's code. Raises nothing but
    KeyboardInterrupt, SystemExit and errors of the database itself.
    """
    owner = runs.owner_token()
    if not runs.take(run_id, owner):
        log.warning("run %s is not queued any more: left alone", run_id)
        return runs.find(run_id)
    state, error = runs.FAILED, None
    try:
        state, error = _work(run_id, owner, by_worker)
    except (KeyboardInterrupt, SystemExit):
        state = runs.STOPPED
        raise
    except Exception as exc:
        error = as_error(exc, run_id)
    finally:
        db.session.rollback()
        with transaction() as session:
            orders.release_all(session, owner)
        runs.close(run_id, owner, state, error)
        _rest_or_wake(run_id, state, error)
        kept_figures.sum_up_if_free()  # a run changes many: so pages add up few
    return runs.find(run_id)


def _rest_or_wake(run_id: int, state: str, error: CdsyncError | None) -> None:
    """A side that refused its key rests from now on; one that answered a run well does so no longer."""
    account_id = runs.find(run_id).account_id
    if isinstance(error, AccessRefusedError):
        resting.begin(account_id, error)
    elif state == runs.FINISHED:
        resting_checks.end_answered(account_id, run_id)


def _work(run_id: int, owner: str, by_worker: bool) -> tuple[str, CdsyncError | None]:
    context = RunContext(runs.find(run_id), owner)
    _refuse_a_seller_twice(context)
    try:
        with kept_alive(context), stop_signals.caught(context.stop_signal) as signalled:
            outcome = sort_strangers(context) + RECIPES[context.operation](context)
    finally:
        with transaction() as session:
            context.write_progress(session)
    return end_of_run(outcome, interrupted=by_worker and signalled.is_set())


def end_of_run(outcome: Outcome, *, interrupted: bool) -> tuple[str, CdsyncError | None]:
    """The state a run ends in, and what it wants seen. interrupted: its worker was asked to end."""
    if (failure := outcome.away or outcome.bug) is not None:
        return runs.FAILED, failure
    if outcome.stopped:
        return runs.STOPPED, ConfigError("run.interrupted") if interrupted else outcome.warning
    return runs.FINISHED, outcome.warning


def _refuse_a_seller_twice(context: RunContext) -> None:
    """Two accounts of one seller would make each order twice: the older one goes on, the other only looks."""
    if context.operation in WRITING and (other := settings.reads_the_same(context.account_id)) is not None:
        raise ConfigError("account.same_seller", other=other)

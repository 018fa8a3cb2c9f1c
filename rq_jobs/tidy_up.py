"""The job that throws away what is old enough; for all accounts, without arguments."""

from __future__ import annotations

from cdsync.installation import stop_signals
from cdsync.retention import tidying

from .run_operation import application


def tidy_up() -> dict[str, int]:
    """How many rows went, by their kind. Ends after the portion at hand when the worker is to stop."""
    with application().app_context(), stop_signals.caught(stop_signals.StopFlag()) as stop:
        return tidying.tidy(stop.is_set)

"""Outcomes of the parts of a recipe add up, and the sum decides how the run ends."""

from __future__ import annotations

import pytest

from cdsync.errors import CdsyncError, TemporaryError
from cdsync.operations.runner import end_of_run
from cdsync.operations.shared.outcome import STOPPED, WELL, Outcome

AWAY = TemporaryError("shop.unreachable", host="x")
BUG = CdsyncError("internal", kind="KeyError")
WARNING, LATER = TemporaryError("shop.timeout", host="x"), TemporaryError("marketplace.timeout", host="x")


def test_of_several_the_first_bug_and_warning_are_told_and_a_stop_stays():
    outcome = WELL + Outcome(warning=WARNING) + STOPPED + Outcome(warning=LATER, bug=BUG) + WELL
    assert outcome == Outcome(stopped=True, bug=BUG, warning=WARNING)


@pytest.mark.parametrize(
    ("outcome", "state", "code"),
    [
        (WELL, "finished", None),
        (Outcome(warning=WARNING), "finished", "shop.timeout"),
        (STOPPED, "stopped", None),
        (STOPPED + Outcome(warning=WARNING), "stopped", "shop.timeout"),
        (Outcome(bug=BUG), "failed", "internal"),
        (STOPPED + Outcome(bug=BUG, warning=WARNING), "failed", "internal"),
        (Outcome(away=AWAY, bug=BUG), "failed", "shop.unreachable"),
    ],
)
def test_what_went_wrong_decides_how_the_run_ends(outcome, state, code):
    ended, error = end_of_run(outcome, interrupted=False)
    assert (ended, error and error.code) == (state, code)


def test_only_a_stop_can_be_an_interruption():
    assert end_of_run(WELL, interrupted=True) == ("finished", None)
    state, error = end_of_run(STOPPED, interrupted=True)
    assert (state, error and error.code) == ("stopped", "run.interrupted")

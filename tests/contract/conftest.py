"""Prints at the end of a run which share of the recorded exchanges was replayed and equal."""

from __future__ import annotations

from typing import Any

from replay_exchanges import replayed


def pytest_terminal_summary(terminalreporter: Any) -> None:
    outcomes = replayed()
    if not outcomes:
        return
    terminalreporter.section("recorded PrestaShop exchanges")
    for version in sorted({version for version, _ in outcomes}):
        found = [outcome for (one, _), outcome in outcomes.items() if one == version]
        equal = sum(len(outcome.equal) for outcome in found)
        different = sum(len(outcome.different) for outcome in found)
        left_out = sum(len(outcome.left_out) for outcome in found)
        share = 100 * equal / (equal + different + left_out)
        terminalreporter.write_line(
            f"{version}: {equal} equal, {different} different, {left_out} left out (not_applicable.json): {share:.1f} %"
        )

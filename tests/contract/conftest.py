"""Prints at the end which share of the recorded exchanges was replayed and equal; makes the example plug-in known."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from replay_exchanges import replayed

# By its file, not by its folder on the path: there it would be installed, in every other test as well.
_BAZAAR = importlib.util.spec_from_file_location(
    "bazaar", Path(__file__).parents[1] / "plugin_package" / "bazaar.py"
)  # fmt: skip
assert _BAZAAR is not None
assert _BAZAAR.loader is not None
sys.modules["bazaar"] = importlib.util.module_from_spec(_BAZAAR)
_BAZAAR.loader.exec_module(sys.modules["bazaar"])


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

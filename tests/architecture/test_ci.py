"""CI runs what it is said to run: a line lost from `.ci/run` fails nothing there."""

from __future__ import annotations

import os
from pathlib import Path

RUN = Path(__file__).resolve().parents[2] / ".ci/run"


def test_ci_lints_and_tests_on_both_databases_and_skips_no_browser() -> None:
    lines = [line for line in RUN.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert os.access(RUN, os.X_OK)
    assert lines[0] == "set -eu"
    assert "export CDSYNC_BROWSER_NEEDED=yes" in lines
    assert "make lint" in lines
    assert any(line.startswith("make test-postgresql ") for line in lines)
    assert lines[-1] == "exec make test"

"""Ctrl-C while `make run` is still loading: it ends as it does later, without a stack trace, and leaves nothing."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from .launched import Launched, free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads what a process listens for from the kernel")


def listens_for_a_stop(pid: int) -> bool:
    """By the kernel's list of caught signals. Python itself catches Ctrl-C from its first moment, but not SIGTERM."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def test_ctrl_c_while_it_loads_ends_it_without_a_word(tmp_path: Path) -> None:
    started = Launched(tmp_path, free_port())
    try:
        end = time.monotonic() + 30
        while not listens_for_a_stop(started.process.pid):
            assert time.monotonic() < end, "it never listened"
            time.sleep(0.005)
        assert started.interrupt() == 0
    finally:
        started.end()
    assert started.said == ""
    assert started.processes() == []
    assert not (tmp_path / "instance").exists()

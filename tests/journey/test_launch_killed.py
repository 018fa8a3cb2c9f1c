"""`make run` killed outright, with a run at work: no process is left, not even the run's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests import databases

from .launched import Launched

pytestmark = [pytest.mark.redis, pytest.mark.timeout(150), pytest.mark.xdist_group("launched")]


def until(holds: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.1)


def test_killed_with_a_run_at_work_it_leaves_no_process(launched: Launched) -> None:
    desk = launched.heard(r"rehearsal\s+(http://\S+?)/?\s")
    slow = {"kind": "late", "system": "octopia", "seconds": 100, "times": 9}
    assert requests.post(f"{desk}/faults", json=slow, timeout=10).ok
    before = len(launched.processes())
    command = [sys.executable, "-m", "flask", "--app", "app", "sync", "lookup"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CDSYNC_")}
    environment |= databases.chosen().environment(launched.folder / "instance")
    subprocess.run(command, cwd=launched.folder, env=environment, check=True, timeout=60, stdout=subprocess.DEVNULL)
    until(lambda: len(launched.processes()) > before)  # the process of the run itself
    assert Path(f"/proc/{launched.process.pid}").exists()
    launched.process.send_signal(signal.SIGKILL)
    launched.wait()
    until(lambda: launched.processes() == [], 25)
    assert "Traceback" not in launched.said, launched.said[-4000:]
